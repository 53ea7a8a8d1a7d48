// The heat map: complaints per 1,000 residents, territory by group.

import { $, ask, el, fill } from './dom.js';
import * as words from './words.js';

const PERIODS = [[1, '1 час'], [6, '6 часов'], [24, 'сутки'], [168, '7 дней']];
// A rise over the year before that is marked: twice as many, and more than chance brings.
const WORSE = 2;
const MORE = 3;

let hours = 24;
let inside = '';
let pick = () => {};
let changed = () => {};

// `picked` is told a territory and a group, `asked` that another part of the map is wanted.
export function setUp(picked, asked) {
  pick = picked;
  changed = asked;
}

export async function load() {
  const wanted = new URLSearchParams({ hours, inside }).toString();
  const found = await ask(`/api/map?${wanted}`);
  // Somebody has gone elsewhere meanwhile: that answer comes next.
  if (wanted !== new URLSearchParams({ hours, inside }).toString()) return;
  const periods = el('div.tabs', { role: 'group', 'aria-label': 'Период' }, PERIODS.map(([value, name]) =>
    el('button', { type: 'button', 'aria-pressed': String(value === hours), onclick: () => go(value, inside) }, name)));
  const place = inside ? el('button.quiet', { type: 'button', onclick: () => go(hours, '') }, '← Вся территория') : null;
  const head = el('tr', {}, el('th', { scope: 'col' }, 'Территория'), el('th.num', { scope: 'col' }, 'Всего'),
    found.before ? el('th.num', { scope: 'col', title: `С ${words.full(found.before.since)}, за столько же времени` }, 'Год назад') : null,
    found.groups.map((group) => el('th.tall', { scope: 'col' }, el('span', {}, group.name))));
  fill($('map-panel'),
    el('div.line.pad', {}, periods, place, el('span.muted.small.end', {}, 'жалоб на 1000 жителей')),
    el('div.scroll.wide', {},
      found.groups.length
        ? el('table.heat', {}, el('thead', {}, head), el('tbody', {}, found.rows.map((row) => line(row, found))))
        : el('p.empty', {}, 'За этот период жалоб нет'),
      el('p.small.muted.pad', {}, note(found))));
}

function note(found) {
  const { yellow, red } = found.zones;
  const parts = [`Жёлтый — от ${rate(yellow)}, красный — от ${rate(red)} жалоб на 1000 жителей за этот срок (пороги региона, от трёх жалоб); `
    + 'повторы одного текста не считаются, ≈0 — меньше 0,01.'];
  if (!found.before) parts.push('Сравнить с прошлым годом нельзя: тогда наблюдения ещё не было.');
  else {
    parts.push('▲ — вдвое больше, чем в те же дни прошлого года.');
    if (!found.before.complete) parts.push('Год назад прочитаны были не все источники: те числа могут быть занижены.');
  }
  if (found.unknown) {
    const forms = ['территории население неизвестно', 'территорий население неизвестно', 'территорий население неизвестно'];
    parts.push(`У ${words.count(found.unknown, forms)}: вместо доли показано число жалоб, цвета нет.`);
  }
  return parts.join(' ');
}

const rate = (value) => words.decimal(value, value < 0.1 ? 3 : 2);

function go(period, territory) {
  hours = period;
  inside = territory;
  changed();
}

function line(row, { groups, before }) {
  const name = row.itself ? `${row.name}: место не уточнено` : row.name;
  const people = row.itself ? '' : row.population === null ? 'население неизвестно' : `${words.number(row.population)} жителей`;
  const title = el('th', { scope: 'row', title: people },
    row.inner ? el('button.quiet', { type: 'button', onclick: () => go(hours, row.territory) }, name) : name,
    row.population === null && !row.itself ? el('span.flag', {}, 'население неизвестно') : null);
  return el('tr', {}, title, el('td.num', {}, words.number(row.total)),
    before ? el('td.num.muted', {}, words.number(row.before)) : null, row.cells.map((cell, index) => square(row, groups[index], cell)));
}

function square(row, group, cell) {
  if (!cell.posts) return el('td', {}, el('span.muted', {}, '·'));
  const known = cell.per_1000 !== null;
  const worse = cell.before !== null && cell.posts >= WORSE * cell.before && cell.posts - cell.before >= MORE;
  const past = cell.before === null ? '' : `; год назад ${words.number(cell.before)}`;
  const copies = cell.duplicates ? `, ещё ${words.count(cell.duplicates, words.COPIES)}` : '';
  const share = known ? `; ${words.decimal(cell.per_1000, 3)} на 1000 жителей` : '';
  return el('td', {}, el(`button.cell.${known ? cell.zone : 'unknown'}`, {
    type: 'button',
    title: `${row.name}, ${group.name}: ${words.count(cell.posts, ['жалоба', 'жалобы', 'жалоб'])}${copies}${share}${past}`,
    onclick: () => pick(row.territory, group.id),
  }, known ? cell.per_1000 < 0.01 ? '≈0' : words.fixed(cell.per_1000) : words.number(cell.posts), worse ? el('span.worse', {}, ' ▲') : null));
}
