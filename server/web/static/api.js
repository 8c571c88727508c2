/* Addresses of the service, and questions to it. Errors carry the service's own words. */

export const path = text => text.split('/').map(encodeURIComponent).join('/');
export const folderOf = name => name.slice(0, name.lastIndexOf('/') + 1);
export const baseOf = name => name.slice(name.lastIndexOf('/') + 1);

/* A query as people can read it: slashes stay, blanks are %20 for every reader. Lists repeat their name. */
export function query(parameters) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const one of [value].flat()) if (one || one === 0) search.append(name, one);
  const text = search.toString().replaceAll('%2F', '/').replaceAll('+', '%20');
  return text && '?' + text;
}

export const here = (parameters, hash = '') => '/' + query(parameters) + hash;

/* The page shown with other parameters. */
export const changed = (parameters, hash = location.hash) =>
  here({ ...Object.fromEntries(new URLSearchParams(location.search)), ...parameters }, hash);

/* The address says so from now on; nothing is shown anew. Links made from the address before are made again. */
export function rewrite(parameters, hash = location.hash) {
  history.replaceState(history.state, '', changed(parameters, hash));
  dispatchEvent(new Event('rewritten'));
}

export function imageUrl(name, item, parameters, kind = 'png') {
  return `/v1/images/${path(name)}/${path(item)}.${kind}${query(parameters)}`;
}

export class Problem extends Error {
  constructor(text, { status = 0, param = '', wait = 0 } = {}) {
    super(text);
    Object.assign(this, { status, param, wait });
  }
}

async function told(response) {
  let body = {};
  try {
    body = await response.json();
  } catch { /* no words of its own: the status says it */ }
  return new Problem(body.detail || body.title || `refused: ${response.status} ${response.statusText}`,
    { status: response.status, param: body.param, wait: Number(response.headers.get('Retry-After')) });
}

export async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Problem('The server does not answer.');
  }
  if (!response.ok) throw await told(response);
  return response;
}

export async function askJson(url, signal) {
  const response = await ask(url, { signal, headers: { Accept: 'application/json' } });
  const next = /<([^>]+)>;\s*rel="?next/.exec(response.headers.get('Link') || '');
  return { body: await response.json(), next: next ? next[1] : null };
}

/* An answer only when it is another than the one tagged `tag`, else null. */
export async function askChanged(url, tag, signal) {
  try {
    return await ask(url, { signal, cache: 'no-store', headers: tag ? { 'If-None-Match': tag } : {} });
  } catch (problem) {
    if (problem.status === 304) return null;
    throw problem;
  }
}

/* Listings stand one entry a line, so that they can be read while they come. */
export async function* entries(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let end = false; !end;) {
    const { value = '', done } = await reader.read().catch(failure => {
      throw failure.name === 'AbortError' ? failure : new Problem('The listing broke off.');
    });
    end = done;
    const lines = (rest + value).split('\n');
    rest = done ? '' : lines.pop();
    const found = [];
    for (const line of lines) {
      const text = line.replace(/(\]\})*,?$/, '');
      if (text[0] === '{' && !text.endsWith('[')) found.push(JSON.parse(text));
    }
    if (found.length) yield found;
  }
}

/* The picture as data: which the content policy allows, and the one way to have picture and error from one request. */
export async function askPicture(url, signal) {
  const response = await ask(url, { signal, headers: { Accept: url.startsWith('/v1/') ? '*/*' : 'application/problem+json' } });
  const blob = await response.blob();
  const data = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Problem('The picture broke off.'));
    reader.readAsDataURL(blob);
  });
  const { headers } = response;
  return { data, pinned: headers.get('Content-Location') || url, note: headers.get('X-Render-Note') || '' };
}

/* --- things that both views need --------------------------------------------------------------- */

export const $ = id => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', '#icon-' + name);
  svg.append(use);
  svg.classList.add('icon');
  svg.setAttribute('aria-hidden', 'true');
  return svg;
}

export function size(n) {
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (n < 1024 || unit === 'GiB') return (n < 10 && unit !== 'B' ? n.toFixed(1) : Math.round(n)) + ' ' + unit;
    n /= 1024;
  }
}

export const number = n => n.toLocaleString('en');
export const plural = (n, one, many = one + 's') => `${number(n)} ${n === 1 ? one : many}`;

export function say(text, { bad = true, again = null } = {}) {
  $('message').replaceChildren(text);
  if (again) $('message').append(' ', make('button', { type: 'button', textContent: 'Try again', onclick: again }));
  $('message').classList.toggle('bad', bad);
  $('message').hidden = !text;
}
