/* What a list shows, each kind as one class:
 *   more(), done       the next slice; is all of it known? eager: ask on without being scrolled to
 *   lists(word)        [rows, pictures] that have the word
 *   count(n, word)     a word about how many there are
 *   seek(word)         another source for another word; without it lists() filters what is known
 *   renew()            true when something changed since; asked now and then
 *   wider              where more of the same is found
 *   title, hint, nothing      the heading; what the filter looks at; what to say when there is nothing
 *   place              where the pictures are (places.js) */
import { askJson, baseOf, here, number, plural, size } from '/web/api.js';
import { Inside } from '/web/inside.js';
import * as layout from '/web/layout.js';
import { toText } from '/web/markup.js';
import { title } from '/web/sample.js';
import { matching, samples } from '/web/samples.js';

const NAMES = 500;

export class Names {
  constructor(dir) {
    this.dir = dir;
    this.title = dir ? baseOf(dir.slice(0, -1)) : 'Catalogue';
    this.nothing = dir ? 'There is nothing in here.' : '';
    this.url = `/v1/objects?delimiter=/&limit=${NAMES}&prefix=${encodeURIComponent(dir)}`;
    this.entries = [];
    this.done = false;
  }

  async start() { await this.more(); }

  async more() {
    const { body, next } = await askJson(this.url);
    for (const folder of body.folders)
      this.entries.push({ kind: 'folder', text: folder.slice(this.dir.length, -1), title: folder, note: 'folder',
        href: here({ dir: folder }) });
    for (const object of body.objects)
      this.entries.push({ kind: 'file', text: object.name.slice(this.dir.length), title: object.name,
        note: [object.items ? plural(object.items, 'plot') : object.renderer ? 'nothing to draw' : 'not a known format',
          size(object.bytes), object.modified.slice(0, 16).replace('T', ' ')].join(' · '),
        href: here({ object: object.name }) });
    this.url = next;
    this.done = !next;
  }

  lists(word) { return [this.entries.filter(entry => entry.text.toLowerCase().includes(word)), []]; }

  count(listed, word) {
    if (!listed) return this.done && word ? 'nothing matches' : '';
    return plural(listed, 'entry', 'entries') + (this.done ? '' : ' so far');
  }
}

export class Plots {
  constructor(place, dir) {
    Object.assign(this, { place, dir, nothing: 'There is nothing in here.' });
    this.title = dir ? baseOf(dir.slice(0, -1)) : baseOf(place.object);
  }

  async start() {
    this.inside = this.place.inside = await Inside.open(this.place.object);
    if (!this.done && !this.inside.items.length) await this.more();
  }

  get done() { return this.inside.done; }
  more() { return this.inside.more(); }
  find(path) { return this.inside.find(path); }

  /* A filter looks into the folders below as well. */
  lists(word) {
    const { items, folders } = this.inside.folder(this.dir);
    const rows = [...folders].filter(([name]) => name.toLowerCase().includes(word)).map(([name, n]) => (
      { kind: 'folder', text: name.slice(0, -1), title: this.dir + name, note: plural(n, 'plot'),
        href: here({ object: this.place.object, dir: this.dir + name }) }));
    if (!word) return [rows, items];
    return [rows, this.inside.items.filter(item => item.path.startsWith(this.dir) &&
      (item.path.slice(this.dir.length) + '\n' + item.title + '\n' + toText(item.title)).toLowerCase().includes(word))];
  }

  count(listed, word) {
    const { items, count } = this.inside;
    const looked = this.done ? '' : ` · ${number(items.length)} of ${number(count)} looked through`;
    if (word) return (listed ? plural(listed, 'match', 'matches') : 'nothing matches') + looked;
    return plural(this.dir ? items.filter(item => item.path.startsWith(this.dir)).length : count, 'plot') +
      (this.dir ? looked : '');
  }
}

export class Samples {
  constructor() {
    Object.assign(this, { title: 'Samples', hint: 'run or dataset…', long: true, done: true, list: [], nothing: '' });
  }

  async start() { this.list = await samples(); }

  async renew() {
    const before = this.list;
    this.list = await samples();
    return this.list !== before;
  }

  lists(word) {
    return [matching(this.list, word).map(({ name, run, dataset, type, fresh, key }) => (
      { kind: 'sample', key, text: String(run), note: dataset, more: type, fresh, title: title(name), href: here({ sample: name }) })), []];
  }

  count(listed, word) {
    if (word) return listed ? `${number(listed)} of ${plural(this.list.length, 'sample')}` : 'nothing matches';
    return listed ? plural(listed, 'sample') : '';
  }
}

const bad = item => item.status === 'warning' || item.status === 'error';

/* A folder of a sample; with a word or for problems alone all that is below it. */
export class Folder {
  constructor(place, dir, { word = '', problems = false } = {}) {
    Object.assign(this, { place, dir, word, problems, eager: true, hint: dir ? 'in all below…' : 'in the whole sample…' });
    this.title = dir ? baseOf(dir.slice(0, -1)) : title(place.name);
    this.nothing = problems ? 'No warning and no error below here.' : 'There is nothing in here.';
  }

  async start() {
    this.listing = await this.look();
    if (!this.done && !this.listing.items.length) await this.more();
  }

  look() {
    const { place: { sample }, dir, word, problems } = this;
    return word || problems ? sample.search(dir, word) : sample.folder(dir);
  }

  get done() { return this.listing.done; }
  more() { return this.listing.more(); }

  /* The same search in all folders. */
  get wider() {
    const { word, dir, problems, place } = this;
    return word && dir && here({ sample: place.name, find: word, problems: problems && '1', ...place.carried });
  }

  async renew() {
    if (!this.done || !await this.place.sample.changed(this.listing.tag)) return false;
    const next = await this.look();
    await next.all();
    this.listing = next;
    return true;
  }

  seek(word) { return new Folder(this.place, this.dir, { word, problems: this.problems }); }

  async find(path) {
    await this.listing.all();
    return this.listing.byPath.get(path);
  }

  lists() {
    const { items, folders } = this.listing;
    const rows = folders.map(name => ({ kind: 'folder', text: name, title: this.dir + name, note: 'folder', key: name,
      href: here({ sample: this.place.name, dir: this.dir + name + '/', ...this.place.carried }) }));
    return [rows, this.problems ? items.filter(bad) : items];
  }

  count(listed) {
    const { items } = this.listing;
    const looked = this.done ? '' : ` · ${number(items.length)} looked through`;
    if (this.problems) return `${plural(listed, 'problem')} in ${plural(items.length, 'plot')}` + (this.done ? '' : ' so far');
    if (this.word) return (listed ? plural(listed, 'match', 'matches') : 'nothing matches') + looked;
    const troubled = items.filter(bad).length;
    return items.length ? plural(items.length, 'plot') + (troubled ? ` · ${plural(troubled, 'problem')}` : '') + looked : '';
  }
}

/* The plots of a layout, whatever is known of them yet: a cell looks its own up. */
export class Layout {
  constructor(place) {
    Object.assign(this, { place, title: 'Layout', dir: '', done: true, turn: 0 });
    this.nothing = layout.list().length ? 'Choose a run above.'
      : 'No plots yet. Add them with ＋ in a folder of a sample, or with the key l.';
    this.items = [];
  }

  async start() {
    this.tag = this.place && (await this.place.sample.folder('')).tag;
    this.again();
  }

  again() {
    const before = new Map(this.items.map(item => [item.path, item]));
    this.items = this.place ? layout.list().map(path => before.get(path) || { path, title: '', key: path + ' ' + this.turn,
      pending: true }) : [];
  }

  find(path) { return this.items.find(item => item.path === path); }

  async renew() {
    if (!this.place || !await this.place.sample.changed(this.tag)) return false;
    this.tag = (await this.place.sample.folder('')).tag;
    this.turn++;
    this.items = [];
    this.again();
    return true;
  }

  lists(word) { return [[], word ? this.items.filter(item => item.path.toLowerCase().includes(word)) : this.items]; }

  count(listed, word) {
    if (word) return `${number(listed)} of ${plural(this.items.length, 'plot')}`;
    return listed ? plural(listed, 'plot') : '';
  }
}
