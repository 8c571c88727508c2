/* Where pictures are: in one object, in a sample, in a layout of a sample. What list and viewer need to know of it. */
import { askJson, folderOf, here, imageUrl, number } from '/web/api.js';
import { Inside } from '/web/inside.js';
import * as layout from '/web/layout.js';
import * as overlay from '/web/overlay.js';
import { Sample } from '/web/sample.js';

export class ObjectPlace {
  constructor(object) {
    this.object = object;
  }

  url(at, parameters, kind) { return imageUrl(this.object, at, parameters, kind); }
  thumbs(item, parameters) { return [this.url(item.path, { ...parameters, v: this.inside?.stamp })]; }
  href(at, parameters) { return here({ object: this.object, item: at, ...parameters }); }
  up(at) { return here({ object: this.object, dir: folderOf(at) }); }

  async find(at) {
    this.inside = await Inside.open(this.object);
    return this.inside.find(at);
  }

  async beside(item, step) { return (await this.inside.beside(item, step))?.path; }

  position(item) {
    const { items } = this.inside.folder(folderOf(item.path));
    return `${number(item.place + 1)} of ${number(items.length)}${this.inside.done ? '' : '+'}`;
  }
}

export class SamplePlace {
  constructor(name, over) {
    Object.assign(this, { name, over });
    this.sample = Sample.of(name);
  }

  /* What goes along to other pages of the sample. */
  get carried() {
    return { ...overlay.carried(this.over), size: new URLSearchParams(location.search).get('size') };
  }

  url(at, parameters, kind) { return overlay.pictureUrl(this.name, at, parameters, this.over, kind); }

  /* Small pictures in the order in which they are tried: what is not in a reference is drawn alone. */
  thumbs(item, parameters) {
    const alone = overlay.pictureUrl(this.name, item.path, { ...parameters, v: item.stamp });
    return this.over.refs.length ? [this.url(item.path, parameters), alone] : [alone];
  }

  href(at, parameters) { return here({ sample: this.name, item: at, ...parameters, ...this.carried }); }
  up(at) { return here({ sample: this.name, dir: folderOf(at), ...this.carried }); }
  find(at) { return this.sample.find(at); }
  async beside(item, step) { return (await this.sample.beside(item, step))?.path; }

  async position(item) {
    const { items } = await this.sample.folder(folderOf(item.path));
    return `${number(item.place + 1)} of ${number(items.length)}`;
  }

  /* The version shown, of each sample in the picture; null when one does not have it. */
  async version(at) {
    const found = await Promise.all([this.name, ...this.over.refs.map(one => one.sample)].map(name => Sample.of(name).find(at)));
    return found.every(Boolean) ? found.map(item => item.stamp).join(',') : null;
  }

  /* The uploads a sample was put together from. */
  async originals() {
    const prefix = `dqm/${this.name}/`;
    const { body } = await askJson(`/v1/objects?limit=20&prefix=${encodeURIComponent(prefix)}`);
    return body.objects.map(object => ({ ...object, file: object.name.slice(prefix.length) }));
  }
}

export class LayoutPlace extends SamplePlace {
  href(at, parameters) { return super.href(at, parameters) + layout.hash(); }
  up() { return here({ view: 'layout', sample: this.name, ...this.carried }, layout.hash()); }

  async beside(item, step) {
    return layout.list()[layout.list().indexOf(item.path) + step];
  }

  async position(item) {
    const at = layout.list().indexOf(item.path);
    return at < 0 ? 'not in the layout' : `${number(at + 1)} of ${number(layout.list().length)} in the layout`;
  }
}
