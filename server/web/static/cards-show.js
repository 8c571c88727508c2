/* What one answer of the service is on the page: the pictures, what was recognised, what was noticed. */
import { $, make, number, plural, size } from '/web/api.js';

const SMALL_FROM = 13;         /* so many cards come as thumbnails first */
const SHARPEN_AT_ONCE = 3;
const TRY_AGAIN_MS = [800, 2500];
const NAMES_SHOWN = 200;

/* The page has the words, for readers without scripts too. */
const titleOf = game => document.querySelector(`input[name="game"][value="${game || '-'}"] + span`)?.textContent ?? 'Cards';
const wordsOf = kind => $('words').content.querySelector(`[data-kind="${CSS.escape(kind)}"]`)?.textContent ?? kind;

/* --- pictures ---------------------------------------------------------------------------------- */

/* The pictures that are shown, as images. */
export const cards = () => [...document.querySelectorAll('#cards img')];

const settled = () => [...document.querySelectorAll('#cards .card:not(.waiting)')].length;

function count() {
  const all = $('cards').children.length, done = settled();
  $('drawing').hidden = done === all;
  $('drawn').max = all || 1;
  $('drawn').value = done;
  $('drawn-text').textContent = `${done} of ${plural(all, 'card')} drawn`;
  if (done === all) sharp();
}

function broken(item, image, url) {
  const again = make('button', { type: 'button', textContent: 'Try again', onclick: () => {
    trouble.remove();
    image.hidden = false;
    load(item, image, url);
  } });
  const trouble = make('div', { className: 'broken' }, make('p', { textContent: 'This card could not be drawn.' }), again);
  image.hidden = true;
  item.querySelector('a').after(trouble);
}

/* A picture that fails is asked for again by itself, for a busy service has room soon. */
function load(item, image, url, tries = 0) {
  item.classList.add('waiting');
  image.onload = () => { item.classList.remove('waiting'); count(); };
  image.onerror = () => {
    if (!item.isConnected) return;
    if (tries < TRY_AGAIN_MS.length) {
      setTimeout(() => item.isConnected && load(item, image, url, tries + 1), TRY_AGAIN_MS[tries]);
      return;
    }
    item.classList.remove('waiting');
    broken(item, image, url);
    count();
  };
  image.src = url;
}

function picture(one, index, small) {
  const image = make('img', { width: one.w || 1920, height: one.h || 1080, alt: one.title });
  const caption = make('figcaption', {}, make('b', { textContent: one.title }));
  if (one.profile && !one.title.includes(one.profile)) caption.append(make('i', { textContent: one.profile }));
  if (one.pages > 1) caption.append(make('span', { textContent: `page ${one.page} of ${one.pages}` }));
  const item = make('li', { className: 'card', id: 'card-' + (index + 1) },
    make('figure', {}, make('a', { href: one.url }, image), caption));
  if (small && one.thumbnail) image.dataset.full = one.url;
  load(item, image, image.dataset.full ? one.thumbnail : one.url);
  return item;
}

/* Thumbnails become pictures of full size, the first ones first; over when all that can be are. */
let sharpening = null;
export const sharp = () => sharpening ??= (async () => {
  const coming = cards().map(image => image.complete || new Promise(done => {
    image.addEventListener('load', done, { once: true });
    image.addEventListener('error', done, { once: true });
  }));
  await Promise.all(coming);
  const rest = cards().filter(image => image.dataset.full && !image.hidden);
  await Promise.all(Array.from({ length: SHARPEN_AT_ONCE }, async () => {
    for (let image = rest.shift(); image; image = rest.shift()) await sharpen(image);
  }));
  sharpening = null;
})();

async function sharpen(image) {
  const full = make('img', { src: image.dataset.full });
  await full.decode().catch(() => {});
  if (!full.naturalWidth) return;
  image.onload = image.onerror = null;
  image.src = full.src;
  delete image.dataset.full;
  await image.decode().catch(() => {});
}

/* The pictures of an answer, lists behind the cards; a document names them all at once. */
const pictures = answer => answer.pictures ?? [...answer.cards ?? [], ...(answer.lists ?? []).flatMap(list => list.pages ?? [])];

/* --- what was recognised ----------------------------------------------------------------------- */

/* A document has its colours by name. */
export const colours = document => ({ ...document, bindings: document.counts?.bindings,
  devices: new Set([...(document.cards ?? []).flatMap(card => card.cells.map(cell => cell.device)),
    ...(document.lists ?? []).map(list => list.device), ...document.keyboard?.length ? ['Keyboard'] : []]).size,
  contexts: Object.entries(document.colours ?? {}).map(([name, colour]) => ({ name, colour, title: document.titles?.[name] })) });

function summary(answer, all) {
  const lists = all.filter(one => !one.image).length;
  const parts = [all.length - lists ? plural(all.length - lists, 'card') : '', lists ? plural(lists, 'list page') : '',
    answer.bindings ? plural(answer.bindings, 'binding') : '', answer.devices ? plural(answer.devices, 'controller') : ''];
  $('summary').textContent = parts.filter(Boolean).join(' · ');
}

function legend(contexts) {
  const svg = (name, attributes, ...children) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  $('legend').replaceChildren(...contexts.map(({ name, title, colour }) => make('li', {},
    svg('svg', { viewBox: '0 0 1 1', 'aria-hidden': true }, svg('path', { d: 'M0 0h1v1H0z', fill: colour })), title || name)));
  $('legend').hidden = contexts.length < 2;
}

function filesRead(files) {
  $('read').hidden = !files.length || !files[0].name;
  $('read-title').textContent = plural(files.length, 'file') + ' read';
  $('read-list').replaceChildren(...files.map(file => make('li', {}, file.name ?? '', ' ', make('span', { className: 'dim', textContent: size(file.bytes) }))));
}

/* --- notices ----------------------------------------------------------------------------------- */

/* {kind, detail, file, line}; in a document they are texts, kind first. */
function noticeOf(one) {
  if (typeof one !== 'string') return one;
  const [, kind, detail] = /^([^:]*):? ?(.*)$/s.exec(one);
  return { kind, detail };
}

const whereOf = one => one.file ? ` (${one.file}${one.line ? `, line ${one.line}` : ''})` : '';

function notices(list, more) {
  const kinds = new Map();
  for (const one of list.map(noticeOf)) kinds.set(one.kind, [...kinds.get(one.kind) ?? [], (one.detail ?? '') + whereOf(one)]);
  $('notices').hidden = !list.length;
  $('notices').open = false;
  $('notices-title').textContent = plural(list.length + more, 'notice');
  $('notices-list').replaceChildren(...[...kinds].map(([kind, details]) => {
    const told = [...new Set(details.map(text => text.trim()).filter(Boolean))];
    const item = make('li', {}, make('b', { textContent: wordsOf(kind) }));
    if (told.length === 1) item.append(': ' + told[0]);
    else if (told.length) item.append(make('ul', {}, ...told.slice(0, NAMES_SHOWN).map(text => make('li', { textContent: text }))));
    return item;
  }));
  if (more) $('notices-list').append(make('li', { className: 'dim', textContent: `and ${number(more)} more that are not listed` }));
}

/* --- Elite Dangerous --------------------------------------------------------------------------- */

/* Which groups are shown. Built once an upload, so that what was switched off stays there. */
function groups(answer, fresh) {
  const names = answer.groups ?? [];
  const choosable = answer.game === 'ed' && fresh && names.length > 0;
  if (choosable && $('choice').hidden) {
    $('groups').replaceChildren(...names.map(name =>
      make('label', {}, make('input', { type: 'checkbox', value: name, checked: true }), ' ' + name)));
    document.querySelector('input[name="style"]').checked = true;
  }
  $('choice').hidden = !choosable;
  if ($('chosen')) $('chosen').hidden = fresh;   /* it tells of the link that this page was opened with */
}

/* --- all of it --------------------------------------------------------------------------------- */

/* fresh: it comes from an upload made on this page, whose files are at hand. */
export function show(answer, fresh) {
  const all = pictures(answer);
  const game = titleOf(answer.game);
  $('result-title').textContent = game;
  document.title = `${game} · platen`;
  summary(answer, all);
  legend(answer.contexts ?? []);
  filesRead(answer.files ?? []);
  $('zip').href = answer.url + '.zip';
  $('zip').hidden = $('print').parentElement.hidden = !all.length;
  $('none').hidden = all.length > 0;
  notices(answer.notices ?? [], answer.notices_more ?? 0);
  groups(answer, fresh);
  $('cards').classList.toggle('few', all.length < 2);
  $('cards').replaceChildren();
  $('cards').append(...all.map((one, i) => picture(one, i, all.length >= SMALL_FROM)));
  count();
}

export function clear() {
  $('cards').replaceChildren();
  $('choice').hidden = true;
}
