/* What one answer of the service is on the page: the pictures, what was recognised, what was noticed. */
import { $, make, number, plural, size } from '/web/api.js';

const GAMES = { fs2020: 'Flight Simulator 2020', sws: 'Star Wars: Squadrons', ed: 'Elite Dangerous' };

const WORDS = {
  'unsupported-device': 'There is no picture of this controller yet; its bindings are on a list',
  'nothing-placed': 'None of the bindings of this controller has a place on its picture; they are on a list',
  'unknown-input': 'This input is not known on its controller and was left out',
  'no-label': 'No text for this action; its name is shown',
  'no-place': 'This input has no place on the picture',
  'out-of-picture': 'The place of this input is outside the picture',
  'misplaced-element': 'Something stands where the game does not put it and was left out',
  'unknown-field': 'A setting that is not known was left out',
  'long-line': 'A line is too long and was left out',
  'truncated': 'A file ends in the middle; what came before it is shown',
  'latin1': 'A file is not UTF-8 and was read as Latin-1',
  'overflow': 'The text is too long for its box and was cut',
};

/* The pictures that are shown, as images. */
export const cards = () => [...document.querySelectorAll('#cards img')];

function picture(one, number) {
  const image = make('img', { width: one.w || 1920, height: one.h || 1080, alt: one.title });
  const link = make('a', { href: one.url }, image);
  const caption = make('figcaption', {}, make('b', { textContent: one.title }));
  if (one.profile) caption.append(make('i', { textContent: one.profile }));
  if (one.bytes) caption.append(make('span', { textContent: size(one.bytes) }));
  const item = make('li', { className: 'card waiting', id: 'card-' + number }, make('figure', {}, link, caption));
  image.onload = () => item.classList.remove('waiting');
  image.onerror = () => {
    item.classList.remove('waiting');
    image.replaceWith(make('p', { className: 'broken', textContent: 'This card could not be drawn.' }));
  };
  image.src = one.url;
  return item;
}

/* The pictures of an answer, lists behind the cards; the document of a key has them in one list. */
const pictures = answer => answer.pictures ?? [...answer.cards ?? [], ...(answer.lists ?? []).flatMap(list => list.pages ?? [list])];

function notices(list) {
  const kinds = new Map();
  for (const text of list) {
    const [, kind, detail] = /^([^:]*):? ?(.*)$/s.exec(typeof text === 'string' ? text : `${text.kind}: ${text.detail ?? ''}`);
    kinds.set(kind, [...kinds.get(kind) ?? [], detail]);
  }
  $('notices').hidden = !list.length;
  $('notices-title').textContent = plural(list.length, 'notice');
  $('notices-list').replaceChildren(...[...kinds].map(([kind, details]) =>
    make('li', {}, make('b', { textContent: WORDS[kind] ?? kind }),
      details.some(Boolean) ? ': ' + [...new Set(details.filter(Boolean))].join(' · ') : '')));
}

/* Elite Dangerous: which groups are shown. Built once an upload, so that what was switched off stays there. */
function groups(answer, fresh) {
  const choosable = answer.game === 'ed' && fresh;
  if (choosable && $('choice').hidden)
    $('groups').replaceChildren(...(answer.groups ?? []).map(name =>
      make('label', {}, make('input', { type: 'checkbox', value: name, checked: true }), ' ' + name)));
  $('choice').hidden = !choosable || !(answer.groups ?? []).length;
}

/* fresh: it comes from an upload made on this page, whose files are at hand. */
export function show(answer, fresh) {
  const all = pictures(answer).filter(one => one.url);
  $('result-title').textContent = GAMES[answer.game] ?? 'Cards';
  document.title = `${GAMES[answer.game] ?? 'Reference cards'} · platen`;
  $('summary').textContent = [plural(all.length, 'card'),
    answer.bindings ? `${number(answer.bindings)} bindings` : '',
    answer.devices ? plural(answer.devices, 'controller') : '',
    answer.files?.length ? plural(answer.files.length, 'file') : ''].filter(Boolean).join(' · ');
  $('zip').href = answer.url + '.zip';
  $('zip').hidden = !all.length;
  $('none').hidden = all.length > 0;
  notices(answer.notices ?? []);
  groups(answer, fresh);
  $('cards').replaceChildren(...all.map((one, i) => picture(one, i + 1)));
}
