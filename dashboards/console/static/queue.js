// The queue of incidents: what the list brought, and what events have told since.

import { $, ask, bars, el, fill, lazily, sync } from './dom.js';
import { newer } from './stream.js';
import * as words from './words.js';

const KEPT = 60_000;
const LIMIT = 200;
const STILL = 3_000;

const ALL = { territory: '', group: '', block: '', status: 'open', words: '' };
const TYPING = 250;

const filter = { ...ALL };
const told = new Map();
let territories = [];
let listed = [];
let sought = '';
let total = 0;
let chosen = '';
let open = () => {};
let changed = () => {};
let pointed = -STILL;

export function setUp(region, handlers) {
  open = handlers.open;
  changed = handlers.changed;
  territories = region.territories;
  const branch = (parent, depth) => territories.filter((one) => one.parent === parent)
    .flatMap((one) => [el('option', { value: one.id }, '\u2003'.repeat(depth) + one.name), ...branch(one.id, depth + 1)]);
  $('territory').append(...branch(region.id, 0));
  $('group').append(...region.groups.map((group) => el('option', { value: group.id }, group.name)));
  $('block').append(...region.blocks.map((block) => el('option', { value: block }, block)));
  $('block').hidden = !region.blocks.length;
  for (const name of Object.keys(filter)) $(name).addEventListener('change', () => choose({ [name]: $(name).value }));
  $('words').addEventListener('input', lazily(() => choose({ words: $('words').value }), TYPING));
  $('clear').addEventListener('click', clear);
  offer();
  $('queue').addEventListener('pointermove', () => { pointed = performance.now(); });
  $('queue').addEventListener('pointerleave', () => { pointed = -STILL; soon(); });
}

// Sets parts of the filter and asks anew.
export function choose(parts) {
  if (Object.entries(parts).every(([name, value]) => filter[name] === value)) return;
  Object.assign(filter, parts);
  for (const [name, value] of Object.entries(filter)) if ($(name).value !== value) $(name).value = value;
  $('clear').hidden = !filtered();
  offer();
  show();
  changed();
}

// What is chosen, as a table to take away.
function offer() {
  for (const kind of ['csv', 'xlsx']) $(`export-${kind}`).href = `/api/export/incidents.${kind}?${new URLSearchParams(filter)}`;
}

export const filtered = () => Object.entries(ALL).some(([name, value]) => filter[name] !== value);
export const clear = () => choose(ALL);

export async function load() {
  const { words: wanted } = filter;
  const answer = await ask(`/api/incidents?${new URLSearchParams({ ...filter, limit: LIMIT })}`);
  listed = answer.incidents;
  sought = wanted;
  total = answer.total;
  show();
}

// An incident that an event brought: shown at once, until a list has caught up with it.
export function take(incident) {
  const before = told.get(incident.id);
  if (before && !newer(incident.version, before.incident.version)) return;
  told.set(incident.id, { incident, at: performance.now() });
  soon();
}

export function mark(id) {
  chosen = id;
  show();
}

function inside(territory) {
  for (let at = territory; at; at = (territories.find((one) => one.id === at) || {}).parent) {
    if (at === filter.territory) return true;
  }
  return false;
}

// As the server searches: every part of the search somewhere in the address or in what the incident is about.
function tells(incident) {
  const text = plain([incident.where, incident.territory_name, incident.problem, incident.group_name, incident.body_name].join(' '));
  return plain(filter.words).split(/[\s,]+/).every((word) => text.includes(word));
}

const plain = (text) => text.toLowerCase().replaceAll('ё', 'е');

function matches(incident, fromServer = false) {
  return ((fromServer && sought === filter.words) || tells(incident)) && (filter.status === 'all' || incident.status === filter.status)
    && (!filter.group || incident.group === filter.group) && (!filter.block || incident.block === filter.block) && (!filter.territory || inside(incident.territory));
}

function current() {
  // Until the answer to another filter is there, what is known already is filtered here.
  const found = new Map(listed.filter((incident) => matches(incident, true)).map((incident) => [incident.id, incident]));
  for (const [id, { incident, at }] of told) {
    const row = found.get(id);
    if ((row && !newer(incident.version, row.version)) || performance.now() - at > KEPT) told.delete(id);
    else if (!matches(incident, Boolean(row))) found.delete(id);
    else found.set(id, { growth: 0, trend: Array(12).fill(0), ...row, ...incident });
  }
  return [...found.values()].sort((one, other) => other.urgency - one.urgency || other.growth - one.growth
    || other.last_seen - one.last_seen || (one.id < other.id ? -1 : 1));
}

const soon = lazily(show, 100);

// Rows do not move from under a pointer that is about to click: until it rests, the old order stays and new rows wait.
function still(rows) {
  if (performance.now() - pointed > STILL) return rows.slice(0, LIMIT);
  setTimeout(soon, STILL);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const places = [...$('queue').children].map((node) => byId.get(node.dataset.key)).filter(Boolean);
  return places.length ? places : rows.slice(0, LIMIT);
}

function stamp(incident) {
  return [incident.version, incident.growth, incident.trend, incident.id === chosen, words.ago(incident.opened_at),
    words.ago(incident.deadline), words.duration(incident.deadline - words.now())].join(' ');
}

export function show() {
  const rows = still(current());
  sync($('queue'), rows, make, update, stamp);
  $('queue-empty').hidden = rows.length > 0;
  $('queue-empty').textContent = filtered() ? 'По этому отбору ничего нет' : 'Открытых инцидентов нет';
  $('queue-more').textContent = total > rows.length ? `Показано ${words.number(rows.length)} из ${words.number(total)}: сузьте отбор` : '';
}

function make(incident) {
  const id = incident.id;
  return el('li', {}, el('button.row', { type: 'button', onclick: () => open(id) }));
}

function update(node, incident) {
  node.className = `urgency-${incident.urgency}${incident.status === 'open' ? '' : ' over'}`;
  const button = node.firstElementChild;
  button.setAttribute('aria-pressed', String(incident.id === chosen));
  fill(
    button,
    el('span.stripe', { title: `Срочность: ${words.URGENCY[incident.urgency]}` }, el('span.unseen', {}, words.URGENCY[incident.urgency])),
    el('span.what', {},
      el('span.one', {}, el('strong', {}, incident.where || incident.territory_name), ' ', el('span', {}, incident.problem)),
      el('span.one.small.muted', {}, [incident.where ? incident.territory_name : '', incident.body_name || 'исполнитель не назначен']
        .filter(Boolean).join(' · '))),
    bars(incident.trend, `Сообщения за два часа: ${incident.trend.join(', ')}`),
    el('span.num', {}, incident.growth ? el('b.growth', {}, `+${words.number(incident.growth)}`) : el('span.muted', {}, '—')),
    el('span.num', {}, words.number(incident.members), el('small.muted', {}, words.count(incident.authors, words.AUTHORS))),
    el('span.num', { title: words.full(incident.opened_at) }, words.ago(incident.opened_at)),
    deadline(incident),
  );
}

export function deadline(incident) {
  if (!incident.deadline || incident.status !== 'open') return el('span.num.muted', {}, words.STATES[incident.status]);
  const left = incident.deadline - words.now();
  const title = `до ${words.full(incident.deadline)}`;
  if (left < 0) return el('span.num.bad', { title }, el('small', {}, 'просрочен'), words.duration(-left));
  return el(left < 3_600_000 ? 'span.num.warn' : 'span.num', { title }, words.duration(left));
}
