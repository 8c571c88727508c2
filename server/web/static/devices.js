/* The controllers that the packs of this server know. */
import { $, askJson, make, plural } from '/web/api.js';

function cell(device) {
  const image = device.url ? make('img', { loading: 'lazy', width: 480, height: 270, alt: device.title || device.id, src: device.url + '?w=480' })
    : make('span', { className: 'broken', textContent: 'Without a picture: its bindings become a list.' });
  const item = make('li', { className: 'card' }, make('figure', {}, device.url ? make('a', { href: device.url }, image) : image,
    make('figcaption', {}, make('b', { textContent: device.title || device.id }),
      make('span', { textContent: `${device.id} · ${plural(device.inputs, 'input')}` }))));
  image.onerror = () => image.replaceWith(make('span', { className: 'broken', textContent: 'This picture could not be drawn.' }));
  item.dataset.words = [device.id, device.title, device.image].join('\n').toLowerCase();
  return item;
}

function filter() {
  const words = $('filter').value.toLowerCase().split(/\s+/);
  const all = [...$('devices').children];
  for (const item of all) item.hidden = !words.every(word => item.dataset.words.includes(word));
  const shown = all.filter(item => !item.hidden).length;
  $('count').textContent = shown === all.length ? plural(shown, 'controller') : `${shown} of ${plural(all.length, 'controller')}`;
  $('none').hidden = shown > 0 || !all.length;
}

addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input') || $('zoom').open) return;
  event.preventDefault();
  $('filter').focus();
});

try {
  const { body } = await askJson('/devices?format=json');
  const devices = body.devices.toSorted((a, b) => (a.title || a.id).localeCompare(b.title || b.id));
  $('devices').replaceChildren(...devices.map(cell));
  $('filter').addEventListener('input', filter);
  filter();
  if (!devices.length) {
    $('message').textContent = 'No controllers are known here: the server needs a card pack (cards.pack).';
    $('message').hidden = false;
  }
} catch (problem) {
  $('message').textContent = problem.message;
  $('message').hidden = false;
}
