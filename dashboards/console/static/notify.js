// Notifications of the browser about what also sounds, for whoever works in another window. Off until somebody turns them on.

import { lazily } from './dom.js';
import * as words from './words.js';

const KEY = 'nabat.notifications';
const TOGETHER = 300;
const NAMED = 3;

let wanted = false;
let waiting = [];
let open = () => {};

// Browsers notify for pages of this machine or behind HTTPS alone.
const possible = () => 'Notification' in window && window.isSecureContext;
const on = () => wanted && possible() && Notification.permission === 'granted';

export function notifyToggle(button, openAlert) {
  open = openAlert;
  wanted = remembered();
  const show = () => {
    const refused = !possible() || Notification.permission === 'denied';
    button.setAttribute('aria-pressed', String(on()));
    button.textContent = `Уведомления: ${refused ? 'запрещены' : on() ? 'да' : 'нет'}`;
    button.title = !possible() ? 'Браузер показывает уведомления, только если пульт открыт по HTTPS или на этом же компьютере'
      : refused ? 'Разрешите уведомления этой странице в настройках браузера' : 'Показывать новые срочные тревоги поверх других окон';
  };
  button.addEventListener('click', async () => {
    wanted = !on();
    // What the person decides stands in the permission.
    if (wanted && possible()) await Notification.requestPermission();
    remember();
    show();
  });
  show();
}

export function notify(alert) {
  if (!on()) return;
  waiting.push(alert);
  soon();
}

// What is told of the page itself.
export function warn(text) {
  if (on()) new Notification('Набат', { body: text, tag: 'nabat-link', requireInteraction: true, silent: true, lang: 'ru', icon: '/static/icon.svg' });
}

// What comes at once, after a break of the link or in a bad hour, is one notification.
const soon = lazily(() => {
  const alerts = waiting;
  waiting = [];
  const [first] = alerts;
  const one = alerts.length === 1;
  const flash = alerts.some((alert) => alert.level === 'flash');
  const titles = alerts.slice(0, NAMED).map((alert) => alert.title);
  // The sound is the page's own, and chosen apart.
  const note = new Notification(one ? `${words.LEVELS[first.level]}: ${first.title}` : `Новых тревог: ${words.number(alerts.length)}`, {
    body: one ? first.territory_name : titles.join('\n'), tag: one ? first.id : 'nabat', renotify: true, requireInteraction: flash,
    silent: true, lang: 'ru', icon: '/static/icon.svg',
  });
  note.addEventListener('click', () => {
    window.focus();
    note.close();
    if (one) open(first);
  });
}, TOGETHER);

function remember() {
  try {
    localStorage.setItem(KEY, wanted ? 'on' : 'off');
  } catch { /* holds until the page is left */ }
}

function remembered() {
  try {
    return localStorage.getItem(KEY) === 'on';
  } catch {
    return false;
  }
}
