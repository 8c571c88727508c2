/* A layout: plots in an order of somebody's own, whatever the run. It stands in the fragment of the address, which is
 * never sent and may be long: FOLDER:NAME,NAME;FOLDER:NAME. The one being put together is remembered by the tab. */
import { $, baseOf, folderOf, here, path } from '/web/api.js';

const KEY = 'layout';

export function write(paths) {
  const groups = [];
  let folder = null;
  for (const at of paths) {
    if (folderOf(at) !== folder) {
      folder = folderOf(at);
      groups.push(path(folder) + ':' + encodeURIComponent(baseOf(at)));
    } else {
      groups.push(groups.pop() + ',' + encodeURIComponent(baseOf(at)));
    }
  }
  return groups.length ? '#' + groups.join(';') : '';
}

export function read(hash) {
  const paths = new Set();
  try {
    for (const group of hash.slice(1).split(';')) {
      const [folder, names = ''] = group.split(':');
      for (const name of names.split(',')) if (name) paths.add(decodeURIComponent(folder) + decodeURIComponent(name));
    }
  } catch { /* cut off on its way: as much as there is */ }
  return [...paths];
}

let paths = [];
try {
  paths = JSON.parse(sessionStorage.getItem(KEY) || '[]');
} catch { /* begun anew */ }
let sample = '';

export const list = () => paths;
export const has = at => paths.includes(at);
export const hash = () => write(paths);
export const address = more => here({ view: 'layout', sample, ...more }, hash());

function tell() {
  $('layout-count').textContent = paths.length || '';
  $('layout-link').href = address();
}

export function set(next) {
  paths = next;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(paths));
  } catch { /* kept by the page alone */ }
  tell();
}

/* The run a layout opens with: the one last looked at. */
export function of(name) {
  sample = name;
  tell();
}

export const toggle = at => set(has(at) ? paths.filter(one => one !== at) : [...paths, at]);
export const add = more => set([...new Set([...paths, ...more])]);

export function move(from, to) {
  const next = [...paths];
  next.splice(to, 0, ...next.splice(from, 1));
  set(next);
}

tell();
