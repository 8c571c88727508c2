/* Order in a list by hand: a cell is dragged to another place with the mouse, or by its handle with a finger; Shift and
 * an arrow move the one in focus, Delete takes it away. */
import { make } from '/web/api.js';

const FAR_ENOUGH = 6;
const EDGE = 90;

/* may(): is there an order to change now? moved(from, to), removed(index). */
export function arrange(grid, { may, moved, removed }) {
  const mark = make('div', { className: 'drop-mark', hidden: true });
  document.body.append(mark);
  let drag = null;

  function show(to) {
    const box = grid.host.getBoundingClientRect();
    const after = to > drag.from;
    const x = (to % grid.columns) * (grid.width + grid.gap) + (after ? grid.width + grid.gap / 2 : -grid.gap / 2);
    mark.style.transform = `translate(${box.left + x - 2}px, ${box.top + Math.floor(to / grid.columns) * grid.step}px)`;
    mark.style.height = `${grid.step - grid.gap}px`;
    mark.hidden = to === drag.from;
  }

  function follow() {
    if (!drag?.started) return;
    const edge = drag.y < EDGE + 40 ? drag.y - EDGE - 40 : Math.max(0, drag.y - innerHeight + EDGE);
    if (edge) scrollBy(0, edge / 4);
    drag.to = grid.under(drag.x, drag.y);
    show(drag.to);
    requestAnimationFrame(follow);
  }

  function end(keep) {
    if (!drag) return;
    const { started, from, to, cell } = drag;
    drag = null;
    mark.hidden = true;
    cell.classList.remove('dragged');
    if (!started) return;
    addEventListener('click', event => { event.preventDefault(); event.stopPropagation(); }, { capture: true, once: true });
    setTimeout(() => dispatchEvent(new Event('click'))); // when the browser makes none of its own
    if (keep && to !== from) moved(from, to);
  }

  grid.host.addEventListener('dragstart', event => { if (may()) event.preventDefault(); });
  grid.host.addEventListener('pointerdown', event => {
    const cell = event.target.closest('li');
    const handle = event.target.closest('.handle');
    if (!cell || event.button || !may() || event.target.closest('.take') || !(handle || event.pointerType === 'mouse')) return;
    drag = { cell, from: Number(cell.dataset.index), to: Number(cell.dataset.index), started: false,
      x0: event.clientX, y0: event.clientY, x: event.clientX, y: event.clientY };
  });
  addEventListener('pointermove', event => {
    if (!drag) return;
    Object.assign(drag, { x: event.clientX, y: event.clientY });
    if (drag.started || Math.hypot(drag.x - drag.x0, drag.y - drag.y0) < FAR_ENOUGH) return;
    drag.started = true;
    drag.cell.classList.add('dragged');
    follow();
  });
  addEventListener('pointerup', () => end(true));
  addEventListener('pointercancel', () => end(false));
  addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !drag?.started) return;
    event.preventDefault();
    end(false);
  }, true);

  grid.command = event => {
    if (!may()) return false;
    const from = grid.current;
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      removed(from);
      return true;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -grid.columns, ArrowDown: grid.columns }[event.key];
    if (!event.shiftKey || !step) return false;
    event.preventDefault();
    event.stopPropagation();
    const to = Math.max(0, Math.min(grid.items.length - 1, from + step));
    if (to !== from) moved(from, to);
    return true;
  };
}
