// The card: an incident with its posts, or an alert that tells of more than one incident.

import { about, figures } from './alerts.js';
import * as answers from './answers.js';
import * as closing from './closing.js';
import * as decisions from './decisions.js';
import * as deliveries from './deliveries.js';
import { $, ask, bars, el, fill, sync } from './dom.js';
import { deadline } from './queue.js';
import * as spike from './spike.js';
import * as regroup from './regroup.js';
import { newer } from './stream.js';
import * as words from './words.js';

const PATIENCE = 400;

let region = '';
// The incident that is asked for, and the one that stands on the page: the answer lies between them.
let shown = '';
let drawn = '';
let version;
let asking = 0;
let told = null;
let incident = null;
let leads = {};
let home = () => {};

export function setUp(id, onClose) {
  region = id;
  home = onClose;
  close();
}

export const current = () => shown;
export const currentAlert = () => (told ? told.id : '');

export function close() {
  shown = '';
  drawn = '';
  version = undefined;
  told = null;
  incident = null;
  asking += 1;
  fill($('card'), el('div.empty', {}, el('p', {}, 'Выберите инцидент или тревогу'),
    el('p.small', {}, el('kbd', {}, 'j'), ' ', el('kbd', {}, 'k'), ' — по списку, ', el('kbd', {}, 'Enter'), ' — открыть, ', el('kbd', {}, 'Esc'), ' — назад, ', el('kbd', {}, '/'), ' — поиск')));
}

function bar(title) {
  return el('div.bar', {}, el('h2', {}, title), el('button.quiet.end', { type: 'button', 'aria-label': 'Закрыть карточку', onclick: () => home() }, '✕'));
}

// What the card leads to: `narrow` shows the incidents of an alert in the queue, `openIncident` one by its id.
export function showAlert(alert, to) {
  close();
  leads = to;
  fill($('card'), el('div', { id: 'card-head' }), el('div.scroll', {},
    el('div', { id: 'card-alert' }), el('div.answer.small', { id: 'card-answer' }),
    el('div', { id: 'card-spike' },
      alert.examples.length ? [el('h3', {}, 'Примеры'), alert.examples.map((text) => el('p.text.post', { dir: 'auto' }, text))] : null),
    el('div', { id: 'card-deliveries' }), el('div', { id: 'card-history' })));
  renderAlert(alert);
}

// The alert that is open has changed: what it says changes in its place.
export function freshAlert(alert) {
  if (told && alert.id === told.id && newer(alert.version, told.version)) renderAlert(alert);
  else if (incident && $('card-answer') && (alert.incident === incident.id || alert.incident === incident.parent)) answer();
}

function renderAlert(alert) {
  told = alert;
  fill($('card-head'), bar(alert.title));
  fill($('card-alert'),
    el('p', {}, el(`b.level.level-${alert.level}`, {}, alert.status === 'firing' ? words.LEVELS[alert.level] : 'снято'), ' ',
      alert.title.includes(alert.territory_name) ? words.KINDS[alert.kind] || '' : alert.territory_name),
    el('p', {}, alert.text),
    el('p.muted', {}, figures(alert)),
    alert.note ? el('p.muted', {}, alert.note) : null,
    alert.complete || alert.text.includes('Не все источники') ? null : el('p.warn', {}, 'Не все источники были прочитаны: данные неполны'),
    alert.words.length ? [el('h3', {}, 'Частые слова'), el('p', {}, alert.words.join(', '))] : null,
    el('p.line', {},
      alert.incident ? el('button', { type: 'button', onclick: () => leads.openIncident(alert.incident) }, 'Открыть инцидент') : null,
      alert.group ? el('button', { type: 'button', onclick: () => leads.narrow(alert) }, 'Показать инциденты') : null));
  answers.show($('card-answer'), alert);
  explain(alert);
  deliveries.show($('card-deliveries'), { alert: alert.id });
}

// What the server knows of the alert; an answer that came too late for what is shown now is dropped.
async function explain(alert) {
  const turn = ++asking;
  try {
    const found = await ask(`/api/alerts/${encodeURIComponent(alert.id)}`);
    if (turn !== asking) return;
    if (found.spike.posts !== undefined) fill($('card-spike'), ...spike.parts(alert, found.spike, leads.openIncident));
    happened(found.history);
  } catch (error) {
    if (turn === asking) fill($('card-spike'), el('p.bad', { role: 'alert' }, `${error.message}. ${error.hint}`));
  }
}

function happened(history) {
  fill($('card-history'), history.length ? [el('h3', {}, 'История'), el('ol.history', {}, history.map(event))] : null);
}

// Loads and shows an incident; an answer that came too late for what is shown now is dropped. Whatever was open is not any more: events
// about it must not come between. A slow answer is waited for in sight.
export async function showIncident(id) {
  const turn = ++asking;
  told = null;
  shown = id;
  const wait = drawn === id ? 0 : setTimeout(() => {
    if (turn !== asking) return;
    drawn = '';
    fill($('card'), bar('Инцидент'), el('p.muted.pad', { role: 'status' }, 'Загружается…'));
  }, PATIENCE);
  try {
    const card = await ask(`/api/incidents/${encodeURIComponent(id)}`);
    if (turn === asking) render(card, id);
  } catch (error) {
    if (turn !== asking) return;
    if (drawn === id) $('card-trouble').textContent = `${error.message}. ${error.hint}`;
    else fill($('card'), bar('Инцидент'), el('p.bad.pad', { role: 'alert' }, `${error.message}. ${error.hint}`));
  } finally {
    clearTimeout(wait);
  }
}

// Instead of a card: why there is none.
export function trouble(error) {
  close();
  fill($('card'), bar('Тревога'), el('p.bad.pad', { role: 'alert' }, `${error.message}. ${error.hint}`));
}

// What can be done about the alert that the open incident has raised.
function answer() {
  const alert = about(incident);
  if (alert) answers.show($('card-answer'), alert);
  else fill($('card-answer'));
}

export function isBehind(changed) {
  return changed.id === shown && newer(changed.version, version);
}

function fact(name, ...value) {
  return el('div', {}, el('dt', {}, name), el('dd', {}, ...value));
}

function render({ incident: found, posts, replies, history, cause }, id) {
  incident = found;
  if (drawn !== id) {
    drawn = id;
    fill($('card'), el('div', { id: 'card-head' }), el('div.scroll', {},
      el('p.bad', { id: 'card-trouble', role: 'alert' }),
      el('div.answer.small', { id: 'card-answer' }), el('dl.facts', { id: 'card-facts' }), el('div.answer.small', { id: 'card-closing' }), el('div', { id: 'card-cause' }), el('div', { id: 'card-replies' }),
      el('h3', { id: 'card-posts-title' }), el('ul.posts', { id: 'card-posts' }), el('div', { id: 'card-deliveries' }), el('div', { id: 'card-history' })));
  }
  version = incident.version;
  answer();
  $('card-trouble').textContent = '';
  fill($('card-head'), bar(incident.problem),
    el(`p.place.urgency-${incident.urgency}`, {}, el('b.level', {}, words.URGENCY[incident.urgency]), ' ',
      [incident.territory_name, incident.where].filter(Boolean).join(', ')));
  fill($('card-facts'),
    fact('Исполнитель', incident.body_name || 'не назначен'),
    fact('Срок', deadline(incident)),
    fact('Сообщений', words.number(incident.members), incident.duplicates ? ` · ${words.count(incident.duplicates, words.COPIES)}` : ''),
    fact('Авторов', words.number(incident.authors)),
    fact('Первое', words.time(incident.first_seen)),
    fact('Последнее', words.time(incident.last_seen)),
    fact('Два часа', bars(incident.trend, `Сообщения за два часа: ${incident.trend.join(', ')}`)),
    fact('За час', incident.growth ? `+${words.number(incident.growth)}` : '—'));
  closing.show($('card-closing'), region, incident, showIncident);
  regroup.show($('card-cause'), region, incident, cause, showIncident);
  fill($('card-replies'), replies.length ? [el('h3', {}, 'Ответы'), replies.map(reply)] : null);
  $('card-posts-title').textContent = `Сообщения · ${words.number(posts.length)}`;
  sync($('card-posts'), posts, makePost, updatePost);
  happened(history);
  deliveries.show($('card-deliveries'), { incident: id });
}

function reply(answer) {
  return el(`article.post.reply.${answer.quality}`, {},
    el('p.small.line', {}, el('b', {}, words.QUALITY[answer.quality] || answer.quality), el('span.muted', {}, answer.source_name),
      el('time.muted.end', { title: words.full(answer.published_at) }, words.time(answer.published_at))),
    answer.asks ? el('p.small', {}, `Просят уточнить: ${answer.asks}`) : null,
    el('p.text', { dir: 'auto' }, answer.deleted ? '(ответ удалён)' : answer.text || '(текст не хранится)'),
    link(answer.url, 'Открыть ↗'));
}

function event(one) {
  return el('li', {}, el('time.muted', { title: words.full(one.at) }, words.time(one.at)), ' ', one.text);
}

function link(url, text) {
  return url ? el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text) : null;
}

function makePost(post) {
  return el('li.post', {}, el('p.small.line'), el('p.text', { dir: 'auto' }),
    el('div.small.line', {}, el('span'), el('span.action.end'), el('span.result', { role: 'status' })));
}

function updatePost(node, post) {
  const [meta, text, foot] = node.children;
  const [address, action, result] = foot.children;
  node.classList.toggle('over', post.status !== 'active');
  const flags = [post.first ? 'первое' : '', post.duplicate ? 'повтор' : '', post.edited ? 'изменено' : '', words.POST_STATES[post.status]];
  fill(meta, el('span.muted', {}, post.source_name), post.author ? el('span.muted', {}, `автор ${post.author}`) : null,
    post.urgency > 1 ? el(`b.urgency-${post.urgency}`, {}, words.URGENCY[post.urgency]) : null,
    flags.filter(Boolean).map((flag) => el('span.flag', {}, flag)),
    el('time.muted.end', { title: words.full(post.published_at) }, words.time(post.published_at)));
  text.textContent = post.text || '(текст не хранится)';
  fill(address, link(post.url, `${words.NETWORKS[post.network] || 'Источник'} ↗`),
    post.attachments ? el('span.muted', {}, ` · ${words.count(post.attachments, ['вложение', 'вложения', 'вложений'])}`) : null);
  if (node.dataset.version === post.version) return;
  node.dataset.version = post.version;
  decisions.offer(post, region, action, result, () => (shown ? showIncident(shown) : null));
}
