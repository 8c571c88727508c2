/* Uploads: two at a time, each with its progress, its end in the service's words, and a second try. */
import { $, here, make, path, plural, size } from '/web/api.js';

const AT_ONCE = 2;
const queue = [];
let running = 0;
let finished = () => {};

export const onStored = callback => { finished = callback; };

function busy() {
  const n = running + queue.length;
  $('upload-open').querySelector('span').textContent = n ? `Uploading ${n}…` : 'Upload';
}

function next() {
  while (running < AT_ONCE && queue.length) {
    running++;
    queue.shift().send();
  }
  busy();
}

const spell = seconds => seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

class Job {
  constructor(file, name) {
    Object.assign(this, { file, name });
    this.bar = make('progress', { max: 1 });
    this.bar.setAttribute('aria-label', 'Sending ' + name);
    this.state = make('span', { className: 'state' });
    this.button = make('button', { type: 'button' });
    this.row = make('li', {}, make('b', { textContent: name }), this.button, this.bar, this.state);
    $('jobs').prepend(this.row);
    this.wait();
  }

  wait() {
    this.bar.hidden = false;
    this.bar.value = 0;
    this.state.className = 'state';
    this.state.textContent = 'waiting';
    this.button.hidden = false;
    this.button.textContent = 'Cancel';
    this.button.onclick = () => this.cancel();
    queue.push(this);
    next();
  }

  cancel() {
    const at = queue.indexOf(this);
    if (at < 0) return this.request.abort();
    queue.splice(at, 1);
    this.ended('cancelled; nothing was kept', false);
  }

  send() {
    const request = this.request = new XMLHttpRequest();
    const began = performance.now();
    let said = 0;
    request.upload.onprogress = ({ loaded, total }) => {
      const rate = loaded / Math.max(0.001, (performance.now() - began) / 1000);
      const share = loaded / Math.max(1, total);
      this.bar.value = share;
      this.state.textContent = `sending ${Math.floor(100 * share)} % · ${size(rate)}/s · ` +
        `${spell((total - loaded) / Math.max(1, rate))} left`;
      if (Math.floor(10 * share) > said) {
        said = Math.floor(10 * share);
        $('upload-said').textContent = `${this.name}: ${10 * said} %`;
      }
    };
    request.upload.onload = () => {
      this.bar.removeAttribute('value');
      this.state.textContent = 'sent; the service looks through it';
    };
    request.onload = () => this.over(() => this.answered(request));
    request.onerror = () => this.over(() => this.ended('The connection broke; nothing was kept.', false, true));
    request.onabort = () => this.over(() => this.ended('cancelled; nothing was kept', false, true));
    request.open('PUT', '/v1/objects/' + path(this.name));
    request.send(this.file);
    this.state.textContent = 'sending';
  }

  over(then) {
    running--;
    then();
    next();
  }

  answered({ status, statusText, responseText }) {
    let answer = {};
    try {
      answer = JSON.parse(responseText);
    } catch { /* told by the status below */ }
    if (status >= 300)
      return this.ended(answer.detail || `refused: ${status} ${statusText}`, false, status >= 500);
    const what = answer.unchanged ? 'already there' : status === 201 ? 'stored' : 'replaced';
    this.ended(`${what}: ${plural(answer.items, 'plot')}` +
      (answer.troubled ? `, ${answer.troubled} cannot be drawn` : ''), true);
    this.state.append(' ', make('a', { href: here({ object: this.name }), textContent: 'look' }));
    finished(this.name);
  }

  ended(text, good, again = false) {
    this.bar.hidden = true;
    this.state.className = 'state ' + (good ? 'good' : 'bad');
    this.state.textContent = (good ? '✓ ' : '✗ ') + text;
    $('upload-said').textContent = `${this.name}: ${text}`;
    this.button.hidden = !again;
    this.button.textContent = 'Try again';
    this.button.onclick = () => this.wait();
    busy();
  }
}

function take(files) {
  const folder = $('upload-folder').value.trim().replace(/^\/+|\/+$/g, '');
  for (const file of files) new Job(file, (folder ? folder + '/' : '') + file.name);
}

export function open() {
  const search = new URLSearchParams(location.search);
  const object = search.get('object');
  $('upload-folder').value = object ? object.slice(0, object.lastIndexOf('/') + 1) : search.get('dir') || '';
  $('upload').showModal();
  $('files').focus();
}

for (const button of document.querySelectorAll('.upload-open')) button.addEventListener('click', open);
$('jobs').addEventListener('click', event => { if (event.target.closest('a')) $('upload').close(); });
$('upload').addEventListener('click', event => { if (event.target === $('upload')) $('upload').close(); });
$('files').addEventListener('change', () => {
  take($('files').files);
  $('files').value = '';
});
addEventListener('beforeunload', event => { if (running + queue.length) event.preventDefault(); });

document.addEventListener('dragover', event => {
  if (![...event.dataTransfer.types].includes('Files')) return;
  event.preventDefault();
  if (!$('upload').open) open();
  $('drop').classList.add('over');
});
document.addEventListener('dragleave', event => { if (!event.relatedTarget) $('drop').classList.remove('over'); });
document.addEventListener('drop', event => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  $('drop').classList.remove('over');
  take(event.dataTransfer.files);
});
