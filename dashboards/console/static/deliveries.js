// What was sent about an alert: to whom, when, and what became of it.

import { again } from './destinations.js';
import { ask, el, fill } from './dom.js';
import * as words from './words.js';

let turn = 0;

// Fills a place with the journal of an alert or an incident; an answer that came too late is dropped.
export async function show(place, query) {
  const mine = ++turn;
  let found;
  try {
    found = (await ask(`/api/deliveries?${new URLSearchParams(query)}`)).deliveries;
  } catch {
    return;
  }
  if (mine !== turn || !place.isConnected) return;
  fill(place, found.length ? [el('h3', {}, 'Оповещения'), el('ol.history', {}, found.map(message))] : null);
}

function message(one) {
  const failed = one.tries.filter((attempt) => attempt.status !== 'sent' && attempt.status !== 'sending');
  const told = [words.CHANNELS[one.channel] || one.channel, one.destination, words.MESSAGES[one.kind] || ''];
  const reason = failed.length ? words.REASONS[failed.at(-1).reason] || '' : '';
  return el('li', {}, el('time.muted', { title: words.full(one.at) }, words.time(one.at)), ' ', told.filter(Boolean).join(' · '), ' · ',
    el(one.status === 'sent' ? 'span' : 'b.warn', {}, words.DELIVERY[one.status] || one.status),
    failed.length ? el('span.muted', {}, ` · неудачных попыток: ${failed.length}${reason && ` (${reason})`}`) : null, again(one));
}
