/* Small pictures, a few at a time: the one nearest to the middle of the window first, none for a place that was only
 * scrolled past, and those under way are called off when their place is gone. */
import { askPicture } from '/web/api.js';

const AT_ONCE = 6;
const SETTLE_MS = 70;
const TRIES = 4;

const waiting = new Map(); // image -> entry
const running = new Map();
let timer = 0;

function distance(image) {
  const box = image.getBoundingClientRect();
  return Math.abs(box.top + box.height / 2 - innerHeight / 2);
}

function start(entry) {
  const { image, url } = entry;
  waiting.delete(image);
  running.set(image, entry);
  askPicture(url, entry.abort.signal).then(({ data }) => {
    if (running.get(image) === entry) {
      image.src = data;
      image.classList.add('there');
    }
  }, problem => {
    if (problem.name === 'AbortError' || running.get(image) !== entry) return;
    if ((problem.status === 503 || !problem.status) && ++entry.tries < TRIES) {
      setTimeout(() => { if (!entry.abort.signal.aborted) queue(entry); }, 1000 * Math.max(1, problem.wait));
    } else {
      entry.failed(problem);
    }
  }).finally(() => {
    if (running.get(image) === entry) running.delete(image);
    pump();
  });
}

function pump() {
  if (running.size >= AT_ONCE || !waiting.size) return;
  const order = [...waiting.values()].map(entry => [distance(entry.image), entry]).sort((a, b) => a[0] - b[0]);
  for (const [, entry] of order.slice(0, AT_ONCE - running.size)) start(entry);
}

function queue(entry) {
  waiting.set(entry.image, entry);
  clearTimeout(timer);
  timer = setTimeout(pump, SETTLE_MS);
}

export function want(image, url, failed) {
  drop(image);
  queue({ image, url, failed, tries: 0, abort: new AbortController() });
}

export function drop(image) {
  const entry = running.get(image) || waiting.get(image);
  waiting.delete(image);
  running.delete(image);
  entry?.abort.abort();
}

/* Few sizes, so that everybody's pages share pictures. `least` is the smallest width of a place, in rem. */
const SIZES = { s: { least: 9.5, thin: 6.6, w: 210, h: 140 }, m: { least: 15, thin: 9, w: 300, h: 200 },
  l: { least: 26, thin: 19, w: 480, h: 320 } };
const KEY = 'size';
let chosen = 'm';

export const size = () => SIZES[chosen];
export const sizeName = () => chosen;

/* What the address asks for, else what was chosen last. */
export function setSize(name, remember) {
  let last = null;
  try {
    last = localStorage.getItem(KEY);
    if (remember) localStorage.setItem(KEY, name);
  } catch { /* not remembered, then */ }
  chosen = [name, last, 'm'].find(one => Object.hasOwn(SIZES, one ?? ''));
}

export function small() {
  const scale = devicePixelRatio >= 1.5 ? 2 : 1;
  return { w: size().w * scale, h: size().h * scale };
}
