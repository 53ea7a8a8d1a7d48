// What people decide about a post of a card: that it is no appeal, that it is another incident's.

import { ask, el, fill } from './dom.js';

const DECISIONS = [
  { kind: 'not_appeal', name: 'Это не обращение', sure: 'Да, не обращение', done: 'Принято: больше не считается обращением' },
  { kind: 'split', name: 'Отделить', sure: 'Да, это другой инцидент', done: 'Принято: у сообщения свой инцидент' },
];

// Each decision in two steps; whoever acts sees what became of it in the same place. `done` shows the card as it is then.
export function offer(post, region, action, result, done) {
  if (post.status !== 'active') {
    fill(action);
    return;
  }
  fill(action, DECISIONS.flatMap((decision) => {
    const start = el('button.quiet', { type: 'button' }, decision.name);
    start.addEventListener('click', () => {
      const yes = el('button.danger', { type: 'button' }, decision.sure);
      const no = el('button.quiet', { type: 'button', onclick: () => { offer(post, region, action, result, done); action.firstElementChild.focus(); } }, 'Отмена');
      yes.addEventListener('click', () => act(post, region, decision, action, result, done));
      fill(action, yes, ' ', no);
      result.textContent = '';
      yes.focus();
    });
    return [start, ' '];
  }));
}

async function act(post, region, decision, action, result, done) {
  fill(action);
  result.className = 'result muted';
  result.textContent = 'Отправляется…';
  try {
    await ask('/api/actions', { kind: decision.kind, region, subject: post.id, based_on: post.version });
    result.className = 'result good';
    result.textContent = decision.done;
  } catch (error) {
    result.className = 'result bad';
    result.textContent = `${error.message}. ${error.hint}`;
    offer(post, region, action, result, done);
  }
  await done();
}
