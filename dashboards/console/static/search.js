// Search in the texts of posts: what was found leads to its incident, or to where it was written.

import { $, ask, el, fill } from './dom.js';
import * as words from './words.js';

const HOUR = 3_600_000;

let open = () => {};
let turn = 0;

export function setUp(openIncident) {
  open = openIncident;
  for (const [mine, other] of [['search-territory', 'territory'], ['search-group', 'group']]) {
    $(mine).append(...[...$(other).options].map((one) => one.cloneNode(true)));
  }
  $('search-form').addEventListener('submit', (event) => {
    event.preventDefault();
    find();
  });
  // Whoever narrows what stands there sees it at once.
  for (const name of ['hours', 'territory', 'group']) $(`search-${name}`).addEventListener('change', () => { if ($('search-words').value.trim()) find(); });
}

async function find() {
  const mine = ++turn;
  const asked = Object.fromEntries(['words', 'hours', 'territory', 'group'].map((name) => [name, $(`search-${name}`).value]));
  say('Поиск…');
  try {
    const found = await ask(`/api/search?${new URLSearchParams(asked)}`);
    if (mine !== turn) return;
    fill($('found'), ...found.posts.map(line));
    $('found').scrollTop = 0;
    say(told(found, Number(asked.hours) * HOUR));
  } catch (error) {
    if (mine !== turn) return;
    fill($('found'));
    say(`${error.message}. ${error.hint}`, true);
  }
}

function say(text, bad = false) {
  $('search-said').textContent = text;
  $('search-said').classList.toggle('bad', bad);
}

function told({ posts, more, now, since }, asked) {
  // No answer about a time is not the answer that there was nothing.
  if (!more && since > now - asked) {
    return `${posts.length ? `Найдено: ${words.count(posts.length, words.POSTS)}` : 'Ничего не найдено'} с ${words.time(since)}; раньше искать слишком долго: `
      + 'сократите срок, добавьте слово или отбор.';
  }
  if (!posts.length) return 'Ничего не найдено. Уберите слово, увеличьте срок или снимите отбор по месту и теме.';
  return more ? `Показаны последние ${words.count(posts.length, words.POSTS)}, есть и более ранние: сузьте поиск.`
    : `Найдено: ${words.count(posts.length, words.POSTS)}`;
}

// A post that belongs to an incident opens its card; any other one the place where it was written, if that is known.
function line(post) {
  const about = [post.territory_name, post.problem].filter(Boolean).join(' · ');
  const text = el('span.found', {},
    el('span.line.small', {},
      post.urgency > 1 ? el(`b.urgency-${post.urgency}`, {}, words.URGENCY[post.urgency]) : null,
      el('span.muted', {}, [post.source_name, about].filter(Boolean).join(' · ')),
      post.incident ? el('span.flag', {}, 'инцидент') : null,
      el('time.muted.end', { title: words.full(post.published_at) }, words.time(post.published_at))),
    el('span', { dir: 'auto' }, post.parts.map((part, index) => (index % 2 ? el('mark', {}, part) : part))));
  const outside = { href: post.url, target: '_blank', rel: 'noopener noreferrer' };
  const network = `${words.NETWORKS[post.network] || 'Источник'} ↗`;
  const item = el(`li.urgency-${post.urgency}`, {});
  if (post.incident) {
    return fill(item, el('button', { type: 'button', title: 'Открыть инцидент', onclick: () => open(post.incident) }, text),
      post.url ? el('a.small.source', outside, network) : null);
  }
  return fill(item, post.url ? el('a.whole', { ...outside, title: 'Открыть сообщение там, где оно написано' }, text, el('span.small.source', {}, network))
    : el('div.whole', {}, text));
}
