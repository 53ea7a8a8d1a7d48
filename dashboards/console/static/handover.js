// The handover of a shift: what the next one has to know, on paper too.

import { state } from './answers.js';
import { $, ask, el, fill } from './dom.js';
import * as words from './words.js';

const NAMES = 20;
let turn = 0;

async function load() {
  const mine = ++turn;
  $('said').className = 'muted';
  $('said').textContent = 'Собирается…';
  try {
    const shift = await ask(`/api/handover?hours=${$('hours').value}`);
    if (mine === turn) show(shift);
  } catch (error) {
    if (mine !== turn) return;
    // What stood there was of another moment or period.
    fill($('shift'));
    $('end').hidden = true;
    $('said').className = 'bad';
    fill($('said'), `${error.message}. ${error.hint} `, error.status === 401 ? el('a', { href: '/' }, 'Войти на пульте') : null);
  }
}

function show(shift) {
  words.setZone(shift.timezone);
  words.setClock(shift.now);
  $('period').textContent = `${shift.region}, с ${words.full(shift.since)} до ${words.full(shift.now)}`;
  document.title = `Передача смены, ${shift.region}, ${words.full(shift.now)}`;
  $('notice').hidden = !shift.notice;
  $('notice').textContent = shift.notice;
  $('said').textContent = '';
  $('end').hidden = false;
  fill($('shift'), ...came(shift), ...alerts(shift), ...open(shift), ...sight(shift), ...people(shift));
}

const total = (name, value, beside) => el('div', {}, el('dt', {}, name), el('dd', {}, words.number(value), beside ? el('small.muted', {}, ` ${beside}`) : null));

function table(heads, rows) {
  return el('table', {}, el('thead', {}, el('tr', {}, heads.map((head) => el(head.startsWith('#') ? 'th.num' : 'th', { scope: 'col' }, head.replace('#', ''))))),
    el('tbody', {}, rows));
}

const cells = (...values) => el('tr', {}, values.filter((value) => value !== null)
  .map((value) => (typeof value === 'number' ? el('td.num', {}, words.number(value)) : el('td', {}, value))));

function came({ came: all, groups, territories }) {
  const replies = Object.entries(all.replies).map(([quality, count]) => `${words.QUALITY[quality] || quality} — ${words.number(count)}`);
  const compared = all.posts_before !== null;
  const before = (count) => (compared ? `до смены ${words.number(count)}` : '');
  const part = (title, rows) => el('div', {}, table([title, '#Обращений', '#Жалоб', '#Срочных', ...(compared ? ['#До смены'] : [])],
    rows.map((row) => cells(row.name, row.appeals, row.complaints, row.urgent, row.before))));
  return [el('h2', {}, 'Что поступило'),
    el('dl.totals', {},
      total('Сообщений', all.posts, before(all.posts_before)),
      total('Обращений', all.appeals, before(all.appeals_before)),
      total('Новых инцидентов', all.opened), total('Закрыто инцидентов', all.closed),
      total('Ответов ведомств', Object.values(all.replies).reduce((one, other) => one + other, 0), replies.length ? `(${replies.join(', ')})` : '')),
    all.appeals + all.appeals_before ? el('div.pair', {}, part('Тематика', groups), part('Территория', territories))
      : el('p.muted', {}, 'Обращений не было.'),
    el('p.small.muted', {}, compared ? '«До смены» — за столько же времени перед ней.' : 'Сравнить не с чем: столько времени назад наблюдения ещё не было.')];
}

function alerts({ alerts: all }) {
  const firing = all.filter((alert) => alert.status === 'firing');
  const open = firing.filter((alert) => !alert.answered_by && !alert.claimed_by);
  return [el('h2', {}, 'Тревоги'),
    all.length ? el('p', {}, `В силе ${words.number(firing.length)}, из них без ответа `, el(open.length ? 'b.bad' : 'b', {}, words.number(open.length)),
      `; за смену снято ${words.number(all.length - firing.length)}.`) : el('p.muted', {}, 'Тревог не было.'),
    all.length ? table(['Началась', 'Тревога', 'Состояние', 'Кто и что сделал'], all.map(alarm)) : null];
}

function alarm(alert) {
  const over = alert.status !== 'firing';
  const now = state(alert);
  return cells(words.time(alert.since || alert.at),
    [el('b', {}, `${words.LEVELS[alert.level]}: `), link(alert.incident ? `incident=${encodeURIComponent(alert.incident)}` : `alert=${encodeURIComponent(alert.id)}`, alert.title),
      alert.authors ? el('small', {}, words.count(alert.authors, words.AUTHORS)) : null],
    over ? `снята ${words.time(alert.at)}` : now || el('b.bad', {}, 'без ответа'),
    alert.answers.length ? alert.answers.map((one) => el('small', {}, `${words.time(one.at)} ${words.person(one.who)}: ${one.text}`)) : '—');
}

const link = (where, text) => el('a', { href: `/#${where}` }, text);

function open(shift) {
  const { open: now, overdue, due, closed, bodies } = shift;
  const list = (rows, count) => [table(['Инцидент', 'Исполнитель', '#Сообщений', 'Срок'], rows.map((row) => incident(row, shift.now))),
    more(rows, count)];
  return [el('h2', {}, 'Что открыто'),
    el('dl.totals', {}, total('Открыто', now.open), total('Опасных', now.dangerous), total('Просрочено', now.overdue)),
    el('h3', {}, 'Просрочено'), overdue.length ? list(overdue, now.overdue) : el('p.muted', {}, 'Просроченных нет.'),
    el('h3', {}, `Срок истекает в следующие ${words.count(shift.hours, ['час', 'часа', 'часов'])}`),
    due.length ? list(due, now.due) : el('p.muted', {}, 'Таких нет.'),
    closed.length ? [el('h3', {}, 'Закрыто за смену'), table(['Инцидент', 'Исполнитель', 'Кто и почему'], closed.map((row) => cells(named(row), row.body_name || 'не назначен',
      `${words.time(row.at)} ${words.person(row.who)}: ${row.reason}`))), more(closed, shift.came.closed)] : null,
    bodies.length ? [el('h3', {}, 'По исполнителям'), table(['Исполнитель', '#Открыто', '#Просрочено', '#Без ответа'],
      bodies.map((row) => cells(row.name || 'не назначен', row.open, row.overdue, row.unanswered)))] : null];
}

const more = (rows, count) => (count > rows.length ? el('p.small.muted', {}, `И ещё ${words.number(count - rows.length)}: все — на пульте.`) : null);

const named = (row) => link(`incident=${encodeURIComponent(row.id)}`, `${row.problem}: ${[row.territory_name, row.where].filter(Boolean).join(', ')}`);

function incident(row, now) {
  const late = now - row.deadline;
  return cells([named(row),
    row.urgency > 1 ? el('small', {}, words.URGENCY[row.urgency]) : null], row.body_name || 'не назначен', row.members,
  late > 0 ? el('b.bad', {}, `просрочен ${words.duration(late)}`) : words.time(row.deadline));
}

function listed(sources) {
  const rest = sources.length - NAMES;
  return sources.slice(0, NAMES).map((source) => source.name).join(', ') + (rest > 0 ? ` и ещё ${words.number(rest)}` : '');
}

function sight({ silent, sources, lost }) {
  const now = sources.banners.map((banner) => el('li', {}, `${banner.title}: ${listed(banner.sources) || words.duration(banner.age * 1000)}`));
  return [el('h2', {}, 'Чего не было видно'),
    el('p', {}, `Сейчас наблюдаем ${words.number(sources.watched)} из ${words.number(sources.total)} источников.`),
    now.length ? el('ul', {}, now) : null,
    silent.length ? table(['С', 'Источник', 'Состояние', 'Кто и что сделал'], silent.map(alarm)) : el('p.muted', {}, 'О молчащих источниках тревог за смену не было.'),
    lost.length ? [el('h3', {}, 'Оповещения, которые не дошли'), el('ul', {}, lost.map((one) => el('li', {}, `${one.destination}: ${words.count(one.messages, words.POSTS)}`)))] : null];
}

function people({ people: all }) {
  return [el('h2', {}, 'Кто работал'),
    all.length ? el('p', {}, all.map((one) => `${words.person(one.name)} — ${words.count(one.actions, ['действие', 'действия', 'действий'])}`).join(', '))
      : el('p.muted', {}, 'Действий на пульте за смену не было.')];
}

$('hours').addEventListener('change', load);
$('again').addEventListener('click', load);
$('print').addEventListener('click', () => window.print());
$('choice').addEventListener('submit', (event) => event.preventDefault());
load();
