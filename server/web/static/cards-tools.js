/* What can be done with cards that are shown: print, hand on, keep, take back. */
import { $, make } from '/web/api.js';
import { cards, sharp } from '/web/cards-show.js';

let shown = null;            /* the answer they are of */
let publishable = false;     /* the files are at hand and the service publishes */
const contentOf = answer => 'cards-' + answer.key.slice(0, 32);

export function say(text, ...more) {
  $('said').replaceChildren(text, ...more);
  $('said').hidden = !text;
}

const link = () => location.origin + shown.url;

/* --- paper ------------------------------------------------------------------------------------- */

/* The size of a page cannot hang on an attribute, so the rule itself is written. */
const sheet = [...document.styleSheets].find(each => each.href?.endsWith('/web/cards.css'));
const paperRule = [...sheet?.cssRules ?? []].find(rule => rule instanceof CSSPageRule);

function paper(kind) {
  $('paper').value = document.documentElement.dataset.paper = kind;
  paperRule?.style.setProperty('size', (kind === 'letter' ? 'letter' : 'A4') + ' landscape');
}

async function printAll() {
  if (cards().some(image => !image.complete || image.dataset.full)) say('Waiting for the last card…');
  await sharp();
  say('');
  print();
}

$('print').addEventListener('click', printAll);
$('paper').addEventListener('change', () => {
  paper($('paper').value);
  localStorage.setItem('paper', $('paper').value);
});
paper(localStorage.getItem('paper') ?? (/^en-(US|CA)|^es-(MX|US)|^fr-CA/.test(navigator.language) ? 'letter' : 'a4'));

/* --- link -------------------------------------------------------------------------------------- */

/* Pages without TLS have no clipboard of their own; a field that is selected can still be copied. */
function copyField(field) {
  field.select();
  return document.execCommand('copy');
}

async function copy() {
  const field = make('input', { readOnly: true, value: link(), className: 'address', ariaLabel: 'Link to these cards' });
  const kept = localStorage.getItem(contentOf(shown)) ? 'It works until you take the cards back.'
    : $('publish').hidden ? 'It works as long as the server has room for the cards.'
      : 'It works as long as the server has room for the cards; publish them to keep it for good.';
  say('The link: ', field, ' ' + kept);
  let done = false;
  try {
    await navigator.clipboard.writeText(link());
    done = true;
  } catch {
    done = copyField(field);
  }
  if (done) $('said').firstChild.data = 'Copied: ';
}

$('copy').addEventListener('click', copy);

/* --- publishing -------------------------------------------------------------------------------- */

export function onPublish(act) {
  $('publish').addEventListener('click', act);
}

/* The token is told once: this browser keeps it, so that its user can take the cards back later. */
export function published(answer) {
  if (answer.delete_token) localStorage.setItem(contentOf(answer), answer.delete_token);
}

export function arrived(answer, can) {
  shown = answer;
  publishable = can;
  const kept = localStorage.getItem(contentOf(answer));
  $('publish').hidden = !can || Boolean(kept);
  $('withdraw').hidden = !kept;
  if (answer.delete_token) say('Published: ', make('a', { href: answer.url, textContent: link() }), ' works from now on, for everybody who has it.');
}

$('withdraw').addEventListener('click', async () => {
  const token = localStorage.getItem(contentOf(shown));
  const response = await fetch(shown.url, { method: 'DELETE', headers: { Authorization: 'Bearer ' + token } }).catch(() => null);
  if (!response?.ok && ![403, 404].includes(response?.status)) return say('That did not work; try again.');
  localStorage.removeItem(contentOf(shown));
  delete shown.delete_token;
  $('withdraw').hidden = true;
  $('publish').hidden = !publishable;
  say('Taken back: the files are deleted here, and the link ends.');
});

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || $('zoom').open || $('result').hidden) return;
  if (event.target.matches('input, select')) return;
  if (event.key === 'c') $('copy').click();
  if (event.key === 'p') $('print').click();
});
