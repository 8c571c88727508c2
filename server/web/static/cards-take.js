/* Which files are sent: chosen, or dropped with their folders; what the service would refuse is told before. */
import { $, make, plural, size } from '/web/api.js';

const MOST_LOOKED_AT = 2000;   /* files of dropped folders; a whole disk is no folder of bindings */
const DEEPEST = 8;

/* What the service takes; these are its usual limits until it has told its own. */
export const service = { uploads: true, publish: true, controllers: 0, limits: { file: 2 << 20, files: 64, total: 8 << 20 } };

export const told = fetch('/cards?format=json', { headers: { Accept: 'application/json' } })
  .then(response => response.ok ? response.json() : {}).catch(() => ({})).then(said => Object.assign(service, said));

/* --- folders ----------------------------------------------------------------------------------- */

const nextOf = reader => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = entry => new Promise((resolve, reject) => entry.file(resolve, reject));

async function walk(entry, depth, out) {
  if (out.length >= MOST_LOOKED_AT) return;
  if (entry.isFile) {
    out.push(await fileOf(entry));
  } else if (entry.isDirectory && depth < DEEPEST) {
    const reader = entry.createReader();
    for (let some = await nextOf(reader); some.length; some = await nextOf(reader))
      for (const each of some) await walk(each, depth + 1, out);
  }
}

/* In folders of games there is much else: what has the ending of something else is left out. */
const plausible = file => file.size > 0 && (/\.(xml|binds|profile|txt)$/i.test(file.name) || !file.name.includes('.'));

/* All files of a drop; the entries must be fetched before the event is over. */
export function filesOf(transfer) {
  const entries = [...transfer.items].filter(item => item.kind === 'file').map(item => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  if (!entries.some(entry => entry?.isDirectory)) return Promise.resolve({ files: plain, folder: false });
  return (async () => {
    const found = [];
    for (const entry of entries) await walk(entry, 0, found).catch(() => {});
    return { files: found.filter(plausible), folder: true };
  })();
}

/* --- limits ------------------------------------------------------------------------------------ */

/* What is wrong with so many files, as words; where: with which of them; rest: those that could go without. */
export function objection(files) {
  const { limits } = service;
  const large = files.filter(file => file.size > limits.file);
  const rest = files.filter(file => file.size <= limits.file);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (large.length) {
    const names = large.slice(0, 3).map(file => `${file.name} (${size(file.size)})`).join(', ');
    const more = large.length > 3 ? ` and ${large.length - 3} more` : '';
    return { rest, where: names + more, text: `larger than ${size(limits.file)}, as no binding file is.` };
  }
  if (files.length > limits.files)
    return { rest: [], text: `These are ${plural(files.length, 'file')}; at most ${limits.files} go at once. Choose those of one game.` };
  if (total > limits.total)
    return { rest: [], text: `These files are ${size(total)} together; at most ${size(limits.total)} go at once. Choose those of one game.` };
  return null;
}

/* --- what is above the page -------------------------------------------------------------------- */

/* A problem, with the file and line it is about, and what can be done: a list of [word, function]. */
export function problem(text, where = '', ...ways) {
  $('problem').replaceChildren(where ? make('b', { textContent: where + ': ' }) : '', text,
    ...ways.map(([word, act]) => make('button', { type: 'button', textContent: word, onclick: act })));
  $('problem').hidden = !text;
  if (text) $('problem').scrollIntoView({ block: 'nearest' });
}

/* share: of 1; none: nobody knows. */
export function working(text, share) {
  $('working').hidden = !text;
  if ($('progress-text').textContent !== text) $('progress-text').textContent = text;
  if (share === undefined) $('progress').removeAttribute('value');
  else $('progress').value = share;
}
