/* The address says what is shown, so back, reload and links work:
 *   /?dir=runs/                          names below runs/, folded at /
 *   /?object=NAME&dir=sub/               what is inside NAME, folded likewise
 *   /?object=NAME&item=PATH&w=...        one picture and its parameters
 *   /?view=samples                       all samples
 *   /?sample=RUN/P/W/T&dir=sub/          what is in a sample; problems=1: only plots with problems
 *   /?sample=RUN/P/W/T&item=PATH&w=...   one picture of it
 *   /?sample=RUN/P/W/T&view=layout#...   a layout (layout.js) of it
 * and over=... (overlay.js), find=WORD that filters a list, size=s|m|l of small pictures. The history remembers where a
 * list was scrolled to. */
import { $, baseOf, changed, folderOf, here, make, rewrite, say } from '/web/api.js';
import * as browse from '/web/browse.js';
import { Changed } from '/web/inside.js';
import * as layout from '/web/layout.js';
import * as overlay from '/web/overlay.js';
import { setSize, sizeName } from '/web/pictures.js';
import { LayoutPlace, ObjectPlace, SamplePlace } from '/web/places.js';
import { runOf, title, valid } from '/web/sample.js';
import { around, choose } from '/web/samples.js';
import { Folder, Layout, Names, Plots, Samples } from '/web/sources.js';
import * as upload from '/web/upload.js';
import * as viewer from '/web/viewer.js';
import '/web/stats.js';

const address = () => location.pathname + location.search + location.hash;

function asked() {
  const search = new URLSearchParams(location.search);
  const names = ['dir', 'object', 'item', 'find', 'view', 'sample', 'problems', 'size', 'trend'];
  const now = Object.fromEntries(names.map(name => [name, search.get(name) || '']));
  if (!valid(now.sample)) now.sample = '';
  return { ...now, search, over: overlay.read(search), ordered: location.hash.includes(':') };
}

function crumbs({ dir, object, item, sample, view, over, ordered }) {
  const parts = [];
  const add = (href, textContent) => parts.push(make('a', { href, textContent }));
  const folders = (text, link) => {
    let at = '';
    for (const part of text.split('/').slice(0, -1)) {
      at += part + '/';
      add(link(at), part);
    }
  };
  if (sample || view) {
    add(here({ view: 'samples' }), 'Samples');
    const kept = overlay.carried(over);
    if (sample) add(here({ sample, ...kept }), title(sample));
    if (view === 'layout' || (item && ordered)) add(here({ sample, view: 'layout', ...kept }, location.hash), 'Layout');
    else folders(item ? folderOf(item) : dir, at => here({ sample, dir: at, ...kept }));
  } else {
    add('/', 'Catalogue');
    if (object) {
      folders(folderOf(object), at => here({ dir: at }));
      add(here({ object }), baseOf(object));
      folders(item ? folderOf(item) : dir, at => here({ object, dir: at }));
    } else {
      folders(dir, at => here({ dir: at }));
    }
  }
  if (!item) parts.at(-1).setAttribute('aria-current', 'page');
  const alone = parts.length === 1; // the view's name, which is said beside it
  $('crumbs').replaceChildren(...alone ? [] : [make('ol', {}, ...parts.map(part => make('li', {}, part)))]);
}

/* --- the row of tools -------------------------------------------------------------------------- */

async function runs(now) {
  for (const id of ['older', 'newer']) {
    $(id).hidden = !now.sample;
    $(id).removeAttribute('href');
  }
  if (!now.sample) return;
  const near = await around(now.sample).catch(() => ({}));
  if (asked().sample !== now.sample) return;
  for (const id of ['older', 'newer']) {
    $(id).classList.toggle('off', !near[id]);
    if (!near[id]) continue;
    $(id).href = changed({ sample: near[id] });
    $(id).title = `${title(near[id])} (${id === 'older' ? '[' : ']'})`;
  }
}

function tools(now) {
  const { sample, object, item, view, over } = now;
  const arranged = view === 'layout';
  const list = !item && view !== 'samples' && (sample || object || arranged);
  $('tools').hidden = !list && !sample;
  $('run-choice').hidden = !sample && !arranged;
  $('run').textContent = sample ? 'Run ' + runOf(sample) : 'Choose a run';
  $('overlay-open').hidden = !sample;
  $('overlay-open').setAttribute('aria-pressed', String(over.refs.length > 0));
  $('overlay-open').textContent = over.refs.length ? 'Over: ' + overlay.describe(over) : 'Overlay';
  $('problems').hidden = !sample || Boolean(item) || arranged;
  $('problems').setAttribute('aria-pressed', String(Boolean(now.problems)));
  $('keep').hidden = !sample || !item;
  keep(item);
  $('clear').hidden = !arranged || !layout.list().length;
  $('add-all').hidden = true; // until there is something to add
  $('sizes').hidden = !list;
  for (const input of $('sizes').querySelectorAll('input')) input.checked = input.value === sizeName();
  const views = { 'to-files': !sample && !view, 'to-samples': (sample || view) && !arranged, 'layout-link': arranged };
  for (const [id, on] of Object.entries(views)) {
    if (on) $(id).setAttribute('aria-current', 'true');
    else $(id).removeAttribute('aria-current');
  }
  runs(now);
}

function keep(item) {
  $('keep').setAttribute('aria-pressed', String(layout.has(item)));
  $('keep').textContent = layout.has(item) ? '✓ In the layout' : '＋ Layout';
}

const placeOf = ({ sample, over, ordered, view }) =>
  view === 'layout' || ordered ? new LayoutPlace(sample, over) : new SamplePlace(sample, over);

function sourceOf(now) {
  const { dir, object, sample, view, find, problems } = now;
  if (view === 'layout') return new Layout(sample ? placeOf(now) : null);
  if (sample) return new Folder(placeOf(now), dir, { word: find, problems: Boolean(problems) });
  if (view === 'samples') return new Samples();
  return object ? new Plots(new ObjectPlace(object), dir) : new Names(dir);
}

let shows = 0;
async function show(place = {}) {
  const mine = ++shows;
  const now = asked();
  setSize(now.size);
  if (now.ordered) layout.set(layout.read(location.hash));
  if (now.sample) layout.of(now.sample);
  crumbs(now);
  tools(now);
  document.title = [now.item || now.object || now.dir || { layout: 'Layout', samples: 'Samples' }[now.view],
    now.sample && title(now.sample), 'platen'].filter(Boolean).join(' – ');
  try {
    say('');
    if (now.item) {
      browse.close();
      await viewer.open(now.sample ? placeOf(now) : new ObjectPlace(now.object), now.item, now.search);
    } else {
      await browse.open(sourceOf(now), { find: now.find, ...place });
      if (mine === shows) viewer.close();
    }
  } catch (problem) {
    if (mine !== shows) return;
    if (problem instanceof Changed) return show(place);
    if (!now.item) {
      browse.close();
      viewer.close();
    }
    say(problem.message, { again: problem.status >= 400 && problem.status < 500 ? null : () => show(place) });
  }
}

async function go(url, place) {
  const { object, sample, item } = asked();
  const left = document.activeElement?.closest?.('#grid, #folders') ? document.activeElement.closest('a') : null;
  const focus = left ? new URLSearchParams(left.search).get('item') || left.getAttribute('href') : item && (object || sample) ? item : '';
  history.replaceState({ scroll: scrollY, focus }, '');
  history.pushState(null, '', url);
  if (!place) scrollTo(0, 0);
  await show(place);
  if (!place && !$('main').contains(document.activeElement)) $('main').focus({ preventScroll: true });
}

history.scrollRestoration = 'manual';
addEventListener('popstate', event => show(event.state || history.state || {}));
addEventListener('pagehide', () => history.replaceState({ ...history.state, scroll: scrollY }, ''));

document.addEventListener('click', event => {
  const link = event.target.closest('a[href]');
  if (!link || link.origin !== location.origin || link.pathname !== '/' || link.getAttribute('href')[0] === '#' ||
      link.hasAttribute('download') || event.ctrlKey || event.metaKey || event.shiftKey ||
      event.altKey || event.button) return;
  event.preventDefault();
  const place = link.id === 'up' ? { focus: asked().item } : undefined;
  go(link.href, place);
});

const press = id => () => {
  const element = $(id);
  if (element.checkVisibility() && (element.tagName !== 'A' || element.hasAttribute('href'))) element.click();
};
const up = () => {
  const above = [...$('crumbs').querySelectorAll('a')].at(-2);
  if (above) go(above.href, { focus: address() });
};
const help = () => $('keys').showModal();
const ANYWHERE = { '?': help, u: upload.open, o: press('overlay-open'), r: press('run'), '[': press('older'), ']': press('newer'),
  s: press('to-samples'), L: press('layout-link') };
const VIEWING = { ArrowLeft: press('previous'), ArrowRight: press('next'), Escape: press('up'), l: press('keep'), t: viewer.toggleTrend,
  ...ANYWHERE };
const LISTING = { '/': () => $('filter').focus(), ArrowDown: browse.enter, ArrowRight: browse.enter, Escape: up, l: browse.take,
  p: press('problems'), a: press('add-all'), ...ANYWHERE };

document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.target.closest('input:not([type=radio]), select, textarea') || event.altKey || event.ctrlKey ||
      event.metaKey || document.querySelector('dialog[open]')) return;
  const action = ($('viewer').hidden ? LISTING : VIEWING)[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

$('keys-open').addEventListener('click', help);
$('run').addEventListener('click', () => choose(asked().sample, sample => go(changed({ sample }))));
$('overlay-open').addEventListener('click', () => {
  const { sample, over } = asked();
  overlay.ask(sample, over, next => go(changed({ over: '', ref: '', norm: '', ktest: '', ...overlay.carried(next) }), { scroll: scrollY }));
});
$('problems').addEventListener('click', () => go(changed({ problems: asked().problems ? '' : '1' })));
$('keep').addEventListener('click', () => {
  const { item, ordered } = asked();
  layout.toggle(item);
  keep(item);
  if (!ordered) return;
  rewrite({}, layout.hash()); // the layout is that of the address
  show();
});
$('add-all').addEventListener('click', browse.takeAll);
$('clear').addEventListener('click', () => {
  layout.set([]);
  go(changed({}, ''));
});
$('sizes').addEventListener('change', event => {
  setSize(event.target.value, true);
  rewrite({ size: event.target.value });
  browse.resize();
});
addEventListener('rewritten', () => runs(asked()));
browse.onArranged(() => {
  rewrite({}, layout.hash());
  $('clear').hidden = !layout.list().length;
});

upload.onStored(() => { if (!$('browser').hidden || !$('message').hidden) show({ scroll: scrollY }); });
for (const origin of document.querySelectorAll('.origin')) origin.textContent = location.origin;
show(history.state || {});
