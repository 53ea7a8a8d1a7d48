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
  const told = [words.CHANNELS[one.channel] || one.channel, one.destination, words.MESSAGES[one.kind] || ''];
  return el('li', {}, el('time.muted', { title: words.full(one.at) }, words.time(one.at)), ' ', told.filter(Boolean).join(' · '), ' · ',
    el(one.status === 'sent' ? 'span' : 'b.warn', {}, words.DELIVERY[one.status] || one.status), tries(one.tries), again(one));
}

// Where the first attempt was enough there is nothing to tell.
function tries(attempts) {
  const failed = attempts.filter((attempt) => attempt.status !== 'sent' && attempt.status !== 'sending');
  if (!failed.length) return null;
  const reason = words.REASONS[failed.at(-1).reason];
  return [' · ', el('details.tries', {}, el('summary.muted', {}, `неудачных попыток: ${failed.length}${reason ? ` (${reason})` : ''}`),
    el('ol', {}, attempts.map((attempt) => el('li.muted', {}, words.seconds(attempt.at), ' ',
      words.REASONS[attempt.reason] || words.ATTEMPTS[attempt.status] || attempt.status, attempt.repeat ? ', с пометкой «повтор»' : ''))))];
}
