// An incident is closed by hand, with a word why, and opened again.

import { mayClose } from './answers.js';
import { ask, el, fill } from './dom.js';

// `open` shows the incident as it stands then.
export function show(node, region, incident, open) {
  const stands = `${incident.id} ${incident.status}`;
  // Somebody may be writing why: what has grown meanwhile takes no word away.
  node.incident = incident;
  if (node.dataset.for === stands) return;
  node.dataset.for = stands;
  const result = el('span.result', { role: 'status' });
  const decide = async (kind, reason) => {
    for (const button of node.querySelectorAll('button')) button.disabled = true;
    result.className = 'result muted';
    result.textContent = 'Отправляется…';
    try {
      await ask('/api/actions', { kind, region, subject: incident.id, based_on: node.incident.version, reason: reason || '' });
      await open(incident.id);
    } catch (error) {
      result.className = 'result bad';
      result.textContent = `${error.message}. ${error.hint}`;
      for (const button of node.querySelectorAll('button')) button.disabled = false;
    }
  };
  const begin = () => fill(node,
    incident.status === 'closed' ? el('b', {}, 'Инцидент закрыт') : null, ' ',
    incident.status === 'closed'
      ? el('button.quiet', { type: 'button', 'data-kind': 'reopen', title: 'Вернуть в очередь открытых, с прежней тревогой', onclick: () => decide('reopen') }, 'Открыть снова')
      : el('button.quiet', { type: 'button', 'data-kind': 'resolve', title: 'Закрыть инцидент: спросит почему. Открыть снова можно в любой момент', onclick: why }, 'Закрыть инцидент'), ' ', result);
  function why() {
    const reason = el('input', { type: 'text', name: 'reason', maxlength: 300, required: true, placeholder: 'Почему можно закрыть', 'aria-label': 'Почему можно закрыть инцидент' });
    const leave = () => {
      begin();
      node.querySelector('button').focus();
    };
    const form = el('form.reason', {
      onsubmit: (sent) => {
        sent.preventDefault();
        if (reason.value.trim()) decide('resolve', reason.value);
      },
    }, reason, el('button', { type: 'submit' }, 'Закрыть'), el('button.quiet', { type: 'button', onclick: leave }, 'Отмена'));
    form.addEventListener('keydown', (pressed) => {
      if (pressed.key !== 'Escape') return;
      pressed.stopPropagation();
      leave();
    });
    result.textContent = '';
    fill(node, form, ' ', result);
    reason.focus();
  }
  if (!mayClose() || incident.status === 'void') fill(node, incident.status === 'closed' ? el('b', {}, 'Инцидент закрыт') : null);
  else begin();
}
