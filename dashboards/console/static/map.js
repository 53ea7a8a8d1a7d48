// The heat map: complaints per 1,000 residents, territory by group.

import { $, ask, el, fill } from './dom.js';
import * as words from './words.js';

const PERIODS = [[1, '1 час'], [6, '6 часов'], [24, 'сутки'], [168, '7 дней']];
const SHADES = 5;

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
  const most = Math.max(0, ...found.rows.flatMap((row) => row.cells.map((cell) => cell.per_1000 || 0)));
  const periods = el('div.tabs', { role: 'group', 'aria-label': 'Период' }, PERIODS.map(([value, name]) =>
    el('button', { type: 'button', 'aria-pressed': String(value === hours), onclick: () => go(value, inside) }, name)));
  const place = inside ? el('button.quiet', { type: 'button', onclick: () => go(hours, '') }, '← Вся территория') : null;
  const head = el('tr', {}, el('th', { scope: 'col' }, 'Территория'), el('th.num', { scope: 'col' }, 'Всего'),
    found.groups.map((group) => el('th.tall', { scope: 'col' }, el('span', {}, group.name))));
  fill($('map-panel'),
    el('div.line.pad', {}, periods, place, el('span.muted.small.end', {}, 'жалоб на 1000 жителей')),
    el('div.scroll.wide', {},
      found.groups.length
        ? el('table.heat', {}, el('thead', {}, head), el('tbody', {}, found.rows.map((row) => line(row, found.groups, most))))
        : el('p.empty', {}, 'За этот период жалоб нет'),
      el('p.small.muted.pad', {}, note(found))));
}

function note(found) {
  const parts = ['Цвет — доля от наибольшего значения на карте; повторы одного текста не считаются.'];
  if (found.unknown) {
    const forms = ['территории население неизвестно', 'территорий население неизвестно', 'территорий население неизвестно'];
    parts.push(`У ${words.count(found.unknown, forms)}: вместо доли показано число жалоб, цвета нет.`);
  }
  return parts.join(' ');
}

function go(period, territory) {
  hours = period;
  inside = territory;
  changed();
}

function line(row, groups, most) {
  const name = row.itself ? `${row.name}: место не уточнено` : row.name;
  const people = row.itself ? '' : row.population === null ? 'население неизвестно' : `${words.number(row.population)} жителей`;
  const title = el('th', { scope: 'row', title: people },
    row.inner ? el('button.quiet', { type: 'button', onclick: () => go(hours, row.territory) }, name) : name,
    row.population === null && !row.itself ? el('span.flag', {}, 'население неизвестно') : null);
  return el('tr', {}, title, el('td.num', {}, words.number(row.total)), row.cells.map((cell, index) => square(row, groups[index], cell, most)));
}

function square(row, group, cell, most) {
  if (!cell.posts) return el('td', {}, el('span.muted', {}, '·'));
  const known = cell.per_1000 !== null;
  const shade = known && most ? Math.ceil((cell.per_1000 / most) * SHADES) : 0;
  const copies = cell.duplicates ? `, ещё ${words.count(cell.duplicates, words.COPIES)}` : '';
  const rate = known ? `; ${words.decimal(cell.per_1000, 3)} на 1000 жителей` : '';
  return el('td', {}, el(`button.cell.${known ? `heat-${shade}` : 'unknown'}`, {
    type: 'button',
    title: `${row.name}, ${group.name}: ${words.count(cell.posts, ['жалоба', 'жалобы', 'жалоб'])}${copies}${rate}`,
    onclick: () => pick(row.territory, group.id),
  }, known ? cell.per_1000 < 0.01 ? '<0,01' : words.fixed(cell.per_1000) : words.number(cell.posts)));
}
