/* A list of rows and of small pictures, whatever its source; asked for slice by slice as the end of what is known comes
 * near. */
import { $, baseOf, icon, make, rewrite, say } from '/web/api.js';
import { arrange } from '/web/arrange.js';
import { Grid } from '/web/grid.js';
import { Changed } from '/web/inside.js';
import * as layout from '/web/layout.js';
import { toNodes, toText } from '/web/markup.js';
import { drop, least, sizeName, small, want } from '/web/pictures.js';
import { Layout, Names } from '/web/sources.js';

const AHEAD = 3; // windows of content known below the one seen
const MOST_FILTERED = 20000;
const RENEW_MS = 5000;
const MARKS = { ok: '✓', warning: '▲', error: '✗', other: '●' };

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const narrow = () => innerWidth < 480;
let source = null;
let turn = 0;
let filling = null;

/* What tests say of a plot: a sign and a word, never a colour alone. */
export const mark = status => make('span', { className: 'mark ' + status, textContent: `${MARKS[status] || ''} ${status}` });

/* --- cells ------------------------------------------------------------------------------------- */

function fillName(cell, entry, link) {
  link.href = entry.href;
  link.title = entry.title || entry.text;
  link.className = entry.kind;
  const text = make('span', { className: 'text' }, make('b', { textContent: entry.text }),
    make('small', { textContent: entry.note }));
  if (entry.more) text.append(make('small', { className: 'more', textContent: (entry.fresh ? 'new · ' : '') + entry.more }));
  link.append(icon(entry.kind), text);
}

/* Pictures are tried in turn: without its references a plot is better than none. */
function draw(box, about, [url, ...others], failed = null) {
  const image = make('img', { alt: '', decoding: 'async' });
  box.replaceChildren(image);
  if (failed) about.replaceChildren(make('span', { className: 'note', title: failed.message,
    textContent: 'alone: ' + (failed.status === 404 ? 'not in all references' : failed.message) }));
  want(image, url, problem => {
    if (others.length) draw(box, about, others, problem);
    else box.replaceChildren(make('span', { className: 'none', textContent: problem.message }));
  });
}

async function lookUp(cell, item) {
  let found;
  try {
    found = await source.place.find(item.path) || { trouble: 'This run does not have it.' };
  } catch (problem) {
    found = { trouble: problem.message };
  }
  Object.assign(item, found, { key: item.key, pending: false });
  if (cell.isConnected) pictures.refill(cell);
}

function button(className, text, label, onclick) {
  return make('button', { type: 'button', className, textContent: text, ariaLabel: label, title: label, tabIndex: -1, onclick });
}

function taking(item) {
  const show = () => {
    const within = layout.has(item.path);
    take.textContent = within ? '✓' : '＋';
    take.ariaPressed = within;
    take.title = within ? 'In the layout (l)' : 'Add to the layout (l)';
  };
  const take = button('take', '', `In the layout: ${item.path}`, () => {
    layout.toggle(item.path);
    show();
  });
  take.show = show;
  show();
  return take;
}

function fillPicture(cell, item, link) {
  const { place, dir } = source;
  const box = make('div', { className: 'thumb' });
  const about = make('small', {});
  if (item.pending) lookUp(cell, item);
  else if (item.trouble) box.append(make('span', { className: 'none', textContent: item.trouble }));
  else draw(box, about, place.thumbs(item, small(pictures.width)));
  link.href = place.href(item.path);
  link.className = item.status ? 'is-' + item.status : '';
  const tests = (item.tests || []).map(test => `${test.name}: ${test.message}`);
  link.title = [item.path, toText(item.title), ...tests].filter(Boolean).join('\n');
  if (item.class) about.append(make('span', { className: 'class', textContent: item.class }));
  const folder = item.path.slice(dir.length, item.path.lastIndexOf('/') + 1);
  if (folder) about.append(folder + ' ');
  if (item.title !== baseOf(item.path)) about.append(toNodes(item.title));
  const name = make('b', { textContent: baseOf(item.path) });
  const first = item.status ? make('div', { className: 'first' }, name, mark(item.status)) : name;
  link.append(box, make('div', { className: 'label' }, first, about));
  if (source instanceof Layout)
    cell.append(button('take', '×', `Remove ${item.path} (Delete)`, () => remove(Number(cell.dataset.index))),
      button('handle', '⠿', `Move ${item.path} (Shift and arrows)`));
  else if (place.sample)
    cell.append(taking(item));
}

function emptyPicture(cell) {
  const image = cell.querySelector('img');
  if (image) drop(image);
}

const names = new Grid($('folders'), { least: () => source?.long ? 1e6 : (narrow() ? 12 : 17) * rem(), gap: 10,
  height: () => (source?.long ? narrow() ? 4.6 : 2.6 : 3.6) * rem(), fill: fillName, changed: () => fill() });
const pictures = new Grid($('grid'), { least: () => least(narrow()) * rem(), gap: 14,
  height: width => width * 2 / 3 + 3.6 * rem(), fill: fillPicture, empty: emptyPicture, changed: () => fill() });
names.beyond = step => { if (step > 0) pictures.focus(0); };
pictures.beyond = step => { if (step < 0) names.focus(names.items.length - 1); };

/* --- a layout's order -------------------------------------------------------------------------- */

let rewritten = () => {};
export const onArranged = callback => { rewritten = callback; };

function arranged(said) {
  rewritten();
  source.again();
  const listed = source.lists(word())[1];
  pictures.renew(listed);
  empty(!listed.length);
  $('count').textContent = said;
}

function moved(from, to) {
  const name = baseOf(pictures.items[from].path);
  layout.move(from, to);
  arranged(`${name} moved to place ${to + 1} of ${layout.list().length}`);
  pictures.focus(to);
}

function remove(index) {
  const { path } = pictures.items[index];
  layout.toggle(path);
  arranged(`${baseOf(path)} removed; ${layout.list().length} left`);
}

arrange(pictures, { may: () => source instanceof Layout && !word(), moved, removed: remove });

/* The plot in focus into the layout, or out of it. */
export function take() {
  const index = pictures.current;
  if (!$('grid').contains(document.activeElement) || !source?.place?.sample || source instanceof Layout) return;
  layout.toggle(pictures.items[index].path);
  pictures.cells.get(index)?.querySelector('.take').show();
}

export function takeAll() {
  layout.add(pictures.items.filter(item => !item.trouble).map(item => item.path));
  for (const cell of pictures.cells.values()) cell.querySelector('.take')?.show();
}

/* --- what is listed ---------------------------------------------------------------------------- */

const word = () => $('filter').value.trim().toLowerCase();

function empty(nothing) {
  const top = source instanceof Names && !source.dir;
  $('empty').hidden = !nothing;
  $('empty-top').hidden = !(nothing && top);
  $('empty-samples').hidden = !(nothing && source.long);
  $('empty-folder').hidden = top || source.long;
  $('empty-folder').textContent = source.nothing;
}

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
  $('wider').hidden = !source.wider;
  if (source.wider) $('wider').href = source.wider;
  $('add-all').hidden = !plots.length || !source.place?.sample || source instanceof Layout;
  empty(source.done && !w && !rows.length && !plots.length);
}

/* Ask on while the end of what is known is nearer than AHEAD windows. */
function fill() {
  filling ??= (async () => {
    const mine = turn;
    while (mine === turn && source && !source.done && !$('browser').hidden && (source.eager || near())) {
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

/* What is looked at follows the service: new samples, new plots, new versions. Nothing moves under the reader's eyes. */
async function renew() {
  const mine = turn;
  const first = names.under(0, 100);
  const seen = source.long && scrollY > 200 ? names.items[first]?.href : '';
  if (!await source.renew() || mine !== turn) return;
  const [rows, plots] = source.lists(word());
  names.renew(rows);
  pictures.renew(plots);
  if (seen) scrollBy(0, (rows.findIndex(row => row.href === seen) - first) * names.step);
  $('count').textContent = source.count(rows.length + plots.length, word());
  empty(!rows.length && !plots.length && !word());
}

let renewing = null;
setInterval(() => {
  if (!source?.renew || renewing || document.hidden || $('browser').hidden) return;
  renewing = renew().catch(() => { /* told by the next thing somebody does */ }).finally(() => { renewing = null; });
}, RENEW_MS);

/* --- from outside ------------------------------------------------------------------------------ */

export async function open(next, { find = '', scroll = 0, focus = '' }) {
  const mine = ++turn;
  await next.start();
  if (mine !== turn) return;
  if (filling) await filling;
  if (mine !== turn) return;
  $('title').textContent = next.title;
  $('viewer').hidden = true;
  $('browser').hidden = false;
  $('browser').classList.toggle('ordered', next instanceof Layout);
  $('browser').classList.toggle('tight', sizeName() === 's');
  $('filter').value = find;
  $('filter').placeholder = next.hint || 'name contains…';
  source = next;
  render(true);
  await restore(mine, scroll, focus);
  fill();
}

async function restore(mine, scroll, focus) {
  const item = focus && source.find && await source.find(focus);
  if (mine !== turn) return;
  if (item) {
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

/* Other sizes: the same place in the list stays in sight. */
export function resize() {
  if (!source) return;
  const first = pictures.under(0, 120);
  $('browser').classList.toggle('tight', sizeName() === 's');
  pictures.set(pictures.items);
  const above = Math.floor(first / pictures.columns) * pictures.step;
  if (first > 0) scrollTo(0, $('grid').getBoundingClientRect().top + scrollY + above - 120);
}

/* Into the list, from anywhere on the page. */
export function enter() {
  if (names.items.length) names.focus(0);
  else pictures.focus(0);
}

async function seek() {
  rewrite({ find: word() });
  scrollTo(0, 0);
  if (source.seek) {
    const mine = ++turn;
    const next = source.seek(word());
    await next.start();
    if (mine !== turn) return;
    source = next;
  }
  render(true);
  fill();
}

let typing = 0;
$('filter').addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => { if (source) seek().catch(problem => say(problem.message)); }, source?.seek ? 200 : 120);
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
