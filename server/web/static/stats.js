/* The small panel of live figures. */
import { $, askJson, number, size } from '/web/api.js';

const EVERY_MS = 2000;
const POINTS = 60;
const rates = [];
let before = null;
const paused = () => $('pause').getAttribute('aria-pressed') === 'true';

function curve() {
  const top = Math.max(1, ...rates);
  const at = (rate, i) => `${(120 * (POINTS - rates.length + i) / (POINTS - 1)).toFixed(1)},${(31 - 29 * rate / top).toFixed(1)}`;
  $('spark').firstElementChild.setAttribute('points', rates.map(at).join(' '));
  $('spark').setAttribute('aria-label', 'Pictures a second over the last two minutes, at most ' + top.toFixed(0));
}

async function look() {
  if (paused() || document.hidden) return;
  let s;
  try {
    s = (await askJson('/v1/stats')).body;
  } catch {
    $('stats').classList.add('lost');
    $('s-rate').textContent = 'no answer';
    return;
  }
  $('stats').classList.remove('lost');
  const now = performance.now() / 1000;
  const asked = s.cache_hits + s.cache_misses + s.cache_waits;
  $('s-ratio').textContent = asked ? (100 * s.cache_hits / asked).toFixed(1) + ' %' : '–';
  if (before && asked >= before.asked) {
    const rate = (asked - before.asked) / (now - before.now);
    $('s-rate').textContent = rate < 10 ? rate.toFixed(1) : number(Math.round(rate));
    rates.push(rate);
    if (rates.length > POINTS) rates.shift();
    curve();
  }
  before = { asked, now };
  $('s-drawn').textContent = number(s.renders_drawn);
  $('s-queue').textContent = s.queue_length;
  $('s-entries').textContent = number(s.cache_entries);
  $('s-fill').value = s.cache_bytes_used / s.cache_bytes_limit;
  $('s-bytes').textContent = `${size(s.cache_bytes_used)} of ${size(s.cache_bytes_limit)}`;
}

$('pause').addEventListener('click', () => {
  $('pause').setAttribute('aria-pressed', String(!paused()));
  before = null;
});
setInterval(look, EVERY_MS);
look();
