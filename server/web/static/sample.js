/* One sample, a run of a dataset: its folders as far as somebody looked into them, and searches over it. A folder looked
 * into again is asked for with its tag, so nothing is older than the service and little is sent twice. */
import { Problem, askChanged, entries, folderOf, path, query } from '/web/api.js';

const KEPT = 8;      // samples
const FRESH_MS = 1500;
const kept = new Map();

export const valid = name => /^\d{1,9}(\/[-\w]+){3}$/.test(name);
export const runOf = name => name.slice(0, name.indexOf('/'));
export const datasetOf = name => name.slice(name.indexOf('/'));

/* Words in their order, whatever stands between, as a POSIX expression. */
const expression = words => words.trim().split(/\s+/).map(word => word.replace(/[.[\]{}()*+?^$|\\]/g, '\\$&')).join('.*') || '.';

function item({ path: at, properties, nentries, stats, stamp }) {
  const { type, title = '', trouble = '', reports, efficiency } = properties;
  return { path: at, class: type, title, trouble, entries: nentries, stats, stamp, efficiency, key: at + ' ' + stamp,
    status: reports?.status || '', tests: reports?.tests || [] };
}

/* What one address lists, read on while somebody asks for more. */
class Listing {
  constructor(response, dir) {
    this.dir = dir;
    this.tag = response.headers.get('ETag');
    this.items = [];
    this.folders = [];
    this.byPath = new Map();
    this.done = false;
    this.parts = entries(response);
  }

  /* The next piece; callers at the same time share it. */
  more() {
    this.coming ??= this.parts.next().then(({ value = [], done }) => {
      for (const entry of value) {
        if ('subdir' in entry) this.folders.push(entry.subdir);
        else this.file(item(entry));
      }
      this.done = done;
    }).catch(problem => {
      this.broken = true; // what is there is not all
      throw problem;
    }).finally(() => { this.coming = null; });
    return this.coming;
  }

  file(one) {
    one.place = this.items.length;
    this.items.push(one);
    this.byPath.set(one.path, one);
  }

  async all() {
    while (!this.done) await this.more();
    return this;
  }
}

export class Sample {
  static of(name) {
    const sample = kept.get(name) || new Sample(name);
    kept.delete(name); // the last one asked for goes last
    kept.set(name, sample);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return sample;
  }

  constructor(name) {
    this.name = name;
    this.known = new Map(); // dir -> {listing, asked, coming}
  }

  url(dir, search) {
    return `/data/json/archive/${this.name}/${path(dir.replace(/\/$/, ''))}${query({ search })}`;
  }

  /* The listing of a folder: the same object as before when nothing has changed. */
  async folder(dir) {
    let entry = this.known.get(dir);
    if (!entry || entry.listing?.broken) this.known.set(dir, entry = {});
    if (entry.listing && performance.now() - entry.asked < FRESH_MS) return entry.listing;
    entry.coming ??= this.asked(this.url(dir), entry.listing?.tag).then(response => {
      if (response) entry.listing = new Listing(response, dir);
      entry.asked = performance.now();
      return entry.listing;
    }, problem => {
      this.known.delete(dir);
      throw problem;
    }).finally(() => { entry.coming = null; });
    return entry.coming;
  }

  async asked(url, tag, signal) {
    try {
      return await askChanged(url, tag, signal);
    } catch (problem) {
      if (problem.status === 404) throw new Problem(`There is no sample of ${title(this.name)}.`, { status: 404 });
      throw problem;
    }
  }

  /* Everything below dir whose path has these words. */
  async search(dir, words, signal) {
    return new Listing(await this.asked(this.url(dir, expression(words)), null, signal), dir);
  }

  /* Is anything in the sample another than it was when something was tagged so? */
  async changed(tag) {
    const response = await askChanged(this.url(''), tag);
    await response?.body.cancel();
    return Boolean(response);
  }

  async find(at) {
    const listing = await this.folder(folderOf(at));
    while (!listing.byPath.has(at) && !listing.done) await listing.more();
    return listing.byPath.get(at);
  }

  /* The neighbour that can be drawn, `step` (1 or -1) away in the same folder. */
  async beside(one, step) {
    const { items } = await (await this.folder(folderOf(one.path))).all();
    for (let at = one.place + step; at >= 0 && at < items.length; at += step) if (!items[at].trouble) return items[at];
    return null;
  }
}

export const title = name => `Run ${runOf(name)} ${datasetOf(name)}`;
