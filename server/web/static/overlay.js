/* Which samples are laid over the one shown, and how: read from the address, written into it, asked in a dialog.
 *   over=RUN/P/W/T|label,...   up to four references      ref=ratiooverlay or stacked      norm=False      ktest=0.05 */
import { $, make, path, query } from '/web/api.js';
import { Chooser } from '/web/samples.js';
import { datasetOf, runOf, title, valid } from '/web/sample.js';

const MOST = 4;
const LABEL = /[^A-Za-z0-9 _.-]/g;

export function read(search) {
  const refs = (search.get('over') || '').split(',').slice(0, MOST).map(text => {
    const [sample, label = ''] = text.split('|');
    return { sample, label: label.replace(LABEL, '').slice(0, 40) };
  }).filter(({ sample }) => valid(sample));
  const ref = ['ratiooverlay', 'stacked'].includes(search.get('ref')) ? search.get('ref') : '';
  return { refs, ref, norm: search.get('norm') === 'False' ? 'False' : '', ktest: search.get('ktest') || '' };
}

/* As parameters of the page. */
export function carried({ refs, ref, norm, ktest }) {
  if (!refs.length) return {};
  return { over: refs.map(({ sample, label }) => sample + (label && '|' + label)).join(), ref, norm, ktest };
}

const archive = (sample, at) => `archive/${sample}/${at}`;

/* The picture of what is at a path in a sample, with the same of others over it. */
export function pictureUrl(sample, at, parameters, over, kind = 'png') {
  const fmt = kind === 'jpg' ? 'jpg' : '';
  if (!over?.refs.length) return `/plotfairy/archive/${sample}/${path(at)}${query({ ...parameters, fmt })}`;
  const { refs, ref, norm, ktest } = over;
  const reflabel = refs.some(one => one.label) ? refs.map(one => one.label || 'Run ' + runOf(one.sample)) : [];
  return '/plotfairy/overlay' + query({ obj: [sample, ...refs.map(one => one.sample)].map(name => archive(name, at)),
    ...parameters, ref, norm, ktest, reflabel, fmt });
}

export const describe = ({ refs }) => refs.map(({ sample, label }) => label || 'run ' + runOf(sample)).join(', ');

/* --- the dialog -------------------------------------------------------------------------------- */

const form = $('overlay-form');
let refs = [];
let main = '';
let done = () => {};

function rows() {
  $('overlay-refs').replaceChildren(...refs.map((one, i) => {
    const label = make('input', { value: one.label, placeholder: 'label', maxLength: 40, pattern: '[A-Za-z0-9 _.\\-]*',
      ariaLabel: 'Label of ' + title(one.sample), oninput: event => { one.label = event.target.value.trim(); } });
    const remove = make('button', { type: 'button', className: 'close', textContent: '×',
      ariaLabel: 'Remove ' + title(one.sample), onclick: () => { refs.splice(i, 1); rows(); $('overlay-find').focus(); } });
    return make('li', {}, make('span', {}, make('b', { textContent: runOf(one.sample) }), ' ',
      make('small', { className: 'dim', textContent: datasetOf(one.sample) })), label, remove);
  }));
  $('overlay-none').hidden = refs.length > 0;
  $('overlay-choice').hidden = refs.length >= MOST;
  chooser.show().catch(problem => $('overlay-list').replaceChildren(problem.message));
}

const chooser = new Chooser($('overlay-find'), $('overlay-list'), sample => {
  refs.push({ sample, label: '' });
  $('overlay-find').value = '';
  rows();
  if (refs.length < MOST) $('overlay-find').focus();
});
chooser.without = name => name === main || refs.some(one => one.sample === name);

export function ask(sample, over, then) {
  main = chooser.like = sample;
  done = then;
  refs = over.refs.map(one => ({ ...one }));
  $('overlay-main').textContent = title(sample);
  form.elements.ref.value = over.ref;
  form.elements.norm.checked = !over.norm;
  form.elements.ktest.value = over.ktest;
  $('overlay-find').value = '';
  $('overlay').showModal();
  rows();
  $('overlay-find').focus();
}

form.addEventListener('submit', event => {
  event.preventDefault();
  const { ref, norm, ktest } = form.elements;
  $('overlay').close();
  done({ refs, ref: ref.value, norm: norm.checked ? '' : 'False', ktest: ktest.value });
});
$('overlay-clear').addEventListener('click', () => {
  $('overlay').close();
  done({ refs: [], ref: '', norm: '', ktest: '' });
});
for (const id of ['overlay', 'choose'])
  $(id).querySelector('.close').addEventListener('click', () => $(id).close());
$('overlay').addEventListener('click', event => { if (event.target === $('overlay')) $('overlay').close(); });
