'use strict';
/* The page in one file: the address says what is shown, so back, reload and links work.
 *   /?dir=runs/             names below runs/, folded at /
 *   /?object=NAME&dir=sub/  what is inside NAME, folded likewise
 *   /?object=NAME&item=PATH&w=...   one picture and its parameters */

const $ = id => document.getElementById(id);
const PARAMETERS = ['w', 'h', 'drawopts', 'showstats', 'xtype', 'xmin', 'xmax', 'ytype', 'ymin', 'ymax', 'ztype', 'zmin',
  'zmax'];
const SLICE = 200;
let turn = 0; // a page shown later makes answers to earlier questions worthless
let siblings = [];
let pinned = '';

const path = text => text.split('/').map(encodeURIComponent).join('/');

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function here(query) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
  const text = search.toString();
  return text ? '/?' + text : '/';
}

function imageUrl(name, item, parameters, kind = 'png') {
  const text = parameters.toString();
  return `/v1/images/${path(name)}/${path(item)}.${kind}${text ? '?' + text : ''}`;
}

async function problemText(response) {
  try {
    const problem = await response.json();
    return problem.detail || problem.title;
  } catch {
    return `${response.status} ${response.statusText}`;
  }
}

async function fetchJson(url) {
  const response = await fetch(url, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(await problemText(response));
  const link = response.headers.get('Link');
  const next = link && /<([^>]+)>;\s*rel="?next/.exec(link);
  return { body: await response.json(), next: next ? next[1] : null };
}

function say(text, bad = true) {
  $('message').textContent = text;
  $('message').classList.toggle('bad', bad);
  $('message').hidden = !text;
}

/* --- where we are ------------------------------------------------------------------------------ */

function crumbs(dir, object, item) {
  const parts = [make('a', { href: '/', textContent: 'Catalogue' })];
  const folders = (text, link) => {
    let at = '';
    for (const part of text.split('/').filter(Boolean)) {
      at += part + '/';
      parts.push(make('a', { href: link(at), textContent: part }));
    }
  };
  if (object) {
    const cut = object.lastIndexOf('/') + 1;
    folders(object.slice(0, cut), at => here({ dir: at }));
    parts.push(make('a', { href: here({ object }), textContent: object.slice(cut) }));
    folders(item ? item.slice(0, item.lastIndexOf('/') + 1) : dir, at => here({ object, dir: at }));
  } else {
    folders(dir, at => here({ dir: at }));
  }
  const out = [];
  parts.forEach((part, i) => {
    if (i) out.push(make('span', { className: 'sep', textContent: '/', ariaHidden: 'true' }));
    out.push(part);
  });
  if (!item) parts.at(-1).setAttribute('aria-current', 'page');
  $('crumbs').replaceChildren(...out);
}

/* --- browsing ---------------------------------------------------------------------------------- */

const size = n => {
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (n < 1024 || unit === 'GiB') return (n < 10 && unit !== 'B' ? n.toFixed(1) : Math.round(n)) + ' ' + unit;
    n /= 1024;
  }
};

function folderRow(text, href, note, file) {
  const row = make('a', { href, textContent: (file ? '' : '📁 ') + text });
  if (file) row.className = 'file';
  if (note) row.append(make('small', { textContent: note }));
  return make('li', {}, row);
}

function thumbnail(object, item) {
  const box = make('div', { className: 'thumb' });
  if (item.trouble) {
    box.append(make('span', { className: 'none', textContent: item.trouble }));
  } else {
    const picture = make('img', { loading: 'lazy', decoding: 'async', width: 300, height: 200,
      alt: `${item.class} ${item.title || item.path}`,
      src: imageUrl(object, item.path, new URLSearchParams({ w: 300, h: 200 })) });
    picture.addEventListener('error', () => picture.replaceWith(
      make('span', { className: 'none', textContent: 'no picture' })), { once: true });
    box.append(picture);
  }
  const name = item.path.slice(item.path.lastIndexOf('/') + 1);
  const link = make('a', { href: here({ object, item: item.path }), title: item.path }, box,
    make('div', { className: 'label' }, make('b', { textContent: name }),
      make('small', { textContent: [item.class, item.title].filter(Boolean).join(' · ') })));
  return make('li', {}, link);
}

let pending = null; // the next slice, asked for when the end of the list comes into view

function begin(title) {
  $('viewer').hidden = true;
  $('browser').hidden = false;
  $('title').textContent = title;
  $('count').textContent = '';
  $('filter').value = '';
  $('folders').replaceChildren();
  $('grid').replaceChildren();
  pending = null;
  $('more').hidden = true;
}

async function slices(url, take) {
  const mine = turn;
  const step = async () => {
    pending = null;
    const { body, next } = await fetchJson(url);
    if (mine !== turn) return;
    take(body);
    $('more').hidden = !next;
    if (next) {
      url = next;
      pending = step;
      requestAnimationFrame(() => { // the end may be in view already
        if (pending === step && $('more').getBoundingClientRect().top < innerHeight + 600) step().catch(failed);
      });
    }
  };
  await step();
}

const failed = problem => say(problem.message);

async function showNames(dir) {
  begin(dir || 'Catalogue');
  let n = 0;
  await slices(`/v1/objects?delimiter=/&limit=${SLICE}&prefix=${encodeURIComponent(dir)}`, body => {
    for (const folder of body.folders || [])
      $('folders').append(folderRow(folder.slice(dir.length), here({ dir: folder })));
    for (const object of body.objects)
      $('folders').append(folderRow(object.name.slice(dir.length), here({ object: object.name }),
        `${size(object.bytes)}${object.items ? `, ${object.items} inside` : ''}`, true));
    n += (body.folders || []).length + body.objects.length;
    $('count').textContent = n ? '' : 'Nothing here yet: upload a ROOT file.';
  });
}

async function showItems(object, dir) {
  begin(dir ? dir.replace(/\/$/, '') : object.slice(object.lastIndexOf('/') + 1));
  const folders = new Map();
  let n = 0;
  await slices(`/v1/items/${path(object)}?limit=1000`, body => {
    for (const item of body.items) {
      if (!item.path.startsWith(dir)) continue;
      const rest = item.path.slice(dir.length);
      const cut = rest.indexOf('/');
      if (cut > 0) {
        const folder = rest.slice(0, cut + 1);
        const known = folders.get(folder);
        if (known) {
          known.count++;
          known.row.querySelector('small').textContent = known.count;
        } else {
          const row = folderRow(folder, here({ object, dir: dir + folder }), '1');
          folders.set(folder, { row, count: 1 });
          $('folders').append(row);
        }
      } else {
        $('grid').append(thumbnail(object, item));
      }
      n++;
    }
    $('count').textContent = n === 1 ? '1 object' : `${n} objects`;
  });
}

/* --- one picture ------------------------------------------------------------------------------- */

function formValues() {
  const out = new URLSearchParams();
  for (const name of PARAMETERS) {
    const value = $('parameters').elements[name].value.trim();
    if (value) out.set(name, value);
  }
  return out;
}

async function draw(object, item) {
  const mine = turn;
  const values = formValues();
  const url = imageUrl(object, item, values);
  $('address').textContent = url;
  $('download-png').href = url;
  $('download-jpg').href = imageUrl(object, item, values, 'jpg');
  const response = await fetch(url);
  if (mine !== turn || url !== $('address').textContent) return;
  if (!response.ok) {
    say(await problemText(response));
    return;
  }
  say('');
  pinned = response.headers.get('Content-Location') || url;
  const bytes = new FileReader(); // the bytes at hand, as data: which the content policy allows; no second request
  bytes.onload = () => { if (url === $('address').textContent) $('picture').src = bytes.result; };
  bytes.readAsDataURL(await response.blob());
  const width = Number(values.get('w')) || 0;
  $('picture').style.width = width ? width + 'px' : '';
}

async function showPicture(object, item, search) {
  $('browser').hidden = true;
  $('viewer').hidden = false;
  $('viewer-title').textContent = item.slice(item.lastIndexOf('/') + 1);
  $('picture').alt = item;
  $('caption').textContent = '';
  for (const name of PARAMETERS) $('parameters').elements[name].value = search.get(name) || '';
  const mine = turn;
  await Promise.all([draw(object, item), neighbours(object, item, mine)]);
}

async function neighbours(object, item, mine) {
  if (siblings.object !== object) {
    const { body } = await fetchJson(`/v1/items/${path(object)}?limit=1000`);
    siblings = body.items;
    siblings.object = object;
  }
  if (mine !== turn) return;
  const dir = item.slice(0, item.lastIndexOf('/') + 1);
  const row = siblings.filter(s => s.path.slice(0, s.path.lastIndexOf('/') + 1) === dir && !s.trouble);
  const at = row.findIndex(s => s.path === item);
  const step = (link, other) => {
    link.hidden = !other;
    if (other) link.href = here({ object, item: other.path });
  };
  step($('previous'), row[at - 1]);
  step($('next'), at >= 0 ? row[at + 1] : null);
  const me = siblings.find(s => s.path === item);
  if (me) {
    $('picture').alt = `${me.class} ${me.title || me.path}`;
    $('caption').textContent = [me.class, me.title, Number.isFinite(me.entries) ? `${me.entries} entries` : '']
      .filter(Boolean).join(' · ');
  }
}

/* --- the address decides ----------------------------------------------------------------------- */

async function show() {
  turn++;
  say('');
  const search = new URLSearchParams(location.search);
  const [dir, object, item] = ['dir', 'object', 'item'].map(name => search.get(name) || '');
  crumbs(dir, object, item);
  document.title = [item || object || dir, 'platen'].filter(Boolean).join(' – ');
  try {
    if (item) await showPicture(object, item, search);
    else if (object) await showItems(object, dir);
    else await showNames(dir);
  } catch (problem) {
    failed(problem);
  }
}

function go(url, replace = false) {
  history[replace ? 'replaceState' : 'pushState'](null, '', url);
  return show();
}

document.addEventListener('click', event => {
  const link = event.target.closest('a');
  if (!link || link.origin !== location.origin || link.pathname !== '/' || link.hash || link.hasAttribute('download') ||
      event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  scrollTo(0, 0);
  go(link.href).then(() => $('main').focus({ preventScroll: true }));
});
addEventListener('popstate', show);

document.addEventListener('keydown', event => {
  if (event.target.matches('input, select, textarea') || event.altKey || event.ctrlKey || event.metaKey ||
      $('upload').open) return;
  const key = event.key;
  if (!$('viewer').hidden) {
    if (key === 'ArrowLeft' && !$('previous').hidden) $('previous').click();
    else if (key === 'ArrowRight' && !$('next').hidden) $('next').click();
    else if (key === 'Escape') $('crumbs').querySelector('a:last-of-type').click();
    return;
  }
  if (key === '/') {
    event.preventDefault();
    $('filter').focus();
    return;
  }
  const cells = [...document.querySelectorAll('#folders li:not([hidden]) a, #grid li:not([hidden]) a')];
  const at = cells.indexOf(document.activeElement);
  const grid = $('grid').firstElementChild;
  const columns = grid ? Math.max(1, Math.round($('grid').clientWidth / grid.offsetWidth)) : 1;
  const inGrid = at >= 0 && cells[at].closest('#grid');
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: inGrid ? columns : 1, ArrowUp: inGrid ? -columns : -1 }[key];
  if (step === undefined || !cells.length) return;
  event.preventDefault();
  cells[at < 0 ? 0 : Math.min(cells.length - 1, Math.max(0, at + step))].focus();
});

$('filter').addEventListener('input', () => {
  const word = $('filter').value.toLowerCase();
  for (const row of document.querySelectorAll('#folders li, #grid li'))
    row.hidden = !row.textContent.toLowerCase().includes(word);
});

new IntersectionObserver(entries => {
  if (entries[0].isIntersecting && pending) pending().catch(failed);
}, { rootMargin: '600px' }).observe($('more'));

let typing = 0;
function parametersChanged() {
  clearTimeout(typing);
  typing = setTimeout(() => {
    if (!$('parameters').reportValidity()) return;
    const search = new URLSearchParams(location.search);
    const values = formValues();
    for (const name of PARAMETERS) {
      if (values.has(name)) search.set(name, values.get(name));
      else search.delete(name);
    }
    history.replaceState(null, '', '/?' + search);
    draw(search.get('object'), search.get('item')).catch(failed);
  }, 250);
}
$('parameters').addEventListener('input', parametersChanged);
$('parameters').addEventListener('reset', () => setTimeout(() => {
  for (const field of $('parameters').elements) if (field.name) field.value = '';
  parametersChanged();
}));
$('parameters').addEventListener('submit', event => event.preventDefault());
$('parameters').addEventListener('click', async event => {
  const what = event.target.dataset.copy;
  if (!what) return;
  const text = new URL(what === 'pinned' ? pinned : $('address').textContent, location.href).href;
  try {
    await navigator.clipboard.writeText(text);
    say('Copied: ' + text, false);
  } catch {
    say(text, false); // no clipboard outside secure pages: show it, so that it can be marked
  }
});

/* --- upload ------------------------------------------------------------------------------------ */

function upload(file) {
  const folder = $('upload-folder').value.trim().replace(/^\/+|\/+$/g, '');
  const name = (folder ? folder + '/' : '') + file.name;
  const bar = make('progress', { max: file.size || 1, value: 0 });
  bar.setAttribute('aria-label', 'Sending ' + file.name);
  const state = make('span', { textContent: 'sending' });
  const cancel = make('button', { type: 'button', textContent: 'Cancel' });
  const job = make('li', {}, make('b', { textContent: name + ' ' }), state, ' ', cancel, bar);
  $('jobs').prepend(job);
  const request = new XMLHttpRequest();
  const began = performance.now();
  const done = (text, good) => {
    cancel.remove();
    bar.remove();
    state.className = good ? 'good' : 'bad';
    state.textContent = text;
  };
  request.upload.onprogress = event => {
    bar.value = event.loaded;
    const rate = event.loaded / Math.max(0.001, (performance.now() - began) / 1000);
    state.textContent = `sending ${Math.floor(100 * event.loaded / Math.max(1, event.total))} %, ${size(rate)}/s`;
  };
  request.upload.onload = () => {
    bar.removeAttribute('value');
    state.textContent = 'checking';
  };
  request.onload = () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch { /* told by the status below */ }
    if (request.status >= 300) return done(answer.detail || `refused: ${request.status} ${request.statusText}`, false);
    done(`${answer.unchanged ? 'already there' : request.status === 201 ? 'stored' : 'replaced'}: ${answer.items} inside` +
      (answer.troubled ? `, ${answer.troubled} cannot be drawn` : ''), true);
    state.append(' ', make('a', { href: here({ object: name }), textContent: 'look' }));
    siblings = [];
    if ($('viewer').hidden) show();
  };
  request.onerror = () => done('the connection broke; nothing was kept', false);
  request.onabort = () => done('cancelled; nothing was kept', false);
  cancel.onclick = () => request.abort();
  request.open('PUT', '/v1/objects/' + path(name));
  request.send(file);
}

$('upload-open').addEventListener('click', () => {
  const search = new URLSearchParams(location.search);
  const object = search.get('object');
  $('upload-folder').value = object ? object.slice(0, object.lastIndexOf('/') + 1) : search.get('dir') || '';
  $('upload').showModal();
});
$('jobs').addEventListener('click', event => { if (event.target.closest('a')) $('upload').close(); });
$('files').addEventListener('change', () => {
  for (const file of $('files').files) upload(file);
  $('files').value = '';
});
for (const target of [$('drop'), document.body]) {
  target.addEventListener('dragover', event => {
    event.preventDefault();
    $('drop').classList.add('over');
  });
  target.addEventListener('dragleave', () => $('drop').classList.remove('over'));
}
document.body.addEventListener('drop', event => {
  event.preventDefault();
  $('drop').classList.remove('over');
  if (!event.dataTransfer.files.length) return;
  if (!$('upload').open) $('upload-open').click();
  for (const file of event.dataTransfer.files) upload(file);
});

/* --- statistics -------------------------------------------------------------------------------- */

let before = null;
const rates = [];
async function statistics() {
  if ($('pause').getAttribute('aria-pressed') === 'true' || document.hidden) return;
  let s;
  try {
    s = (await fetchJson('/v1/stats')).body;
  } catch {
    $('s-rate').textContent = 'no answer';
    return;
  }
  const now = performance.now() / 1000;
  const asked = s.cache_hits + s.cache_misses + s.cache_waits;
  $('s-ratio').textContent = asked ? (100 * s.cache_hits / asked).toFixed(1) + ' %' : '–';
  if (before && asked >= before.asked) {
    const rate = (asked - before.asked) / (now - before.now);
    $('s-rate').textContent = rate.toFixed(rate < 10 ? 1 : 0);
    rates.push(rate);
    if (rates.length > 60) rates.shift();
    const top = Math.max(1, ...rates);
    $('spark').firstElementChild.setAttribute('points',
      rates.map((r, i) => `${(120 * i / 59).toFixed(1)},${(31 - 30 * r / top).toFixed(1)}`).join(' '));
  }
  before = { asked, now };
  $('s-drawn').textContent = s.renders_drawn.toLocaleString();
  $('s-queue').textContent = s.queue_length;
  $('s-entries').textContent = s.cache_entries.toLocaleString();
  $('s-fill').value = s.cache_bytes_used / s.cache_bytes_limit;
  $('s-bytes').textContent = `${size(s.cache_bytes_used)} of ${size(s.cache_bytes_limit)}`;
}
$('pause').addEventListener('click', () => {
  const paused = $('pause').getAttribute('aria-pressed') !== 'true';
  $('pause').setAttribute('aria-pressed', paused);
  $('pause').textContent = paused ? 'Go on' : 'Pause';
});
setInterval(statistics, 2000);
statistics();
show();
