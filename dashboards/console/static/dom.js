// Elements without markup: everything that people or networks wrote becomes text and nothing else.

export const $ = (id) => document.getElementById(id);

// el('span.muted', {title: …}, child, 'text', null): attributes by name, on* as listeners, absent values left out.
export function el(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, String(value));
  }
  fill(node, ...children);
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

// Calls that come close together are one: the page stays quick when events come by the hundred.
export function lazily(work, ms) {
  let timer = 0;
  return () => {
    timer ||= setTimeout(() => {
      timer = 0;
      work();
    }, ms);
  };
}

// A list kept by key: nodes stay, so that focus, scrolling and half-made decisions survive an update. Where ``stamp`` says the same
// of an item as before, its node is left alone.
export function sync(list, items, make, update, stamp) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  let place = list.firstElementChild;
  for (const item of items) {
    let node = old.get(item.id);
    if (node) {
      old.delete(item.id);
    } else {
      node = make(item);
      node.dataset.key = item.id;
    }
    const state = stamp && stamp(item);
    if (!stamp || node.dataset.stamp !== state) update(node, item);
    if (stamp) node.dataset.stamp = state;
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
  for (const node of old.values()) node.remove();
  if (focused && focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

const SVG = 'http://www.w3.org/2000/svg';

// The same for pictures: drawn('rect', {x: 1}, child).
export function drawn(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children.filter(Boolean));
  return node;
}

// Small bars, the last one the newest.
export function bars(values, label) {
  const most = Math.max(4, ...values);
  return drawn('svg', { viewBox: `0 0 ${values.length * 5} 20`, class: 'bars', role: 'img', 'aria-label': label },
    ...values.map((value, index) => {
      const height = value ? Math.max(2, Math.round((value / most) * 20)) : 1;
      return drawn('rect', { x: index * 5, y: 20 - height, width: 4, height, class: value ? '' : 'none' });
    }));
}

// The session's secret, which goes with every change; it comes with the answer of who one is.
let secret = '';
let out = () => {};

export function setSecret(value, signedOut) {
  secret = value;
  out = signedOut;
}

const PATIENCE = 60_000;

// The answer's JSON; an Error with .status, .message and .hint (Russian) where it is a failure.
export async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': secret },
    body: JSON.stringify(body),
  };
  let answer;
  try {
    answer = await fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    const late = error.name === 'TimeoutError';
    throw Object.assign(new Error(late ? 'Сервер не отвечает' : 'Нет связи с сервером'), { status: 0, hint: 'Повторите, когда связь вернётся' });
  }
  const value = await answer.json().catch(() => null);
  if (answer.status === 401) out();
  if (answer.ok && !value) throw Object.assign(new Error('Ответ сервера оборвался'), { status: 0, hint: 'Повторите, когда связь вернётся' });
  if (!answer.ok) throw Object.assign(new Error(value?.error || `Ошибка ${answer.status}`), { status: answer.status, hint: value?.hint || '' });
  return value;
}
