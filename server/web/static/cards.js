/* Reference cards: files go up, cards come back one by one. The address of what is shown is its share link. */
import { $, make, plural, size } from '/web/api.js';
import { show, cards } from '/web/cards-show.js';
import '/web/cards-zoom.js';

let files = [];        /* of the upload that is shown, so that options can be changed without choosing them again */
let request = null;

const place = () => /^\/cards\/([0-9a-f]{40})$/.exec(location.pathname)?.[1];
const gameOf = () => /^\/(?:cards\/)?(fs2020|sws|ed)$/.exec(location.pathname)?.[1] ?? '';
const chosen = name => document.querySelector(`input[name="${name}"]:checked`)?.value ?? '';

function problem(text, where = '') {
  $('problem').replaceChildren(make('b', { textContent: where ? where + ': ' : '' }), text);
  $('problem').hidden = !text;
  if (text) $('problem').scrollIntoView({ block: 'nearest' });
}

function working(text, share) {
  $('working').hidden = !text;
  $('progress-text').textContent = text;
  if (share === undefined) $('progress').removeAttribute('value');
  else $('progress').value = share;
}

/* What the service says in an error: {code, message, file, line}. */
function refusal(status, text) {
  let said = {};
  try {
    said = JSON.parse(text);
  } catch { /* the status says it */ }
  const where = said.file ? said.file + (said.line ? `, line ${said.line}` : '') : '';
  return [said.message || said.detail || `The server answered ${status}.`, where];
}

/* --- sending ----------------------------------------------------------------------------------- */

function target(publish) {
  const query = new URLSearchParams();
  const groups = [...document.querySelectorAll('#groups input')];
  const wanted = groups.filter(box => box.checked).map(box => box.value);
  if (!$('choice').hidden) {
    if (groups.length && wanted.length < groups.length) query.set('groups', wanted.join(','));
    if (chosen('style') !== 'group') query.set('style', chosen('style'));
  }
  if (publish) query.set('publish', '1');
  else query.set('draw', 'no');
  const game = chosen('game');
  return '/cards' + (game && '/' + game) + '?' + query;
}

function send(publish = false) {
  if (!files.length) return;
  request?.abort();
  problem('');
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const body = new FormData();
  for (const file of files) body.append('file', file, file.name);
  const asked = request = new XMLHttpRequest();
  asked.upload.onprogress = ({ loaded, total: all }) =>
    working(`Sending ${plural(files.length, 'file')}, ${size(total)}`, loaded / Math.max(1, all));
  asked.upload.onload = () => working('Reading your bindings');
  asked.onload = () => { over(asked); answered(asked, publish); };
  asked.onerror = () => { over(asked); problem('The connection broke. Nothing was kept; try again.'); };
  asked.onabort = () => over(asked);
  asked.open('POST', target(publish));
  asked.setRequestHeader('Accept', 'application/json');
  working(`Sending ${plural(files.length, 'file')}`, 0);
  asked.send(body);
}

function over(asked) {
  if (request === asked) request = null;
  if (!request) working('');
}

function answered(asked, publish) {
  if (asked.status < 200 || asked.status > 299) {
    problem(...refusal(asked.status, asked.responseText));
    return;
  }
  const answer = JSON.parse(asked.responseText);
  if (location.pathname !== answer.url) history.pushState(null, '', answer.url);
  arrive();
  show(answer, true);
  if (publish) published(answer);
}

function published(answer) {
  const link = location.origin + answer.url;
  say(`Published: ${link} works from now on. `,
    make('button', { type: 'button', textContent: 'Take it back', onclick: () => withdraw(answer) }));
}

async function withdraw(answer) {
  const response = await fetch(answer.url, { method: 'DELETE', headers: { Authorization: 'Bearer ' + answer.delete_token } });
  say(response.ok ? 'Taken back: the files are deleted here.' : 'That did not work; try again.');
}

/* --- choosing ---------------------------------------------------------------------------------- */

function take(list) {
  const some = [...list];
  if (!some.length) return;
  files = some;
  $('choice').hidden = true;
  send();
}

let depth = 0;
const carries = event => [...event.dataTransfer?.types ?? []].includes('Files');
addEventListener('dragenter', event => {
  if (!carries(event)) return;
  depth++;
  document.body.classList.add('dropping');
});
addEventListener('dragleave', () => {
  depth = Math.max(0, depth - 1);
  if (!depth) document.body.classList.remove('dropping');
});
addEventListener('dragover', event => carries(event) && event.preventDefault());
addEventListener('drop', event => {
  if (!carries(event)) return;
  event.preventDefault();
  depth = 0;
  document.body.classList.remove('dropping');
  take(event.dataTransfer.files);
});
$('files').addEventListener('change', () => take($('files').files));
$('send').addEventListener('submit', event => { event.preventDefault(); take($('files').files); });
$('games').addEventListener('change', () => send());
$('cancel').addEventListener('click', () => request?.abort());
$('choice').addEventListener('change', () => send());
$('all-groups').addEventListener('click', () => check(true));
$('no-groups').addEventListener('click', () => check(false));

function check(on) {
  for (const box of document.querySelectorAll('#groups input')) box.checked = on;
  if (on) send();
}

/* --- what to do with them ---------------------------------------------------------------------- */

function say(text, ...more) {
  $('said').replaceChildren(text, ...more);
  $('said').hidden = !text;
}

$('print').addEventListener('click', async () => {
  say(cards().some(image => !image.complete) ? 'Waiting for the last card…' : '');
  await Promise.all(cards().map(image => image.decode().catch(() => {})));
  say('');
  print();
});
$('paper').addEventListener('change', () => {
  document.documentElement.dataset.paper = $('paper').value;
  localStorage.setItem('paper', $('paper').value);
});
$('copy').addEventListener('click', async () => {
  const link = location.origin + location.pathname;
  try {
    await navigator.clipboard.writeText(link);
    say('Copied: ' + link);
  } catch {
    say('The link: ' + link);
  }
});
$('publish').addEventListener('click', () => send(true));
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || $('zoom').open || $('result').hidden) return;
  if (event.target.matches('input, select')) return;
  if (event.key === 'c') $('copy').click();
  if (event.key === 'p') $('print').click();
});

/* --- where we are ------------------------------------------------------------------------------ */

function arrive() {
  const key = place();
  $('start').hidden = Boolean(key);
  $('result').hidden = !key;
  $('publish').hidden = !files.length;
  say('');
}

async function open() {
  const key = place();
  arrive();
  for (const radio of document.querySelectorAll('input[name="game"]')) radio.checked = radio.value === gameOf();
  if (!key) return;
  const response = await fetch(`/cards/${key}.json`).catch(() => null);
  if (response?.ok) return show({ ...await response.json(), key, url: `/cards/${key}` }, false);
  $('start').hidden = false;
  $('result').hidden = true;
  problem(...refusal(response?.status ?? 0, response ? await response.text() : '{}'));
}

addEventListener('popstate', open);
$('paper').value = document.documentElement.dataset.paper =
  localStorage.getItem('paper') ?? (/^en-(US|CA)|^es-(MX|US)|^fr-CA/.test(navigator.language) ? 'letter' : 'a4');
open();
