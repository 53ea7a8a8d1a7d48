// What belongs together: the cause that an incident shares with others, and people's decisions about it.

import { ask, el, fill } from './dom.js';
import * as words from './words.js';

// `open` shows another incident, or this one again.
export function show(node, region, incident, cause, open) {
  if (node.dataset.for === `${incident.id} ${incident.version}`) return;
  node.dataset.for = `${incident.id} ${incident.version}`;
  const result = el('p.small', { role: 'status' });
  const decide = async (asked) => {
    result.className = 'small muted';
    result.textContent = 'Отправляется…';
    try {
      await ask('/api/actions', { region, subject: incident.id, based_on: incident.version, ...asked });
      await open(incident.id);
    } catch (error) {
      result.className = 'small bad';
      result.textContent = `${error.message}. ${error.hint}`;
    }
  };
  const tools = el('p.small.line');
  const begin = () => fill(tools,
    cause ? el('button.quiet', { type: 'button', onclick: () => decide({ kind: 'apart' }) }, 'Отделить от общей причины') : null,
    incident.status === 'open' ? el('button.quiet', { type: 'button', onclick: () => choose() }, 'Объединить с…') : null);
  const choose = async () => {
    const found = await ask(`/api/incidents?limit=100&group=${encodeURIComponent(incident.group)}`);
    const others = found.incidents.filter((one) => one.id !== incident.id);
    const list = el('select', { 'aria-label': 'Инцидент, с которым объединить' }, others.map((one) => el('option', { value: one.id },
      [one.problem, one.territory_name, one.where].filter(Boolean).join(', '))));
    const yes = el('button.danger', { type: 'button', onclick: () => decide({ kind: 'join', into: list.value }) }, 'Объединить');
    fill(tools, others.length ? [list, ' ', yes] : 'Других открытых инцидентов этой группы нет', ' ',
      el('button.quiet', { type: 'button', onclick: begin }, 'Отмена'));
    if (others.length) list.focus();
  };
  begin();
  fill(node,
    cause ? [el('h3', {}, 'Общая причина'), el('p', {}, cause.text), el('ul.small', {}, cause.incidents.map((one) => el('li', {},
      one.id === incident.id ? el('b', {}, one.where || 'без адреса')
        : el('button.quiet', { type: 'button', onclick: () => open(one.id) }, one.where || 'без адреса'),
      ` · ${words.count(one.members, ['сообщение', 'сообщения', 'сообщений'])}`)))] : null,
    tools, result);
}
