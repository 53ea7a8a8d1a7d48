// What is watched and how fresh it is; banners for what is not seen.

import { $, el, fill } from './dom.js';
import * as words from './words.js';

const STALE = 15 * 60;
const NAMES = 3;
const PATIENCE = 60_000;

let notice = '';
let banners = [];
let lost = false;
let unwatched = false;
// When figures came last (the page's clock, ms), and why none have come since.
let fresh = 0;
let trouble = '';
let stale = false;

export function setNotice(text) {
  notice = text;
  showBanners();
}

export function setLink(up) {
  lost = !up;
  const link = $('link');
  link.textContent = up ? 'на связи' : 'связи нет';
  link.classList.toggle('bad', lost);
  showBanners();
}

export function setTrouble(text) {
  trouble = text;
}

// A server or a store that hangs cuts no line: what stands on the page must not pass for what is.
// `blind` is told once that nothing has come for long: whoever waits for a sound must not take silence for calm.
export function tick(blind) {
  const now = fresh > 0 && performance.now() - fresh > PATIENCE;
  if (now === stale) return;
  stale = now;
  showBanners();
  if (stale) blind();
}

const since = () => words.time(words.now() - (performance.now() - fresh));

function figure(label, value, state = '', title = null) {
  return el(`div${state}`, { title }, el('dt', {}, label), el('dd', {}, value));
}

export function showStatus(status) {
  const { sources, day } = status;
  fresh = performance.now();
  trouble = '';
  stale = false;
  const blind = sources.watched < sources.total;
  const oldest = sources.oldest;
  fill(
    $('figures'),
    figure('Наблюдаем', `${words.number(sources.watched)} из ${words.number(sources.total)}`, blind ? '.warn' : ''),
    figure(
      'Отставание',
      oldest ? words.duration(oldest.age * 1000) : '—',
      oldest && oldest.age > STALE ? '.warn' : '',
      oldest ? `Давнее всех прочитан источник «${oldest.name}»` : null,
    ),
    figure('В минуту', words.decimal(status.per_minute, 1), '', 'Сообщений в минуту, среднее за 10 минут'),
    figure('Открыто', words.number(status.open)),
    figure('Просрочено', words.number(status.overdue), status.overdue ? '.bad' : ''),
    figure(
      'За сутки',
      `${words.count(day.posts, words.POSTS)} · ${words.count(day.appeals, ['обращение', 'обращения', 'обращений'])} · ` +
        `${words.count(day.incidents, ['инцидент', 'инцидента', 'инцидентов'])}`,
      '.wide',
      `${words.count(day.posts, words.POSTS)}, ${words.count(day.appeals, ['обращение', 'обращения', 'обращений'])}, ` +
        `${words.count(day.incidents, ['инцидент', 'инцидента', 'инцидентов'])}, ${words.count(day.alerts, ['тревога', 'тревоги', 'тревог'])}, отсеяно: реклама — ${words.number(day.adverts)}, ` +
        `размноженное одним автором — ${words.number(day.repetition)}`,
    ),
  );
  banners = status.banners;
  unwatched = sources.total === 0;
  showBanners();
}

function blindSpot(banner) {
  const age = banner.age === null ? '' : ` ${words.duration(banner.age * 1000)}`;
  if (!banner.sources.length) return `${banner.title}${age}. ${banner.hint || 'Показано то, что было до этого'}.`;
  const named = banner.sources.slice(0, NAMES).map((source) => source.name).join(', ');
  const rest = banner.sources.length > NAMES ? ` и ещё ${banner.sources.length - NAMES}` : '';
  if (banner.state === 'undelivered') return `${banner.title}: ${named}${rest}. Предупредите этих людей сами.`;
  return `${banner.title}: ${words.count(banner.sources.length, words.SOURCES)} (${named}${rest}). Картина неполна.`;
}

function details(banner) {
  return banner.sources
    .map((source) => [source.name, source.age === null ? '' : words.duration(source.age * 1000), source.error].filter(Boolean).join(' · '))
    .join('\n');
}

function showBanners() {
  const found = [];
  if (notice) found.push(el('p.banner.notice', {}, notice));
  if (lost) found.push(el('p.banner.bad', { role: 'alert' }, `Связь с сервером потеряна. ${fresh ? `На экране то, что было в ${since()}; соединение` : 'Соединение'} восстановится само.`));
  else if (stale) {
    found.push(el('p.banner.bad', { role: 'alert' }, `${trouble || 'Сервер не отвечает'}: на экране то, что было в ${since()}. Пульт пробует снова сам.`));
  }
  // Silence where nobody listens is no calm.
  if (unwatched) found.push(el('p.banner.warn', {}, 'В профиле региона нет источников: наблюдать нечего. Добавьте их командой nabat sources add и перезапустите Набат.'));
  for (const banner of banners) found.push(el('p.banner.warn', { title: details(banner) }, blindSpot(banner)));
  fill($('banners'), ...found);
}
