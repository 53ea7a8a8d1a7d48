// Destinations: whether they are reached, and a test message by hand. For those who may.

import { $, ask, el, fill } from './dom.js';
import * as words from './words.js';

let may = false;
let leave = () => {};

// `close` ends the card that is open: what it still waits for must not come over the list.
export function setUp(who, close) {
  leave = close;
  may = who.role === 'administrator';
  $('destinations-open').hidden = !may;
  $('destinations-open').addEventListener('click', show);
}

async function show() {
  leave();
  const place = $('card');
  const list = el('ul.history', { id: 'destinations' });
  fill(place, el('div.bar', {}, el('h2', {}, 'Адресаты'),
    el('button.quiet.end', { type: 'button', 'aria-label': 'Закрыть список', onclick: () => { leave(); $('destinations-open').focus(); } }, '✕')), el('div.pad', {}, list));
  place.focus();
  try {
    const found = (await ask('/api/destinations')).destinations;
    fill(list, found.length ? found.map(line) : el('li', {}, 'Адресатов нет, или доставка работает в другом процессе.'));
  } catch (error) {
    fill(list, el('li.bad', {}, error.message));
  }
}

function line(one) {
  const state = one.failing ? el('b.warn', {}, 'не доходит') : 'доходит';
  return el('li', {}, el('b', {}, one.name), ` · ${words.CHANNELS[one.channel] || one.channel} · `, state,
    one.waiting ? ` · ждёт: ${one.waiting}` : '', ' ', trial('Проверить', `/api/destinations/${encodeURIComponent(one.name)}/test`));
}

// A button that sends a message of the journal once more; nothing for those who may not.
export function again(message) {
  if (!may || message.status === 'queued' || message.kind === 'test') return null;
  return trial('Ещё раз', `/api/deliveries/${encodeURIComponent(message.id)}/resend`);
}

function trial(text, path) {
  const said = el('span.result', { role: 'status' });
  const button = el('button.quiet', { type: 'button' }, text);
  button.addEventListener('click', async () => {
    button.disabled = true;
    said.className = 'result muted';
    said.textContent = '…';
    try {
      await ask(path, {});
      said.textContent = 'Отправляется';
    } catch (error) {
      said.className = 'result bad';
      said.textContent = error.message;
    }
    button.disabled = false;
  });
  return el('span', {}, button, said);
}
