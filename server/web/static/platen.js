/* The address says what is shown, so back, reload and links work:
 *   /?dir=runs/                      names below runs/, folded at /
 *   /?object=NAME&dir=sub/           what is inside NAME, folded likewise
 *   /?object=NAME&item=PATH&w=...    one picture and its parameters
 * and find=WORD filters a list. The history remembers where a list was scrolled to. */
import { $, baseOf, folderOf, here, make, say } from '/web/api.js';
import * as browse from '/web/browse.js';
import { Changed } from '/web/inside.js';
import * as upload from '/web/upload.js';
import * as viewer from '/web/viewer.js';
import '/web/stats.js';

const address = () => location.pathname + location.search;

const asked = () => {
  const search = new URLSearchParams(location.search);
  const [dir, object, item, find] = ['dir', 'object', 'item', 'find'].map(name => search.get(name) || '');
  return { dir, object, item, find, search };
};

function crumbs({ dir, object, item }) {
  const parts = [make('a', { href: '/', textContent: 'Catalogue' })];
  const folders = (text, link) => {
    let at = '';
    for (const part of text.split('/').slice(0, -1)) {
      at += part + '/';
      parts.push(make('a', { href: link(at), textContent: part }));
    }
  };
  if (object) {
    folders(folderOf(object), at => here({ dir: at }));
    parts.push(make('a', { href: here({ object }), textContent: baseOf(object) }));
    folders(item ? folderOf(item) : dir, at => here({ object, dir: at }));
  } else {
    folders(dir, at => here({ dir: at }));
  }
  if (!item) parts.at(-1).setAttribute('aria-current', 'page');
  $('crumbs').replaceChildren(make('ol', {}, ...parts.map(part => make('li', {}, part))));
}

let shows = 0;
async function show(place = {}) {
  const mine = ++shows;
  const now = asked();
  crumbs(now);
  document.title = [now.item || now.object || now.dir, 'platen'].filter(Boolean).join(' – ');
  try {
    say('');
    if (now.item) {
      browse.close();
      await viewer.open(now.object, now.item, now.search);
    } else {
      await browse.open(now.dir, now.object, { find: now.find, ...place });
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
  const { object, item } = asked();
  const left = document.activeElement?.closest?.('#grid, #folders') ? document.activeElement.closest('a') : null;
  const focus = left ? new URLSearchParams(left.search).get('item') || left.getAttribute('href') : item && object ? item : '';
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
  if (!link || link.origin !== location.origin || link.pathname !== '/' || link.hash || link.hasAttribute('download') ||
      event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  const place = link.id === 'up' ? { focus: asked().item } : undefined;
  go(link.href, place);
});

document.addEventListener('keydown', event => {
  if (event.defaultPrevented || event.target.closest('input, select, textarea') || event.altKey || event.ctrlKey ||
      event.metaKey || $('upload').open) return;
  const viewing = !$('viewer').hidden;
  const press = id => () => { if ($(id).hasAttribute('href')) $(id).click(); };
  const keys = viewing ? { ArrowLeft: press('previous'), ArrowRight: press('next'), Escape: press('up') }
    : { '/': () => $('filter').focus(), ArrowDown: browse.enter, ArrowRight: browse.enter,
      Escape: () => { const up = [...$('crumbs').querySelectorAll('a')].at(-2); if (up) go(up.href, { focus: address() }); } };
  if (event.key === 'u') return upload.open();
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

upload.onStored(() => { if (!$('browser').hidden || !$('message').hidden) show({ scroll: scrollY }); });
$('origin').textContent = location.origin;
show(history.state || {});
