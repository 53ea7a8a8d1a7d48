// The card of a spike: its series against the usual band, and what explains it.

import { drawn, el } from './dom.js';
import * as words from './words.js';

const WIDTH = 360;
const HEIGHT = 120;
const BELOW = 14;

// An alert that tells of a series, alone or beside an incident of the same cause.
export const tellsOf = (alert) => alert.subject.includes('|');

function fact(name, ...value) {
  return el('div', {}, el('dt', {}, name), el('dd', {}, ...value));
}

// What the server knows of the alert's spike.
export function parts(alert, spike, openIncident) {
  const cause = spike.incidents.find((incident) => incident.cause);
  return [
    spike.plot ? plot(spike.plot, alert.since) : null,
    el('dl.facts', {},
      fact('Жалоб', words.number(spike.posts), spike.copies ? ` · ${words.count(spike.copies, words.COPIES)}` : ''),
      fact('Обычно', words.usual(spike.plot ? spike.plot.usual * 1000 : alert.expected), ' за то же время'),
      fact('Неделю назад', spike.week_ago === null ? 'нет данных' : `${words.number(spike.week_ago)} в те же часы`),
      fact('На 1000 жителей', spike.per_1000 === null ? 'население не известно' : words.fixed(spike.per_1000)),
      fact('Авторов', words.number(spike.authors)),
      fact('Началось', words.time(alert.since))),
    cause ? [el('h3', {}, 'Вероятная причина'), incident(cause, spike.posts, openIncident)] : null,
    spike.incidents.length > (cause ? 1 : 0) ? [el('h3', {}, 'Инциденты'), spike.incidents.filter((one) => one !== cause).map((one) => incident(one, spike.posts, openIncident))] : null,
    spike.first ? [el('h3', {}, 'Первое сообщение'), post(spike.first)] : null,
    spike.examples.length ? [el('h3', {}, 'Типичные сообщения'), spike.examples.map(post)] : null,
    spike.sources.length ? [el('h3', {}, 'Источники'), el('ul.sources', {}, spike.sources.map((source) => el('li', {}, source.name, ' ', el('span.muted', {}, words.number(source.posts)))))] : null,
  ];
}

function incident(one, posts, openIncident) {
  const where = [one.territory_name, one.where].filter(Boolean).join(', ');
  return el('p.share', {}, el('button.quiet', { type: 'button', onclick: () => openIncident(one.id) }, `${one.problem}: ${where}`),
    el('span.muted.small', { title: 'Столько жалоб всплеска — в этом инциденте' }, `${words.number(one.posts)} из ${words.number(posts)}`));
}

function post(one) {
  return el('article.post', {},
    el('p.small.line', {}, el('span.muted', {}, one.source_name),
      one.url ? el('a', { href: one.url, target: '_blank', rel: 'noopener noreferrer' }, 'Открыть ↗') : null,
      el('time.muted.end', { title: words.full(one.published_at) }, words.time(one.published_at))),
    el('p.text', { dir: 'auto' }, one.text || '(текст не хранится)'));
}

// Bars are what was written, the line is what was expected, the band what is usual; the spike's own bars stand out.
function plot({ step, points }, since) {
  const most = Math.max(4, ...points.map((point) => Math.max(point.posts, point.high)));
  const x = (index) => (index * WIDTH) / points.length;
  const y = (value) => HEIGHT - (value / most) * HEIGHT;
  const line = (name) => points.map((point, index) => `${x(index + 0.5).toFixed(1)},${y(point[name]).toFixed(1)}`);
  const bars = points.map((point, index) => point.posts && drawn('rect', {
    class: `seen${point.at + step > since ? ' spiked' : ''}${point.complete ? '' : ' partly'}`,
    x: x(index).toFixed(1), y: y(point.posts).toFixed(1), width: Math.max(1, WIDTH / points.length - 0.6).toFixed(1),
    height: (HEIGHT - y(point.posts)).toFixed(1),
  }));
  const label = (index, anchor) => drawn('text', { x: x(index).toFixed(1), y: HEIGHT + BELOW - 3, 'text-anchor': anchor }, words.time(points[index].at));
  const began = Math.max(0, points.findIndex((point) => point.at + step > since));
  const svg = drawn('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT + BELOW}`, class: 'plot', role: 'img',
    'aria-label': `Жалобы по времени: больше всего ${words.number(Math.max(...points.map((point) => point.posts)))} за ${words.duration(step)}`,
  },
  drawn('polygon', { class: 'band', points: [...line('high'), ...line('low').reverse()].join(' ') }),
  ...bars,
  drawn('polyline', { class: 'usual', points: line('expected').join(' ') }),
  drawn('line', { class: 'since', x1: x(began).toFixed(1), x2: x(began).toFixed(1), y1: 0, y2: HEIGHT }),
  drawn('text', { class: 'most', x: 2, y: 9 }, words.decimal(most, 1)),
  label(0, 'start'), began > points.length / 5 ? label(began, began > points.length * 0.8 ? 'end' : 'middle') : null);
  const incomplete = points.some((point) => !point.complete);
  return el('figure.spike', {}, svg, el('figcaption.small.muted', {},
    `Столбцы — жалобы за ${words.duration(step)}, линия — сколько ожидалось, полоса — обычный разброс`,
    incomplete ? '; бледные столбцы — не все источники прочитаны' : ''));
}
