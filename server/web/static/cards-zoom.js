/* One card over the whole window: fitted or larger, moved by dragging, with the keys of a picture viewer. */
import { $ } from '/web/api.js';

/* Of no use without scripts, and the same on each page that has pictures of controllers. */
document.body.insertAdjacentHTML('beforeend', `
<dialog id="zoom" aria-labelledby="zoom-title">
  <div class="zoom-bar">
    <h2 id="zoom-title"></h2>
    <span class="steps">
      <button id="zoom-previous" type="button" aria-label="Previous one" title="Previous (left arrow)">‹</button>
      <span id="zoom-place"></span>
      <button id="zoom-next" type="button" aria-label="Next one" title="Next (right arrow)">›</button>
    </span>
    <span class="joined">
      <button id="zoom-out" type="button" aria-label="Smaller" title="Smaller (-)">−</button>
      <button id="zoom-fit" type="button" title="Whole picture (0)">Fit</button>
      <button id="zoom-in" type="button" aria-label="Larger" title="Larger (+)">+</button>
    </span>
    <span class="row"><a id="zoom-jpg" download>JPEG</a> <a id="zoom-webp" download>WebP</a> <a id="zoom-png" download>PNG</a></span>
    <button id="zoom-close" type="button" class="close" aria-label="Close" title="Close (Escape)">×</button>
  </div>
  <div id="zoom-pane" class="zoom-pane" tabindex="0"><img id="zoom-picture" alt="" draggable="false">
    <p id="zoom-trouble" role="alert" hidden></p></div>
</dialog>`);

const LARGEST = 4, SWIPE_PX = 60;
let at = 0, scale = 0;   /* 0: fitted */
const pane = $('zoom-pane'), image = $('zoom-picture');

const list = $('cards') ?? $('devices');
const links = () => [...list.querySelectorAll('.card:not([hidden]) a')];

/* The picture as it is, in pixels; known before it has come. */
const natural = () => [image.naturalWidth || Number(image.dataset.w) || 1, image.naturalHeight || Number(image.dataset.h) || 1];

function zoom(to, x = 0.5, y = 0.5) {
  const [w, h] = natural();
  const before = image.getBoundingClientRect();
  const fitted = Math.min(pane.clientWidth / w, pane.clientHeight / h);
  scale = to <= fitted ? 0 : Math.min(to, LARGEST);
  pane.classList.toggle('real', scale > 0);
  image.style.width = scale ? w * scale + 'px' : '';
  if (!scale) return;
  const box = pane.getBoundingClientRect();
  const inX = (box.left + x * box.width - before.left) / Math.max(1, before.width);
  const inY = (box.top + y * box.height - before.top) / Math.max(1, before.height);
  pane.scrollLeft = inX * w * scale - x * box.width;
  pane.scrollTop = inY * h * scale - y * box.height;
}

const now = () => scale || Math.min(pane.clientWidth / natural()[0], pane.clientHeight / natural()[1]);

function open(number) {
  const all = links();
  if (!all[number]) return;
  at = number;
  const { href } = all[at], small = all[at].querySelector('img');
  $('zoom-trouble').hidden = true;
  image.hidden = false;
  [image.dataset.w, image.dataset.h] = (all[at].dataset.size ?? `${small.getAttribute('width')} ${small.getAttribute('height')}`).split(' ');
  pane.classList.add('busy');
  image.src = href;
  image.alt = $('zoom-title').textContent = small.alt || all[at].closest('.card').querySelector('b').textContent;
  $('zoom-place').textContent = `${at + 1} of ${all.length}`;
  $('zoom-previous').disabled = at === 0;
  $('zoom-next').disabled = at === all.length - 1;
  $('zoom-jpg').href = href;
  $('zoom-webp').href = href.replace(/\.jpg/, '.webp');
  $('zoom-png').href = href.replace(/\.jpg/, '.png');
  zoom(0);
  if (!$('zoom').open) $('zoom').showModal();
  pane.focus();
}

image.addEventListener('load', () => pane.classList.remove('busy'));
image.addEventListener('error', () => {
  pane.classList.remove('busy');
  image.hidden = true;
  $('zoom-trouble').textContent = 'This card could not be drawn. Close it and try again.';
  $('zoom-trouble').hidden = false;
});
list.addEventListener('click', event => {
  const link = event.target.closest('.card a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(links().indexOf(link));
});
$('zoom-close').addEventListener('click', () => $('zoom').close());
$('zoom').addEventListener('close', () => {
  image.removeAttribute('src');
  links()[at]?.focus();
});
addEventListener('popstate', () => $('zoom').close());
$('zoom-previous').addEventListener('click', () => open(at - 1));
$('zoom-next').addEventListener('click', () => open(at + 1));
$('zoom-in').addEventListener('click', () => zoom(now() * 1.4));
$('zoom-out').addEventListener('click', () => zoom(now() / 1.4));
$('zoom-fit').addEventListener('click', () => zoom(0));
$('zoom').addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowLeft: scale ? 0 : -1, ArrowRight: scale ? 0 : 1, PageUp: -1, PageDown: 1 }[event.key];
  const end = { Home: 0, End: links().length - 1 }[event.key];
  if (step) open(at + step);
  else if (end !== undefined) open(end);
  else if (event.key === '+' || event.key === '=') zoom(now() * 1.4);
  else if (event.key === '-') zoom(now() / 1.4);
  else if (event.key === '0') zoom(0);
  else return;
  event.preventDefault();
});

/* --- by mouse and finger ----------------------------------------------------------------------- */

let held = null;
const share = event => {
  const box = pane.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
};
pane.addEventListener('wheel', event => {
  event.preventDefault();
  zoom(now() * 1.0015 ** -event.deltaY, ...share(event));
}, { passive: false });
pane.addEventListener('pointerdown', event => {
  if (event.button) return;
  held = { x: event.clientX, y: event.clientY, left: pane.scrollLeft, top: pane.scrollTop, moved: false };
  if (event.pointerType === 'mouse' && scale) pane.setPointerCapture(event.pointerId);
});
pane.addEventListener('pointermove', event => {
  if (!held) return;
  held.moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > 4;
  if (event.pointerType !== 'mouse' || !scale || !held.moved) return;
  pane.classList.add('held');
  pane.scrollLeft = held.left - (event.clientX - held.x);
  pane.scrollTop = held.top - (event.clientY - held.y);
});
pane.addEventListener('pointerup', event => {
  const dx = held ? event.clientX - held.x : 0;
  if (held && !held.moved) zoom(scale ? 0 : Math.max(1, now() * 2), ...share(event));
  else if (held && !scale && Math.abs(dx) > SWIPE_PX) open(at - Math.sign(dx));
  held = null;
  pane.classList.remove('held');
});
pane.addEventListener('pointercancel', () => { held = null; });
