/* A list of any length that keeps only the cells near the window in the document. All cells have one size; the list has
 * the height of them all, so the scroll bar tells the truth. One cell is in the tab order; arrows move within. */
import { make } from '/web/api.js';

export class Grid {
  /* least: smallest width of a cell; height: its height for a width; fill(cell, item, link), empty(cell) make and end
   * its content; changed() after each drawing. */
  constructor(host, { least, gap, height, fill, empty = () => {}, changed = () => {} }) {
    Object.assign(this, { host, least, gap, height, fill, empty, changed });
    this.items = [];
    this.cells = new Map();
    this.current = 0;
    this.columns = 1;
    this.asked = 0;
    new ResizeObserver(() => this.refresh()).observe(host);
    addEventListener('scroll', () => this.soon(), { passive: true });
    addEventListener('resize', () => this.soon(), { passive: true });
    host.addEventListener('keydown', event => this.key(event));
    host.addEventListener('focusin', event => this.enter(event.target.closest('li')));
  }

  set(items) {
    for (const cell of this.cells.values()) this.remove(cell);
    this.cells.clear();
    this.items = items;
    this.current = 0;
    this.refresh();
  }

  /* Other items at the same place: cells whose item has the same key stay as they are. */
  renew(items) {
    const before = this.items;
    const held = before[this.current]?.key;
    const within = this.host.contains(document.activeElement);
    this.items = items;
    for (const [index, cell] of this.cells) {
      if (items[index] && items[index].key === before[index]?.key) continue;
      this.remove(cell);
      this.cells.delete(index);
    }
    this.refresh();
    const at = items.findIndex(item => item.key === held);
    if (!within) return;
    this.current = at < 0 ? Math.min(this.current, items.length - 1) : at;
    if (this.cells.has(this.current)) this.focus(this.current, '');
    else this.mark();
  }

  /* The item of a cell is known better than when it was filled. */
  refill(cell) {
    const link = cell.firstElementChild;
    this.empty(cell);
    cell.replaceChildren(link);
    link.replaceChildren();
    this.fill(cell, this.items[Number(cell.dataset.index)], link);
  }

  /* The index under a point of the window; the nearest one when there is none. */
  under(x, y) {
    const box = this.host.getBoundingClientRect();
    const column = Math.min(this.columns - 1, Math.max(0, Math.floor((x - box.left) / (this.width + this.gap))));
    const row = Math.max(0, Math.floor((y - box.top) / this.step));
    return Math.min(this.items.length - 1, row * this.columns + column);
  }

  /* The items grew, or the place changed. */
  refresh() {
    this.host.hidden = !this.items.length;
    const width = this.host.clientWidth;
    if (!width) return;
    this.columns = Math.max(1, Math.floor((width + this.gap) / (this.least() + this.gap)));
    this.width = (width - this.gap * (this.columns - 1)) / this.columns;
    this.step = this.height(this.width) + this.gap;
    const total = `${Math.max(0, Math.ceil(this.items.length / this.columns) * this.step - this.gap)}px`;
    if (this.host.style.height !== total) this.host.style.height = total;
    for (const [index, cell] of this.cells) this.place(cell, index);
    this.draw();
  }

  place(cell, index) {
    const x = (index % this.columns) * (this.width + this.gap);
    const y = Math.floor(index / this.columns) * this.step;
    cell.style.width = `${this.width}px`;
    cell.style.height = `${this.step - this.gap}px`;
    cell.style.transform = `translate(${x}px, ${y}px)`;
  }

  soon() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  draw() {
    if (!this.host.clientWidth || !this.step) return;
    const top = this.host.getBoundingClientRect().top;
    const spare = innerHeight * 0.75;
    const first = Math.max(0, Math.floor((-top - spare) / this.step)) * this.columns;
    const end = Math.min(this.items.length, Math.ceil((innerHeight - top + spare) / this.step) * this.columns);
    for (const [index, cell] of this.cells) {
      if ((index >= first && index < end) || cell.contains(document.activeElement)) continue;
      this.remove(cell);
      this.cells.delete(index);
    }
    let next = this.host.firstElementChild;
    for (let index = first; index < end; index++) {
      while (next && Number(next.dataset.index) < index) next = next.nextElementSibling;
      const known = this.cells.get(index);
      if (known) next = known.nextElementSibling;
      else this.host.insertBefore(this.cell(index), next);
    }
    this.mark();
    this.changed();
  }

  cell(index) {
    const link = make('a', { tabIndex: -1 });
    const cell = make('li', {}, link);
    cell.dataset.index = index;
    cell.setAttribute('aria-posinset', index + 1);
    this.cells.set(index, cell);
    this.place(cell, index);
    this.fill(cell, this.items[index], link);
    return cell;
  }

  remove(cell) {
    this.empty(cell);
    cell.remove();
  }

  /* Exactly one cell is reached by Tab: the current one, or the first in sight when that is far away. */
  mark() {
    const chosen = this.cells.get(this.current) || this.cells.values().next().value;
    for (const cell of this.cells.values()) {
      cell.firstElementChild.tabIndex = cell === chosen ? 0 : -1;
      cell.setAttribute('aria-setsize', this.items.length);
    }
  }

  enter(cell) {
    if (!cell) return;
    this.current = Number(cell.dataset.index);
    this.mark();
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !event.target.closest('li') || this.command?.(event)) return;
    const page = Math.max(1, Math.floor(innerHeight / this.step) - 1) * this.columns;
    const last = this.items.length - 1;
    const to = { ArrowRight: this.current + 1, ArrowLeft: this.current - 1, ArrowDown: this.current + this.columns,
      ArrowUp: this.current - this.columns, PageDown: Math.min(last, this.current + page),
      PageUp: Math.max(0, this.current - page), Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to >= 0 && to <= last) this.focus(to);
    else this.beyond?.(to < 0 ? -1 : 1);
  }

  focus(index, block = 'nearest') {
    if (!this.items[index]) return;
    this.current = index;
    if (!this.cells.has(index)) {
      const top = this.host.getBoundingClientRect().top + scrollY + Math.floor(index / this.columns) * this.step;
      scrollTo(0, Math.max(0, top - innerHeight / 3));
      this.draw();
    }
    const link = this.cells.get(index)?.firstElementChild;
    link?.focus({ preventScroll: true });
    if (block) link?.scrollIntoView({ block });
  }
}
