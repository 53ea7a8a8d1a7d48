// The queue of alerts. An alert is known by id and version: seen again, it neither shows nor sounds twice.

import * as answers from './answers.js';
import { $, el, fill, lazily, sync } from './dom.js';
import { notify } from './notify.js';
import { beep } from './sound.js';
import { newer } from './stream.js';
import * as words from './words.js';

const KEPT = 200;
const known = new Map();
let open = () => {};
let loaded = false;

export function onOpen(handler) {
  open = handler;
  $('alerts-which').addEventListener('change', show);
}

// Whatever is chosen, what fires loudly is counted and heard: choosing hides rows, not dangers.
const WHICH = {
  all: () => true,
  loud: (alert) => alert.status === 'firing' && alert.level !== 'notice',
  unanswered: (alert) => alert.status === 'firing' && !alert.answered_by && !alert.claimed_by,
};

// The alert that fires about an incident, or about the one that heads its cause.
export function about(incident) {
  const of = [...known.values()].filter((alert) => alert.incident && alert.status === 'firing' && (alert.incident === incident.id || alert.incident === incident.parent));
  return of.sort(order)[0];
}

// Takes alerts from a list or an event. What the first list brings has been there before, and stays silent.
export function take(alerts, fromList) {
  const quiet = fromList && !loaded;
  for (const alert of alerts) {
    const before = known.get(alert.id);
    if (!newer(alert.version, before && before.version)) continue;
    known.set(alert.id, alert);
    const louder = !before || alert.sounds > before.sounds;
    if (quiet || !louder || alert.status !== 'firing') continue;
    alert.fresh = true;
    $('announce').textContent = `${words.LEVELS[alert.level]}: ${alert.title}, ${alert.territory_name}`;
    if (alert.level === 'notice') continue;
    beep(alert.level);
    notify(alert);
  }
  loaded = loaded || fromList;
  soon();
}

function order(one, other) {
  const firing = (alert) => (alert.status === 'firing' ? 1 + words.RANK[alert.level] : 0);
  return firing(other) - firing(one) || other.at - one.at || (one.id < other.id ? -1 : 1);
}

const soon = lazily(show, 50);

export function show() {
  const all = [...known.values()].sort(order);
  for (const alert of all.slice(KEPT)) known.delete(alert.id);
  const kept = all.slice(0, KEPT);
  const which = $('alerts-which').value;
  const shown = kept.filter(WHICH[which]);
  sync($('alerts'), shown, make, update, (alert) => `${alert.version} ${alert.fresh} ${words.ago(alert.at)}`);
  $('alerts-empty').hidden = shown.length > 0;
  $('alerts-empty').textContent = which === 'all' ? 'Тревог нет' : 'Таких тревог нет';
  const firing = kept.filter((alert) => alert.status === 'firing');
  $('alerts-count').textContent = firing.length ? `${firing.length < KEPT ? firing.length : `${KEPT} и больше`} в силе` : '';
  const loud = firing.filter((alert) => alert.level !== 'notice').length;
  document.title = loud ? `(${loud}) Набат` : 'Набат';
}

function make(alert) {
  const id = alert.id;
  return el('li', {}, el('button.alert', { type: 'button', onclick: () => open(known.get(id)) }), el('div.answer.small'));
}

function update(node, alert) {
  node.className = `level-${alert.level}${alert.status === 'firing' ? '' : ' over'}${alert.fresh ? ' fresh' : ''}`;
  fill(
    node.firstElementChild,
    el('span.line.small', {},
      el('b.level', {}, alert.status === 'firing' ? words.LEVELS[alert.level] : 'снято'),
      el('span.muted', {}, words.KINDS[alert.kind] || alert.kind),
      el('time.muted.end', { title: words.full(alert.at) }, `${words.ago(alert.at)} назад`)),
    el('strong', {}, alert.title),
    alert.title.includes(alert.territory_name) ? null : el('span.small', {}, alert.territory_name),
    el('span.small.excerpt', {}, alert.text),
    el('span.small.muted', {}, figures(alert)),
    alert.note ? el('span.small.muted', {}, alert.note) : null,
    alert.complete ? null : el('span.small.warn', {}, 'данные неполны'),
  );
  answers.show(node.lastElementChild, alert);
}

export function figures(alert) {
  const parts = [];
  if (alert.kind === 'spike' || alert.kind === 'topic') parts.push(`${words.number(alert.observed)} при обычных ${words.usual(alert.expected)}`);
  else if (alert.observed) parts.push(words.count(alert.observed, words.POSTS));
  if (alert.authors) parts.push(words.count(alert.authors, words.AUTHORS));
  if (alert.since) parts.push(`с ${words.time(alert.since)}`);
  return parts.join(' · ');
}
