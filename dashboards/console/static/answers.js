// What people do about an alert: take it, acknowledge it, put it off, close it. Everybody sees at once who has it.

import { ask, el, fill } from './dom.js';
import * as words from './words.js';

const SNOOZE = 60;
const READ = 10_000;
const MEANS = {
  claim: 'Беру в работу: это увидят все', release: 'Больше не в работе у меня', acknowledge: 'Видел: заместителя не звать',
  snooze: 'Отложить на час, потом напомнить', task: 'Отправить задание исполнителю', accept: 'Исполнитель подтвердил, что взял задание',
  close: 'Закрыть тревогу: спросит почему',
};
let region = '';
let me = '';
let closes = false;

export function setUp(id, who) {
  region = id;
  me = who.name;
  closes = who.role !== 'curator';
}

export const mayClose = () => closes;

export function state(alert) {
  const [claimed, answered, tasked, taken] = [alert.claimed_by, alert.answered_by, alert.tasked_by, alert.taken_by].map(words.person);
  const task = taken ? `задание принял ${taken}` : alert.tasked_at ? `задание отправил ${tasked}` : '';
  if (alert.snoozed_until) return `отложил ${answered} до ${words.time(alert.snoozed_until)}`;
  const whose = claimed ? `в работе: ${claimed}` : answered ? `принял ${answered}` : '';
  return [whose, task].filter(Boolean).join(' · ');
}

// Fills a line with the state and the buttons that make sense for it.
export function show(line, alert) {
  const asking = line.querySelector('form.reason');
  if (asking && alert.status === 'firing' && asking.alert.id === alert.id) {
    // Somebody is writing why it can be closed: what has grown meanwhile takes no word away.
    asking.alert = alert;
    return;
  }
  // What came of a click stays to be read, though the alert changes under it: whoever was second is told who was first.
  const before = line.querySelector('span.result');
  const said = before && before.until > performance.now() ? before : el('span.result', { role: 'status' });
  const button = (text, kind, minutes) => el('button.quiet', {
    type: 'button', 'data-kind': kind, title: MEANS[kind] + (kind === 'task' ? `: ${alert.body_name}` : ''),
    onclick: (event) => act(event, alert, kind, minutes, said),
  }, text);
  const buttons = [];
  const accept = alert.status === 'firing' && alert.tasked_at && !alert.taken_by ? button('Исполнитель принял', 'accept') : null;
  if (alert.status === 'firing') {
    if (!alert.claimed_by) buttons.push(button('Беру', 'claim'));
    else if (alert.claimed_by === me) buttons.push(button('Отдать', 'release'));
    if (!alert.answered_by) buttons.push(button('Принято', 'acknowledge'), button('На час', 'snooze', SNOOZE));
    if (alert.body && alert.incident && !alert.tasked_at) buttons.push(button('Задание', 'task'));
    if (closes) buttons.push(el('button.quiet', { type: 'button', 'data-kind': 'close', title: MEANS.close, onclick: (event) => why(event, alert, said) }, 'Закрыть'));
  }
  fill(line, el('div.state', {}, el('b', {}, state(alert)), accept, said), ...buttons);
}

// Nothing is closed without a word why: it stays in the history.
function why(event, alert, said) {
  const line = event.currentTarget.closest('.answer');
  const reason = el('input', { type: 'text', name: 'reason', maxlength: 300, required: true, placeholder: 'Почему можно закрыть', 'aria-label': 'Почему можно закрыть' });
  const form = el('form.reason', {
    onsubmit: (sent) => {
      sent.preventDefault();
      if (reason.value.trim()) act({ currentTarget: form }, form.alert, 'close', 0, said, reason.value);
    },
  }, reason, el('button', { type: 'submit' }, 'Закрыть тревогу'), el('button.quiet', { type: 'button', onclick: () => leave(line, form) }, 'Отмена'));
  form.addEventListener('keydown', (pressed) => {
    if (pressed.key === 'Escape') leave(line, form);
  });
  form.alert = alert;
  fill(line, form, said);
  reason.focus();
}

function leave(line, form) {
  form.remove();
  show(line, form.alert);
  line.querySelector('[data-kind=close]')?.focus();
}

async function act(event, alert, kind, minutes, said, reason) {
  for (const other of event.currentTarget.closest('.answer').querySelectorAll('button')) other.disabled = true;
  said.until = Infinity;
  said.className = 'result muted';
  said.textContent = '…';
  try {
    await ask('/api/actions', { kind, region, subject: alert.id, based_on: alert.version, minutes: minutes || 0, reason: reason || '' });
    said.textContent = 'Принято';
  } catch (error) {
    said.className = 'result bad';
    said.textContent = error.message;
    for (const other of said.closest('.answer')?.querySelectorAll('button') || []) other.disabled = false;
  }
  said.until = performance.now() + READ;
}
