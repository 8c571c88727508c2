/* Folders, names and small pictures, asked for slice by slice as the end of what is known comes near. */
import { $, askJson, baseOf, here, icon, imageUrl, make, number, plural, say, size } from '/web/api.js';
import { Grid } from '/web/grid.js';
import { Changed, Inside } from '/web/inside.js';
import { toNodes, toText } from '/web/markup.js';
import { drop, small, want } from '/web/pictures.js';

const NAMES = 500;
const AHEAD = 3; // windows of content known below the one seen
const MOST_FILTERED = 20000;

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const narrow = () => innerWidth < 480;
let source = null; // what the view shows: {object, more(), done, lists(word), count()}
let turn = 0;
let filling = null;

/* --- cells ------------------------------------------------------------------------------------- */

function fillName(cell, entry, link) {
  link.href = entry.href;
  link.title = entry.title || entry.text;
  link.className = entry.kind;
  link.append(icon(entry.kind), make('span', { className: 'text' }, make('b', { textContent: entry.text }),
    make('small', { textContent: entry.note })));
}

function fillPicture(cell, item, link) {
  const object = source.object;
  const box = make('div', { className: 'thumb' });
  const trouble = text => box.replaceChildren(make('span', { className: 'none', textContent: text }));
  if (item.trouble) {
    trouble(item.trouble);
  } else {
    const image = make('img', { alt: '', width: 300, height: 200, decoding: 'async' });
    box.append(image);
    want(image, imageUrl(object, item.path, { ...small(), v: source.stamp }), problem => trouble(problem.message));
  }
  link.href = here({ object, item: item.path });
  link.title = [item.path, toText(item.title)].filter(Boolean).join('\n');
  const title = make('small', {}, make('span', { className: 'class', textContent: item.class }));
  const folder = item.path.slice(source.dir.length, item.path.lastIndexOf('/') + 1);
  if (folder) title.append(folder + ' ');
  if (item.title !== baseOf(item.path)) title.append(toNodes(item.title));
  link.append(box, make('div', { className: 'label' },
    make('b', { textContent: baseOf(item.path) }), title));
}

function emptyPicture(cell) {
  const image = cell.querySelector('img');
  if (image) drop(image);
}

const names = new Grid($('folders'), { least: () => (narrow() ? 12 : 17) * rem(), gap: 10, height: () => 3.6 * rem(),
  fill: fillName, changed: () => fill() });
const pictures = new Grid($('grid'), { least: () => (narrow() ? 9 : 15) * rem(), gap: 14,
  height: width => width * 2 / 3 + 3.6 * rem(), fill: fillPicture, empty: emptyPicture, changed: () => fill() });
names.beyond = step => { if (step > 0) pictures.focus(0); };
pictures.beyond = step => { if (step < 0) names.focus(names.items.length - 1); };

/* --- what is listed ---------------------------------------------------------------------------- */

class Names {
  constructor(dir) {
    this.dir = dir;
    this.url = `/v1/objects?delimiter=/&limit=${NAMES}&prefix=${encodeURIComponent(dir)}`;
    this.entries = [];
    this.done = false;
  }

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

  lists(word) {
    return [this.entries.filter(entry => entry.text.toLowerCase().includes(word)), []];
  }

  count(listed, word) {
    if (!listed) return this.done && word ? 'nothing matches' : '';
    return plural(listed, 'entry', 'entries') + (this.done ? '' : ' so far');
  }
}

class Plots {
  constructor(inside, dir) {
    Object.assign(this, { inside, dir, object: inside.name, stamp: inside.stamp });
  }

  get done() { return this.inside.done; }
  more() { return this.inside.more(); }

  /* A filter looks into the folders below as well. */
  lists(word) {
    const { items, folders } = this.inside.folder(this.dir);
    const rows = [...folders].filter(([name]) => name.toLowerCase().includes(word)).map(([name, n]) => (
      { kind: 'folder', text: name.slice(0, -1), title: this.dir + name, note: plural(n, 'plot'),
        href: here({ object: this.object, dir: this.dir + name }) }));
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

const word = () => $('filter').value.trim().toLowerCase();

function render(anew) {
  const w = word();
  const [rows, plots] = source.lists(w);
  if (anew) {
    names.set(rows);
    pictures.set(plots);
  } else {
    const known = names.items;
    if (rows.length !== known.length || rows.some((row, i) => row.note !== known[i].note)) {
      const within = $('folders').contains(document.activeElement) ? names.current : -1;
      names.set(rows);
      if (within >= 0) names.focus(within);
    }
    pictures.items = plots;
    pictures.refresh();
  }
  $('count').textContent = source.count(rows.length + plots.length, w);
  const nothing = source.done && !w && !rows.length && !plots.length;
  $('empty').hidden = !nothing;
  $('empty-top').hidden = !(nothing && source instanceof Names && !source.dir);
  $('empty-folder').hidden = !$('empty-top').hidden;
}

/* Ask on while the end of what is known is nearer than AHEAD windows. */
function fill() {
  filling ??= (async () => {
    const mine = turn;
    while (mine === turn && source && !source.done && !$('browser').hidden && near()) {
      $('more').hidden = false;
      await source.more();
      if (mine === turn) render(false);
      await new Promise(requestAnimationFrame);
    }
    if (mine === turn) $('more').hidden = true;
  })().catch(problem => {
    $('more').hidden = true;
    if (problem instanceof Changed) dispatchEvent(new Event('popstate'));
    else say(problem.message, { again: () => { say(''); fill(); } });
  }).finally(() => { filling = null; });
  return filling;
}

function near() {
  const end = $('listing').getBoundingClientRect().bottom;
  return end < innerHeight * (1 + AHEAD) && pictures.items.length < (word() ? MOST_FILTERED : Infinity);
}

/* --- from outside ------------------------------------------------------------------------------ */

export async function open(dir, object, { find = '', scroll = 0, focus = '' }) {
  const mine = ++turn;
  const next = object ? new Plots(await Inside.open(object), dir) : new Names(dir);
  if (mine !== turn) return;
  if (!next.done && !next.inside?.items.length) await next.more();
  if (filling) await filling;
  if (mine !== turn) return;
  $('title').textContent = dir ? baseOf(dir.slice(0, -1)) : object ? baseOf(object) : 'Catalogue';
  $('viewer').hidden = true;
  $('browser').hidden = false;
  $('filter').value = find;
  source = next;
  render(true);
  await restore(mine, scroll, focus);
  fill();
}

async function restore(mine, scroll, focus) {
  if (focus && source.inside) {
    const item = await source.inside.find(focus);
    if (mine !== turn) return;
    render(false);
    const at = pictures.items.indexOf(item);
    if (scroll) scrollTo(0, scroll);
    pictures.draw();
    if (at >= 0) pictures.focus(at, scroll ? '' : 'center');
    if (at >= 0) return;
  } else if (focus) {
    names.focus(names.items.findIndex(entry => entry.href === focus));
  }
  while (scroll && !source.done && document.documentElement.scrollHeight < scroll + innerHeight) {
    await source.more();
    if (mine !== turn) return;
    render(false);
  }
  scrollTo(0, scroll);
}

export function close() {
  turn++;
  source = null;
  $('browser').hidden = true;
  names.set([]);
  pictures.set([]);
}

/* Into the list, from anywhere on the page. */
export function enter() {
  if (names.items.length) names.focus(0);
  else pictures.focus(0);
}

let typing = 0;
$('filter').addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    if (!source) return;
    const search = new URLSearchParams(location.search);
    if (word()) search.set('find', word());
    else search.delete('find');
    history.replaceState(history.state, '', search.toString() ? '/?' + search : '/');
    scrollTo(0, 0);
    render(true);
    fill();
  }, 120);
});
$('filter').addEventListener('keydown', event => {
  if (event.key === 'ArrowDown' || event.key === 'Enter') {
    event.preventDefault();
    enter();
  } else if (event.key === 'Escape' && $('filter').value) {
    event.preventDefault();
    $('filter').value = '';
    $('filter').dispatchEvent(new Event('input'));
  }
});
