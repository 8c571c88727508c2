/* Reference cards: files go up, cards come back one by one. The address of what is shown is its share link. */
import { $, plural, size } from '/web/api.js';
import { clear, colours, show } from '/web/cards-show.js';
import { filesOf, objection, problem, service, told, working } from '/web/cards-take.js';
import { arrived, onPublish, published, say } from '/web/cards-tools.js';
import { sample } from '/web/cards-sample.js';
import '/web/cards-zoom.js';

const SETTLE_MS = 350;  /* after the last of several clicks on groups */

let files = [];         /* of the upload that is shown, so that options can be changed without choosing them again */
let game = '';          /* it was sent as */
let request = null;
const answers = new Map();  /* of this visit, by address: for the way back */

const place = () => /^\/cards\/([0-9a-f]{40})$/.exec(location.pathname)?.[1];
const gameHere = () => /^\/(?:cards\/)?(fs2020|sws|ed)$/.exec(location.pathname)?.[1] ?? '';
const chosen = name => document.querySelector(`input[name="${name}"]:checked`)?.value ?? '';
const boxes = () => [...document.querySelectorAll('#groups input')];

/* What the service says in an error: {code, message, file, line}. */
function refusal(status, text) {
  let said = {};
  try {
    said = JSON.parse(text);
  } catch { /* the status says it */ }
  const where = said.file ? said.file + (said.line ? `, line ${said.line}` : '') : '';
  return [said.message || said.detail || `The server answered ${status}; try again.`, where];
}

/* --- sending ----------------------------------------------------------------------------------- */

function target(publish) {
  const query = new URLSearchParams({ draw: 'no' });
  const wanted = boxes().filter(box => box.checked).map(box => box.value);
  if (!$('choice').hidden) {
    if (wanted.length < boxes().length) query.set('groups', wanted.join(','));
    if (chosen('style') !== 'group') query.set('style', chosen('style'));
  }
  if (publish) query.set('publish', '1');
  return '/cards' + (game && '/' + game) + '?' + query;
}

function send({ publish = false, again = false } = {}) {
  if (!files.length) return;
  request?.abort();
  problem('');
  const total = plural(files.length, 'file') + ', ' + size(files.reduce((sum, file) => sum + file.size, 0));
  const body = new FormData();
  for (const file of files) body.append('file', file, file.name);
  const asked = request = new XMLHttpRequest();
  asked.upload.onprogress = ({ loaded, total: all }) => working(`Sending ${total}`, loaded / Math.max(1, all));
  asked.upload.onload = () => working('Reading your bindings…');
  asked.onload = () => { over(asked); answered(asked, publish, again); };
  asked.onerror = () => { over(asked); problem('The connection broke, or a file changed since it was chosen. Nothing was kept.', '', ['Try again', () => send({ publish, again })]); };
  asked.onabort = () => over(asked);
  asked.open('POST', target(publish));
  asked.setRequestHeader('Accept', 'application/json');
  working(`Sending ${total}`, 0);
  $('cards').classList.add('stale');
  asked.send(body);
}

function over(asked) {
  if (request === asked) request = null;
  if (request) return;
  working('');
  $('cards').classList.remove('stale');
}

function answered(asked, publish, again) {
  if (asked.status < 200 || asked.status > 299) {
    const busy = asked.status === 503 || asked.status === 429;
    problem(...refusal(asked.status, asked.responseText), ...busy ? [['Try again', () => send({ publish, again })]] : []);
    return;
  }
  const answer = JSON.parse(asked.responseText);
  if (publish) published(answer);
  const moved = location.pathname !== answer.url;
  if (moved) history[again ? 'replaceState' : 'pushState'](null, '', answer.url);
  remember(answer);
  if (publish && !moved) return arrive(answer);
  arrive(answer);
  show(answer, true);
  if (!again) $('result-title').focus({ preventScroll: true });
  if (!again) scrollTo(0, 0);
}

function remember(answer) {
  answers.set(answer.url, { answer, files, game, style: chosen('style'), groups: boxes().filter(box => !box.checked).map(box => box.value) });
}

/* --- choosing ---------------------------------------------------------------------------------- */

/* New files; folder: they were found in one. */
function take(some, as = chosen('game'), folder = false) {
  if (folder && !some.length) return problem('There are no binding files in this folder: those of the games end in .xml, .binds or .profile, or have no ending.');
  if (!some.length) return;
  const wrong = objection(some);
  if (wrong) {
    const { rest } = wrong;
    return problem(wrong.text, wrong.where, ...rest.length ? [[`Go on with the other ${plural(rest.length, 'file')}`, () => take(rest, as)]] : []);
  }
  files = some;
  game = as;
  $('choice').hidden = true;
  $('groups').replaceChildren();
  send();
}

let depth = 0;
const carries = event => [...event.dataTransfer?.types ?? []].includes('Files');
function hover(by) {
  depth = Math.max(0, by ? depth + by : 0);
  document.body.classList.toggle('dropping', depth > 0);
}
addEventListener('dragenter', event => carries(event) && hover(1));
addEventListener('dragleave', event => carries(event) && hover(-1));
addEventListener('dragover', event => carries(event) && event.preventDefault());
addEventListener('drop', async event => {
  if (!carries(event)) return;
  event.preventDefault();
  hover(0);
  const found = await filesOf(event.dataTransfer);
  take(found.files, $('start').hidden ? '' : chosen('game'), found.folder);
});
$('files').addEventListener('change', () => take([...$('files').files]));
$('send').addEventListener('submit', event => { event.preventDefault(); take([...$('files').files]); });
$('cancel').addEventListener('click', () => {
  request?.abort();
  $('files').value = '';
});
$('samples').addEventListener('click', event => {
  const { sample: name } = event.target.dataset;
  if (name) sample(name).then(some => take(some, name), () => problem('The sample did not come; try again.'));
});

/* --- Elite Dangerous --------------------------------------------------------------------------- */

let settling = 0;
$('choice').addEventListener('submit', event => event.preventDefault());
$('choice').addEventListener('change', () => {
  clearTimeout(settling);
  const none = boxes().length > 0 && !boxes().some(box => box.checked);
  $('groups-said').textContent = none ? 'Choose at least one.' : '';
  if (!none) settling = setTimeout(() => send({ again: true }), SETTLE_MS);
});
$('all-groups').addEventListener('click', () => check(true));
$('no-groups').addEventListener('click', () => check(false));

function check(on) {
  for (const box of boxes()) box.checked = on;
  $('choice').dispatchEvent(new Event('change'));
}

/* --- where we are ------------------------------------------------------------------------------ */

function arrive(answer) {
  $('start').hidden = Boolean(answer);
  $('result').hidden = !answer;
  say('');
  if (answer) arrived(answer, files.length > 0 && service.publish);
}

/* The form, when there is nothing to show. */
function begin() {
  document.title = 'Reference cards · platen';
  files = [];
  $('files').value = '';
  clear();
  arrive(null);
  for (const radio of document.querySelectorAll('input[name="game"]')) radio.checked = radio.value === gameHere();
}

function again({ answer, ...kept }) {
  ({ files, game } = kept);
  $('choice').hidden = true;
  arrive(answer);
  show(answer, true);
  for (const box of boxes()) box.checked = !kept.groups.includes(box.value);
  for (const radio of document.querySelectorAll('input[name="style"]')) radio.checked = radio.value === (kept.style || 'group');
}

async function open() {
  const key = place();
  request?.abort();
  problem('');
  if (!key) return begin();
  const url = `/cards/${key}`;
  if (answers.has(url)) return again(answers.get(url));
  working('Fetching the cards…');
  const response = await fetch(url + '.json').catch(() => null);
  if (place() !== key) return;
  working('');
  if (response?.ok) {
    const answer = { ...colours(await response.json()), key, url };
    files = [];
    arrive(answer);
    return show(answer, false);
  }
  begin();
  if (response) problem(...refusal(response.status, await response.text()));
  else problem('The server does not answer.', '', ['Try again', open]);
}

onPublish(() => send({ publish: true, again: true }));
addEventListener('popstate', open);
if ($('problem').hidden) open();
else begin();       /* the page came with the reason why there are no cards */
await told;
$('samples').hidden = !service.uploads;
$('known').hidden = false;
$('known').textContent = service.uploads ? `${plural(service.controllers, 'controller')} known here; any other becomes a list.`
  : 'This server takes no binding files now.';
$('files').disabled = !service.uploads;
if (files.length && place() && $('withdraw').hidden) $('publish').hidden = !service.publish;
