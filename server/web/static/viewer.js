/* One picture, large, and the form whose fields are its parameters: in the page's address and in the picture's. */
import { $, askPicture, baseOf, folderOf, here, imageUrl, make, number, say } from '/web/api.js';
import { Inside } from '/web/inside.js';
import { toNodes, toText } from '/web/markup.js';

const form = $('parameters');
const fields = [...form.elements].filter(field => field.name);
const TAKEN_ALONG = ['w', 'h', 'showstats', 'showerrbars', 'xtype', 'ytype', 'ztype']; // to the neighbours
const STEP = 60; // sizes made to fit are few, so that they are shared
const BUSY_MS = 150;
const OPTIONS = { 1: ['HIST', 'E', 'E1', 'P', 'L', 'C', 'B', 'TEXT'], 2: ['COLZ', 'COL', 'BOX', 'TEXT', 'SCAT'] };

let shown = null; // {object, item}
let drawing = null;
let pinned = '';
let timer = 0;

function values() {
  return Object.fromEntries(fields.map(field => [field.name, field.value.trim()]).filter(([, value]) => value));
}

/* What fits into the frame, sharp on this screen, when nobody asked for a size. */
function fitting() {
  const room = Math.min($('frame').clientWidth - 12, Math.max(300, (innerHeight - 190) * 1.5));
  const scale = devicePixelRatio >= 1.5 ? 2 : 1;
  const w = Math.min(2400, Math.max(5, Math.floor(room * scale / STEP)) * STEP);
  return { w, h: w * 2 / 3, scale };
}

function wanted() {
  const asked = values();
  if (asked.w || asked.h) return { parameters: asked, scale: 1 };
  const { w, h, scale } = fitting();
  return { parameters: { w, h, ...asked }, scale };
}

function addresses(url, parameters) {
  $('address').textContent = url;
  for (const kind of ['png', 'jpg']) {
    $('download-' + kind).href = imageUrl(shown.object, shown.item, parameters, kind);
    $('download-' + kind).download = `${baseOf(shown.item)}.${kind}`;
  }
  const asked = values();
  form.elements.w.placeholder = asked.h ? 600 : parameters.w;
  form.elements.h.placeholder = asked.w ? 400 : parameters.h;
}

function trouble(problem) {
  $('picture').hidden = true;
  $('trouble').hidden = false;
  $('trouble-text').textContent = problem.message;
  $('trouble-again').hidden = problem.status >= 400 && problem.status < 500;
  const field = problem.param && form.elements[problem.param];
  field?.setAttribute?.('aria-invalid', 'true');
}

async function draw() {
  const { parameters, scale } = wanted();
  const url = imageUrl(shown.object, shown.item, parameters);
  addresses(url, parameters);
  drawing?.abort();
  const mine = drawing = new AbortController();
  const busy = setTimeout(() => $('frame').classList.add('busy'), BUSY_MS);
  for (const field of fields) field.removeAttribute('aria-invalid');
  try {
    const picture = await askPicture(url, mine.signal);
    if (mine !== drawing) return;
    pinned = picture.pinned;
    $('picture').src = picture.data;
    $('picture').style.width = `${(Number(parameters.w) || 600) / scale}px`;
    $('picture').hidden = false;
    $('trouble').hidden = true;
  } catch (problem) {
    if (mine === drawing && problem.name !== 'AbortError') trouble(problem);
  } finally {
    clearTimeout(busy);
    if (mine === drawing) $('frame').classList.remove('busy');
  }
}

function describe(item, inside) {
  const two = /^TH2|2D|Poly/.test(item.class);
  $('viewer-title').replaceChildren(baseOf(item.path));
  $('picture').alt = [item.class, toText(item.title) || item.path].join(' ');
  const facts = [item.class, Number.isFinite(item.entries) ? `${number(item.entries)} entries` : ''].filter(Boolean);
  const title = item.title && item.title !== baseOf(item.path) ? [toNodes(item.title), ' · '] : [];
  $('caption').replaceChildren(...title, facts.join(' · '));
  $('axis-z').hidden = !two;
  $('options').replaceChildren(...OPTIONS[two ? 2 : 1].map(value => make('option', { value })));
  const { items } = inside.folder(folderOf(item.path));
  $('place').textContent = `${number(item.place + 1)} of ${number(items.length)}${inside.done ? '' : '+'}`;
}

async function neighbours(mine) {
  const inside = await Inside.open(mine.object);
  const item = await inside.find(mine.item);
  if (mine !== shown || !item) return;
  describe(item, inside);
  const asked = values();
  const along = Object.fromEntries(TAKEN_ALONG.filter(name => asked[name]).map(name => [name, asked[name]]));
  for (const [id, step] of [['previous', -1], ['next', 1]]) {
    const other = await inside.beside(item, step);
    if (mine !== shown) return;
    $(id).classList.toggle('off', !other);
    if (other) $(id).href = here({ object: mine.object, item: other.path, ...along });
    else $(id).removeAttribute('href');
  }
  describe(item, inside);
}

export async function open(object, item, search) {
  const mine = shown = { object, item };
  $('viewer').hidden = false;
  $('viewer-title').textContent = baseOf(item);
  $('picture').alt = item;
  $('caption').textContent = '\u00a0';
  $('place').textContent = '';
  for (const id of ['previous', 'next']) {
    $(id).removeAttribute('href');
    $(id).classList.add('off');
  }
  for (const field of fields) field.value = search.get(field.name) || '';
  $('up').href = here({ object, dir: folderOf(item) });
  await Promise.all([draw(), neighbours(mine)]);
}

export function close() {
  shown = null;
  drawing?.abort();
  drawing = null;
  $('viewer').hidden = true;
  $('picture').removeAttribute('src');
  $('picture').hidden = true;
  $('trouble').hidden = true;
}

function changed() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!shown) return;
    const wrong = fields.find(field => !field.checkValidity());
    if (wrong) return trouble({ message: `${wrong.labels?.[0]?.firstChild.data.trim() || wrong.ariaLabel}: ` +
      wrong.validationMessage, status: 400, param: wrong.name });
    const search = new URLSearchParams(location.search);
    const asked = values();
    for (const { name } of fields) {
      if (asked[name]) search.set(name, asked[name]);
      else search.delete(name);
    }
    history.replaceState(history.state, '', '/?' + search);
    draw();
    neighbours(shown).catch(() => {});
  }, 250);
}

form.addEventListener('input', changed);
form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('reset', () => setTimeout(() => {
  for (const field of fields) field.value = '';
  changed();
}));
form.addEventListener('click', async event => {
  const what = event.target.dataset.copy;
  if (!what) return;
  const text = new URL(what === 'pinned' ? pinned : $('address').textContent, location.href).href;
  try {
    await navigator.clipboard.writeText(text);
    say('Copied: ' + text, { bad: false });
  } catch {
    say('Mark and copy: ' + text, { bad: false }); // no clipboard outside secure pages
  }
});
$('trouble-again').addEventListener('click', () => draw());

let width = 0;
new ResizeObserver(() => {
  if (!shown || values().w || values().h || fitting().w === width) return;
  const first = !width;
  width = fitting().w;
  if (!first) draw();
}).observe($('frame'));
