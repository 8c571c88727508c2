/* One picture, large, and the form whose fields are its parameters: in the page's address and in the picture's. Of a plot
 * in samples also what tests say of it, how it went over the runs, and where else to find it. */
import { $, askPicture, baseOf, here, make, number, path, query, rewrite, say, size } from '/web/api.js';
import { mark } from '/web/browse.js';
import { toNodes, toText } from '/web/markup.js';
import * as overlay from '/web/overlay.js';
import { datasetOf } from '/web/sample.js';

const form = $('parameters');
const fields = [...form.elements].filter(field => field.name);
const TAKEN_ALONG = ['w', 'h', 'showstats', 'showerrbars', 'xtype', 'ytype', 'ztype']; // to the neighbours
const STEP = 60; // sizes made to fit are few, so that they are shared
const BUSY_MS = 150;
const OPTIONS = { 1: ['HIST', 'E', 'E1', 'P', 'L', 'C', 'B', 'TEXT'], 2: ['COLZ', 'COL', 'BOX', 'TEXT', 'SCAT'] };
const WORDS = { 100: 'ok', 200: 'warning', 300: 'error' };

let shown = null; // {place, item}
let drawing = null;
let pinned = '';
let alone = false; // although references were asked for
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
    $('download-' + kind).href = shown.place.url(shown.item, parameters, kind);
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

/* What is not in a reference is drawn alone, and said to be. */
async function askAlone(parameters, problem, signal) {
  const { place, item } = shown;
  if (!place.over?.refs.length || problem.status !== 404) throw problem;
  const picture = await askPicture(overlay.pictureUrl(place.name, item, parameters, null), signal);
  return { ...picture, alone: problem.message };
}

async function draw() {
  const { parameters, scale } = wanted();
  const url = shown.place.url(shown.item, parameters);
  addresses(url, parameters);
  drawing?.abort();
  const mine = drawing = new AbortController();
  const busy = setTimeout(() => $('frame').classList.add('busy'), BUSY_MS);
  for (const field of fields) field.removeAttribute('aria-invalid');
  try {
    const picture = await askPicture(url, mine.signal).catch(problem => askAlone(parameters, problem, mine.signal));
    if (mine !== drawing) return;
    pinned = picture.pinned;
    $('picture').src = picture.data;
    $('picture').style.width = `${(Number(parameters.w) || 600) / scale}px`;
    $('picture').hidden = false;
    $('trouble').hidden = true;
    alone = Boolean(picture.alone);
    $('note').textContent = alone ? `Drawn alone: ${picture.alone}` : picture.note;
  } catch (problem) {
    if (mine === drawing && problem.name !== 'AbortError') trouble(problem);
  } finally {
    clearTimeout(busy);
    if (mine === drawing) $('frame').classList.remove('busy');
  }
}

/* Over several samples the service names no pinned address; the versions are those of the listings. */
async function pinnedUrl() {
  const { place, item } = shown;
  if (!place.over?.refs.length || alone) return pinned;
  const v = await place.version(item);
  return v ? place.url(item, { ...wanted().parameters, v }) : pinned;
}

function describe(item) {
  const two = /^TH2|2D|Poly/.test(item.class);
  $('viewer-title').replaceChildren(baseOf(item.path));
  $('picture').alt = [item.class, toText(item.title) || item.path, item.status].filter(Boolean).join(' ');
  const facts = [item.class, Number.isFinite(item.entries) ? `${number(item.entries)} entries` : ''].filter(Boolean);
  const title = item.title && item.title !== baseOf(item.path) ? [toNodes(item.title), ' · '] : [];
  $('caption').replaceChildren(...title, facts.join(' · '));
  $('tests').replaceChildren(...(item.tests || []).map(test => make('li', {}, mark(WORDS[test.status] || 'other'),
    make('b', { textContent: test.name }), ' ' + test.message)));
  $('tests').hidden = !item.tests?.length;
  $('axis-z').hidden = !two;
  $('options').replaceChildren(...OPTIONS[two ? 2 : 1].map(value => make('option', { value })));
}

async function neighbours(mine) {
  const { place } = mine;
  const item = await place.find(mine.item) || { path: mine.item, class: '', title: '' };
  if (mine !== shown) return;
  if (item.class) describe(item);
  const asked = values();
  const along = Object.fromEntries(TAKEN_ALONG.filter(name => asked[name]).map(name => [name, asked[name]]));
  if (trendAsked()) along.trend = trendAsked();
  if (item.place !== undefined) $('place').textContent = await place.position(item);
  for (const [id, step] of [['previous', -1], ['next', 1]]) {
    const other = item.class || place.sample ? await place.beside(item, step) : null;
    if (mine !== shown) return;
    $(id).classList.toggle('off', !other);
    if (other) $(id).href = place.href(other, along);
    else $(id).removeAttribute('href');
  }
  if (item.place !== undefined) $('place').textContent = await place.position(item);
}

/* --- of samples -------------------------------------------------------------------------------- */

const trendAsked = () => new URLSearchParams(location.search).get('trend') || '';

function trend() {
  const number = trendAsked();
  const { place, item } = shown;
  $('trend-open').setAttribute('aria-pressed', String(Boolean(number)));
  $('trend').hidden = !number;
  if (!number) return;
  $('trend-number').value = number;
  if (!$('trend-number').value) $('trend-number').value = 'mean';
  const w = Math.min(2400, Math.max(300, Math.floor($('trend-frame').clientWidth / STEP) * STEP));
  const match = $('trend-all').checked ? '' : `^${datasetOf(place.name)}$`;
  const url = `/plotfairy/stripchart/${path(item)}${query({ trend: $('trend-number').value, match, w, h: w / 2 })}`;
  const mine = shown;
  askPicture(url).then(({ data }) => {
    if (mine !== shown) return;
    $('trend-picture').src = data;
    $('trend-picture').hidden = false;
    $('trend-trouble').textContent = '';
  }, problem => {
    if (mine !== shown) return;
    $('trend-picture').hidden = true;
    $('trend-trouble').textContent = problem.message;
  });
  $('trend-link').href = url;
}

function setTrend(on) {
  if (!shown?.place.sample) return;
  rewrite({ trend: on && ($('trend-number').value || 'mean') });
  trend();
  if (on) $('trend').scrollIntoView({ block: 'nearest' });
  neighbours(shown).catch(() => {});
}

export const toggleTrend = () => setTrend(!trendAsked());
$('trend-open').addEventListener('click', toggleTrend);
$('trend-number').addEventListener('change', () => setTrend(true));
$('trend-all').addEventListener('change', () => setTrend(true));

async function elsewhere(mine) {
  const { place, item } = mine;
  $('elsewhere').hidden = !place.sample;
  $('trend-open').hidden = !place.sample;
  if (!place.sample) return;
  $('json-link').href = `/jsonfairy/archive/${place.name}/${path(item)}`;
  const files = await place.originals();
  if (mine !== shown) return;
  $('originals').replaceChildren(...files.slice(0, 4).map(({ name, file, bytes }) => make('li', {},
    make('a', { href: '/v1/objects/' + path(name), textContent: file, download: file }), ` ${size(bytes)}`)));
  if (files.length > 4) $('originals').append(make('li', {}, make('a', { href: here({ dir: `dqm/${place.name}/` }),
    textContent: 'all files of this sample' })));
}

export async function open(place, item, search) {
  const mine = shown = { place, item };
  $('viewer').hidden = false;
  $('viewer-title').textContent = baseOf(item);
  $('picture').alt = item;
  $('caption').textContent = '\u00a0';
  $('place').textContent = '';
  $('tests').hidden = true;
  $('note').textContent = '';
  for (const id of ['previous', 'next']) {
    $(id).removeAttribute('href');
    $(id).classList.add('off');
  }
  for (const field of fields) field.value = search.get(field.name) || '';
  $('up').href = place.up(item);
  if (place.sample) trend();
  else $('trend').hidden = true;
  await Promise.all([draw(), neighbours(mine), elsewhere(mine)]);
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

function edited() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!shown) return;
    const wrong = fields.find(field => !field.checkValidity());
    if (wrong) return trouble({ message: `${wrong.labels?.[0]?.firstChild.data.trim() || wrong.ariaLabel}: ` +
      wrong.validationMessage, status: 400, param: wrong.name });
    rewrite(Object.fromEntries(fields.map(({ name, value }) => [name, value.trim()])));
    draw();
    neighbours(shown).catch(() => {});
  }, 250);
}

form.addEventListener('input', edited);
form.addEventListener('submit', event => event.preventDefault());
form.addEventListener('reset', () => setTimeout(() => {
  for (const field of fields) field.value = '';
  edited();
}));
form.addEventListener('click', async event => {
  const what = event.target.dataset.copy;
  if (!what) return;
  const text = new URL(what === 'pinned' ? await pinnedUrl() : $('address').textContent, location.href).href;
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
