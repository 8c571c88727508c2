/* The list of all samples, newest run first, asked for with its tag, so that nothing new costs a header; and a field with a
 * list under it, from which one is chosen. */
import { $, askChanged, entries, make, plural } from '/web/api.js';
import { datasetOf, runOf } from '/web/sample.js';

const SHOWN = 60; // to choose from, until more words are written
let tag = null;
let list = null;
let coming = null;

async function look() {
  const response = await askChanged('/data/json/samples', tag);
  if (!response) return list;
  const before = list && new Set(list.map(sample => sample.name));
  const next = [];
  for await (const part of entries(response))
    for (const { type, run, dataset } of part)
      next.push({ name: run + dataset, run: Number(run), dataset, type: type.replace('_', ' ') });
  next.sort((a, b) => b.run - a.run || (a.dataset < b.dataset ? -1 : a.dataset > b.dataset ? 1 : 0));
  for (const sample of next) {
    sample.text = `${sample.run} ${sample.dataset} ${sample.type}`.toLowerCase();
    sample.fresh = Boolean(before && !before.has(sample.name));
    sample.key = sample.name + (sample.fresh ? ' new' : '');
  }
  tag = response.headers.get('ETag');
  list = next;
  return list;
}

/* As of now. */
export function samples() {
  coming ??= look().finally(() => { coming = null; });
  return coming;
}

export function matching(all, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.length ? all.filter(sample => words.every(word => sample.text.includes(word))) : all;
}

/* The runs of the same dataset before and after. */
export async function around(name) {
  const same = (await samples()).filter(sample => sample.dataset === datasetOf(name));
  const run = Number(runOf(name));
  return { older: same.find(sample => sample.run < run)?.name, newer: same.findLast(sample => sample.run > run)?.name };
}

/* input filters list; chosen(name) follows a click or Enter. Those of the dataset `like` come first. */
export class Chooser {
  constructor(input, host, chosen) {
    Object.assign(this, { input, host, chosen, like: '', without: () => false });
    input.addEventListener('input', () => this.show());
    input.addEventListener('keydown', event => {
      if (event.key === 'Enter') host.querySelector('button')?.click();
      else if (event.key === 'ArrowDown') host.querySelector('button')?.focus();
      else return;
      event.preventDefault();
    });
    host.addEventListener('keydown', event => {
      const at = event.target.closest('li');
      const to = { ArrowDown: at?.nextElementSibling, ArrowUp: at?.previousElementSibling }[event.key];
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      event.preventDefault();
      (to?.querySelector('button') || (event.key === 'ArrowUp' ? input : event.target)).focus();
    });
    host.addEventListener('click', event => {
      const { name } = event.target.closest('button')?.dataset || {};
      if (name) this.chosen(name);
    });
  }

  async show() {
    const all = (await samples()).filter(sample => !this.without(sample.name));
    const near = sample => Number(sample.dataset === datasetOf(this.like));
    const found = matching(all, this.input.value).toSorted((a, b) => near(b) - near(a));
    this.host.replaceChildren(...found.slice(0, SHOWN).map(sample => make('li', {}, this.row(sample))));
    if (found.length > SHOWN) this.host.append(make('li', { className: 'dim', textContent: `${plural(found.length - SHOWN,
      'more sample')}: write a run or a part of the dataset` }));
    if (!found.length) this.host.append(make('li', { className: 'dim', textContent: 'no sample matches' }));
  }

  row(sample) {
    const button = make('button', { type: 'button' }, make('b', { textContent: sample.run }),
      make('span', { textContent: sample.dataset }));
    button.dataset.name = sample.name;
    return button;
  }
}

/* A dialog that asks for one sample. */
let answer = () => {};
const chooser = new Chooser($('choose-find'), $('choose-list'), name => {
  $('choose').close();
  answer(name);
});
$('choose').addEventListener('click', event => { if (event.target === $('choose')) $('choose').close(); });

export function choose(like, then) {
  answer = then;
  chooser.like = like;
  $('choose-find').value = '';
  $('choose').showModal();
  $('choose-find').focus();
  chooser.show().catch(problem => $('choose-list').replaceChildren(problem.message));
}
