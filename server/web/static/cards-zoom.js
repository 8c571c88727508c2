/* One card over the whole window: fitted or larger, moved by dragging, with the keys of a picture viewer. */
import { $ } from '/web/api.js';

let at = 0, scale = 0;   /* 0: fitted */

const links = () => [...document.querySelectorAll('#cards .card a')];

function zoom(to, x = 0.5, y = 0.5) {
  const pane = $('zoom-pane'), image = $('zoom-picture');
  const before = image.getBoundingClientRect();
  const fitted = Math.min(pane.clientWidth / (image.naturalWidth || 1), pane.clientHeight / (image.naturalHeight || 1));
  scale = to <= fitted ? 0 : Math.min(to, 4);
  pane.classList.toggle('real', scale > 0);
  image.style.width = scale ? image.naturalWidth * scale + 'px' : '';
  if (!scale) return;
  const box = pane.getBoundingClientRect();
  const inX = (box.left + x * box.width - before.left) / Math.max(1, before.width);
  const inY = (box.top + y * box.height - before.top) / Math.max(1, before.height);
  pane.scrollLeft = inX * image.naturalWidth * scale - x * box.width;
  pane.scrollTop = inY * image.naturalHeight * scale - y * box.height;
}

const now = () => scale || $('zoom-picture').getBoundingClientRect().width / ($('zoom-picture').naturalWidth || 1);

function open(number) {
  const all = links();
  if (!all[number]) return;
  at = number;
  const { href } = all[at], image = all[at].querySelector('img');
  $('zoom-picture').src = href;
  $('zoom-picture').alt = $('zoom-title').textContent = image?.alt ?? '';
  $('zoom-place').textContent = `${at + 1} of ${all.length}`;
  $('zoom-previous').disabled = at === 0;
  $('zoom-next').disabled = at === all.length - 1;
  $('zoom-jpg').href = href;
  $('zoom-png').href = href.replace(/\.jpg/, '.png');
  zoom(0);
  if (!$('zoom').open) $('zoom').showModal();
  $('zoom-pane').focus();
}

$('cards').addEventListener('click', event => {
  const link = event.target.closest('.card a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(links().indexOf(link));
});
$('zoom-close').addEventListener('click', () => $('zoom').close());
$('zoom').addEventListener('close', () => links()[at]?.focus());
$('zoom-previous').addEventListener('click', () => open(at - 1));
$('zoom-next').addEventListener('click', () => open(at + 1));
$('zoom-in').addEventListener('click', () => zoom(now() * 1.4));
$('zoom-out').addEventListener('click', () => zoom(now() / 1.4));
$('zoom-fit').addEventListener('click', () => zoom(0));
$('zoom').addEventListener('keydown', event => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && !scale) open(at + step);
  else if (event.key === '+' || event.key === '=') zoom(now() * 1.4);
  else if (event.key === '-') zoom(now() / 1.4);
  else if (event.key === '0') zoom(0);
  else return;
  event.preventDefault();
});

/* --- by mouse and finger ----------------------------------------------------------------------- */

let held = null;
const pane = $('zoom-pane');
const share = event => {
  const box = pane.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
};
pane.addEventListener('wheel', event => {
  event.preventDefault();
  zoom(now() * 1.0015 ** -event.deltaY, ...share(event));
}, { passive: false });
pane.addEventListener('pointerdown', event => {
  held = { x: event.clientX, y: event.clientY, left: pane.scrollLeft, top: pane.scrollTop, moved: false };
  if (event.pointerType === 'mouse' && scale) pane.setPointerCapture(event.pointerId);
});
pane.addEventListener('pointermove', event => {
  if (!held || event.pointerType !== 'mouse') return;
  held.moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) > 4;
  if (!scale || !held.moved) return;
  pane.classList.add('held');
  pane.scrollLeft = held.left - (event.clientX - held.x);
  pane.scrollTop = held.top - (event.clientY - held.y);
});
pane.addEventListener('pointerup', event => {
  if (held && !held.moved) zoom(scale ? 0 : Math.max(1, now() * 2), ...share(event));
  held = null;
  pane.classList.remove('held');
});
pane.addEventListener('pointercancel', () => { held = null; });
