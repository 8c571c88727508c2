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

/* How large the places of small pictures are, at least, in rem; thin: on narrow screens. */
const SIZES = { s: { least: 9.5, thin: 6.6 }, m: { least: 15, thin: 9 }, l: { least: 26, thin: 19 } };
const WIDTHS = [210, 300, 420, 600, 840, 1200]; // few, so that everybody's pages share pictures
const KEY = 'size';
let chosen = 'm';

export const least = narrow => narrow ? SIZES[chosen].thin : SIZES[chosen].least;
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

/* The size to ask for when a place is so wide. */
export function small(width) {
  const sharp = width * (devicePixelRatio >= 1.5 ? 2 : 1);
  const w = WIDTHS.find(one => one >= 0.95 * sharp) || WIDTHS.at(-1);
  return { w, h: w * 2 / 3 };
}
