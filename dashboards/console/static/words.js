// Russian words for numbers, times and states.

const rules = new Intl.PluralRules('ru');
const whole = new Intl.NumberFormat('ru', { maximumFractionDigits: 0 });
const FORMS = { one: 0, few: 1, many: 2, other: 1 };

export const number = (value) => whole.format(value);

export function decimal(value, digits) {
  return new Intl.NumberFormat('ru', { maximumFractionDigits: digits }).format(value);
}

const hundredths = new Intl.NumberFormat('ru', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const fixed = (value) => hundredths.format(value);

// A count in thousandths, as people read it.
export function usual(thousandths) {
  return thousandths < 100 ? 'менее 0,1' : decimal(thousandths / 1000, 1);
}

// forms: «сообщение», «сообщения», «сообщений»
export function plural(value, forms) {
  return forms[FORMS[rules.select(value)]];
}

export function count(value, forms) {
  return `${number(value)} ${plural(value, forms)}`;
}

export const POSTS = ['сообщение', 'сообщения', 'сообщений'];
export const AUTHORS = ['автор', 'автора', 'авторов'];
export const SOURCES = ['источник', 'источника', 'источников'];
export const COPIES = ['повтор', 'повтора', 'повторов'];

// The clock is the server's: its time at an answer, and what has passed since.
let base = { server: Date.now(), local: performance.now() };
let zone;
let formats = {};

export function setClock(now) {
  base = { server: now, local: performance.now() };
}

export function now() {
  return base.server + (performance.now() - base.local);
}

export function setZone(name) {
  if (name === zone) return;
  zone = name;
  const make = (options) => new Intl.DateTimeFormat('ru', { timeZone: name, ...options });
  formats = {
    clock: make({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    time: make({ hour: '2-digit', minute: '2-digit' }),
    day: make({ day: 'numeric', month: 'short' }),
    full: make({ dateStyle: 'long', timeStyle: 'medium' }),
  };
}
setZone(undefined);
setZone('UTC');

export const clock = () => formats.clock.format(now());
export const seconds = (at) => formats.clock.format(at);
export const full = (at) => formats.full.format(at);

// «03:04», on another day «19 янв., 03:04»
export function time(at) {
  const day = formats.day.format(at);
  const hour = formats.time.format(at);
  return day === formats.day.format(now()) ? hour : `${day}, ${hour}`;
}

// «40 с», «12 мин», «3 ч 05 мин», «2 д 4 ч»
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} с`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} мин`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 && hours < 10 ? `${hours} ч ${String(minutes % 60).padStart(2, '0')} мин` : `${hours} ч`;
  const days = Math.floor(hours / 24);
  return hours % 24 ? `${days} д ${hours % 24} ч` : `${days} д`;
}

export const ago = (at) => duration(now() - at);

// Whoever works without accounts goes by the name of the role.
export const person = (name) => (name === 'operator' ? 'оператор' : name);

export const LEVELS = { notice: 'внимание', urgent: 'срочно', flash: 'опасность' };
export const RANK = { notice: 0, urgent: 1, flash: 2 };
export const KINDS = { spike: 'всплеск', urgent: 'инцидент', overdue: 'просрочка', silent: 'тишина', topic: 'новая тема' };
export const URGENCY = ['обычная', 'повышенная', 'срочная', 'опасность'];
export const NETWORKS = { vk: 'ВКонтакте', tg: 'Telegram', ok: 'Одноклассники', max: 'MAX', rss: 'Лента', appeal: 'Обращение' };
export const MESSAGES = { escalation: 'нет ответа', task: 'исполнителю', test: 'проверка' };
export const CHANNELS = { telegram: 'Telegram', max: 'MAX', email: 'почта', sms: 'SMS', webhook: 'система' };
export const DELIVERY = {
  queued: 'ждёт отправки', sent: 'доставлено', refused: 'не принято адресатом', expired: 'не доставлено за сутки', merged: 'вошло в сводку',
};
export const ATTEMPTS = { sending: 'отправляется', sent: 'доставлено', failed: 'не дошло', refused: 'отказ', unknown: 'исход неизвестен: сбой пульта' };
export const REASONS = { unreachable: 'нет связи', server: 'сбой у адресата', limited: 'слишком часто', forbidden: 'нет доступа', refused: 'отказ' };
export const QUALITY = { substantive: 'по существу', interim: 'промежуточный', formal: 'отписка', redirect: 'переадресация' };
export const POST_KINDS = { complaint: 'жалоба', question: 'вопрос', suggestion: 'предложение', thanks: 'благодарность' };
export const POST_STATES = { withdrawn: 'изменено автором: больше не обращение', deleted: 'удалено в источнике', rejected: 'не обращение' };
export const STATES = { open: 'открыт', closed: 'закрыт', void: 'нет обращений' };
