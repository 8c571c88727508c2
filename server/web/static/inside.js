/* What is inside one object, slice by slice, filed by folder as the slices come. The object seen last is kept, so that
 * stepping between list and picture asks nothing twice but whether it is still the same version. */
import { askJson, folderOf, path } from '/web/api.js';

const SLICE = 1000;
let kept = null;

export class Changed extends Error {}

export class Inside {
  constructor(name, first) {
    this.name = name;
    this.stamp = first.stamp;
    this.count = first.count;
    this.items = [];
    this.byPath = new Map();
    this.folders = new Map(); // "a/b/" -> {items, folders: name -> how many items below}
    this.coming = null;
    this.from = 0;
    this.done = false;
  }

  static async open(name) {
    const { body } = await askJson(`/v1/items/${path(name)}?limit=1`);
    if (kept?.name !== name || kept.stamp !== body.stamp) kept = new Inside(name, body);
    return kept;
  }

  folder(dir) {
    let entry = this.folders.get(dir);
    if (!entry) this.folders.set(dir, entry = { items: [], folders: new Map() });
    return entry;
  }

  file(item) {
    const dir = folderOf(item.path);
    const { items } = this.folder(dir);
    item.place = items.length;
    items.push(item);
    this.items.push(item);
    this.byPath.set(item.path, item);
    for (let below = dir; below;) {
      const above = folderOf(below.slice(0, -1));
      const { folders } = this.folder(above);
      const name = below.slice(above.length);
      folders.set(name, (folders.get(name) || 0) + 1);
      below = above;
    }
  }

  /* The next slice; callers at the same time share one question. */
  more() {
    this.coming ??= this.slice().finally(() => { this.coming = null; });
    return this.coming;
  }

  async slice() {
    if (this.done) return;
    const { body } = await askJson(`/v1/items/${path(this.name)}?from=${this.from}&limit=${SLICE}`);
    if (body.stamp !== this.stamp) {
      kept = null;
      throw new Changed();
    }
    for (const item of body.items) this.file(item);
    this.done = !body.next;
    this.from = body.next;
  }

  async find(item) {
    while (!this.byPath.has(item) && !this.done) await this.more();
    return this.byPath.get(item);
  }

  /* The neighbour that can be drawn, `step` (1 or -1) away in the same folder. */
  async beside(item, step) {
    const { items } = this.folder(folderOf(item.path));
    for (let at = item.place + step; at >= 0; at += step) {
      while (at >= items.length && !this.done) await this.more();
      if (at >= items.length) return null;
      if (!items[at].trouble) return items[at];
    }
    return null;
  }
}
