/* The controllers that the packs of this server know. */
import { $, askJson, make, path, plural } from '/web/api.js';

function cell(device) {
  const url = `/devices/${path(device.id)}.jpg`;
  const image = make('img', { loading: 'lazy', width: 480, height: 270, alt: '', src: url + '?w=480' });
  const item = make('li', { className: 'card' }, make('figure', {}, make('a', { href: url }, image),
    make('figcaption', {}, make('b', { textContent: device.title || device.id }),
      make('span', { textContent: plural(device.inputs?.length ?? device.inputs ?? 0, 'input') }))));
  item.dataset.words = [device.id, device.title, ...device.names ?? []].join('\n').toLowerCase();
  item.title = [device.id, ...device.names ?? []].join('\n');
  return item;
}

function filter() {
  const word = $('filter').value.trim().toLowerCase();
  const all = [...$('devices').children];
  for (const item of all) item.hidden = !item.dataset.words.includes(word);
  $('count').textContent = plural(all.filter(item => !item.hidden).length, 'controller');
}

try {
  const { body } = await askJson('/devices');
  $('devices').replaceChildren(...body.devices.map(cell));
  $('filter').addEventListener('input', filter);
  filter();
} catch (problem) {
  $('message').textContent = problem.message;
  $('message').hidden = false;
}
