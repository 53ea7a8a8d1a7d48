// The page: starts its parts, keeps them fresh, and turns keys into moves.

import * as alerts from './alerts.js';
import * as answers from './answers.js';
import * as destinations from './destinations.js';
import * as card from './card.js';
import { $, ask } from './dom.js';
import * as header from './header.js';
import * as map from './map.js';
import { notifyToggle, warn } from './notify.js';
import * as queue from './queue.js';
import * as search from './search.js';
import { signedIn } from './signin.js';
import { beep, soundToggle } from './sound.js';
import { tellsOf } from './spike.js';
import { stream } from './stream.js';
import * as words from './words.js';

const STATUS_EVERY = 10_000;
const LISTS_EVERY = 30_000;
const MAP_EVERY = 60_000;
const SETTLE = 1_000;
const LONGEST = 20_000;
const TABS = ['queue', 'map', 'search'];

// One run at a time, the last request never lost, and rests between: a burst of events asks the server once, a slow one seldom.
// What a person asks for (`now`) waits for no rest.
function calm(work) {
  let busy = false;
  let again = false;
  let hurried = false;
  let wake = () => {};
  return async function run(now = false) {
    again = true;
    hurried = hurried || now;
    if (now) wake();
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      hurried = false;
      const began = performance.now();
      try {
        await work();
      } catch (error) {
        if (error.status === undefined) {
          busy = false;
          throw error;
        }
        // The link's state tells about it; the next round asks again.
      }
      const rest = Math.min(LONGEST, Math.max(SETTLE, 4 * (performance.now() - began)));
      if (!hurried) await new Promise((resolve) => { wake = resolve; setTimeout(resolve, rest); });
    }
    busy = false;
  };
}

const freshQueue = calm(queue.load);
const freshMap = calm(async () => { if (!$('map-panel').hidden) await map.load(); });
const freshAlerts = calm(async () => takeAlerts((await ask('/api/alerts?limit=200')).alerts, true));
const freshCard = calm(async () => { if (card.current()) await card.showIncident(card.current()); });
const freshStatus = calm(async () => {
  let status;
  try {
    status = await ask('/api/status');
  } catch (error) {
    header.setTrouble(error.message);
    throw error;
  }
  words.setClock(status.now);
  words.setZone(status.timezone);
  header.showStatus(status);
  alerts.show();
  queue.show();
});

// The link is there (again): nobody looks at what was true before it was lost for longer than it takes.
function freshAll() {
  for (const fresh of [freshStatus, freshAlerts, freshQueue, freshCard, freshMap]) fresh(true);
}

function openIncident(id) {
  queue.mark(id);
  card.showIncident(id);
}

// A list brings an alert's figures too, and events only the newest: an open card goes with them.
function takeAlerts(found, fromList) {
  alerts.take(found, fromList);
  for (const alert of found) card.freshAlert(alert);
}

function narrowTo(territory, group) {
  showTab('queue');
  queue.choose({ territory: territory === region.id ? '' : territory, group, block: '', status: 'open', words: '' });
}

function openAlert(alert) {
  if (alert.incident && !tellsOf(alert)) openIncident(alert.incident);
  else {
    queue.mark('');
    card.showAlert(alert, { narrow: (one) => narrowTo(one.territory, one.group), openIncident });
  }
}

function closeCard() {
  const [list, id] = card.currentAlert() ? ['alerts', card.currentAlert()] : ['queue', card.current()];
  card.close();
  queue.mark('');
  const row = [...$(list).children].find((node) => node.dataset.key === id);
  if (row) row.firstElementChild.focus();
}

function showTab(name) {
  for (const tab of TABS) {
    $(`tab-${tab}`).setAttribute('aria-selected', String(tab === name));
    $(`${tab}-panel`).hidden = tab !== name;
  }
  $('filters').hidden = name !== 'queue';
  if (name === 'search') $('search-words').focus();
  freshMap(true);
}

const searching = () => !$('search-panel').hidden;

function move(step) {
  const list = $('alerts').contains(document.activeElement) ? $('alerts') : searching() ? $('found') : $('queue');
  const buttons = [...list.querySelectorAll(':scope > li > button, :scope > li > a.whole')];
  const at = buttons.indexOf(document.activeElement);
  const next = buttons[at < 0 ? (step > 0 ? 0 : buttons.length - 1) : Math.min(buttons.length - 1, Math.max(0, at + step))];
  if (next) next.focus();
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('select, input, textarea')) return;
  // By place on the keyboard: the layout is Russian as often as not.
  if (event.code === 'KeyJ') move(1);
  else if (event.code === 'KeyK') move(-1);
  else if (event.key === '/' || event.code === 'Slash') {
    if (!searching()) showTab('queue');
    $(searching() ? 'search-words' : 'words').focus();
  } else if (event.key === 'Escape' && $('card').querySelector('.bar')) closeCard();
  else if (event.key === 'Escape' && queue.filtered()) queue.clear();
  else return;
  event.preventDefault();
});

function blind() {
  beep('urgent');
  warn('Данные не обновляются: новых тревог на пульте не видно');
}

// Messages and the handover of a shift lead here: what they tell of is open.
async function follow() {
  const [what, id] = location.hash.slice(1).split('=').map(decodeURIComponent);
  if (!id || !['incident', 'alert'].includes(what)) return;
  history.replaceState(null, '', location.pathname);
  if (what === 'incident') openIncident(id);
  else {
    try {
      openAlert((await ask(`/api/alerts/${encodeURIComponent(id)}`)).alert);
    } catch (error) {
      card.trouble(error);
    }
  }
}

let region = { id: '' };

async function start() {
  const who = await signedIn();
  try {
    region = await ask('/api/region');
  } catch {
    header.setLink(false);
    setTimeout(start, 2000);
    return;
  }
  words.setZone(region.timezone);
  header.setNotice(region.notice);
  $('region').textContent = region.name;
  queue.setUp(region, { open: openIncident, changed: () => freshQueue(true) });
  card.setUp(region.id, closeCard);
  answers.setUp(region.id, who);
  destinations.setUp(who, card.close);
  alerts.onOpen(openAlert);
  search.setUp(openIncident);
  map.setUp(narrowTo, () => freshMap(true));
  soundToggle($('sound'));
  notifyToggle($('notifications'), openAlert);
  for (const tab of TABS) $(`tab-${tab}`).addEventListener('click', () => showTab(tab));
  freshAll();
  follow();
  window.addEventListener('hashchange', follow);
  stream({
    open: () => { header.setLink(true); freshAll(); },
    lost: () => header.setLink(false),
    alert: (alert) => takeAlerts([alert], false),
    incident: (incident) => {
      queue.take(incident);
      if (card.isBehind(incident)) freshCard();
      freshQueue();
    },
  });
  setInterval(() => freshStatus(), STATUS_EVERY);
  setInterval(() => { freshQueue(); freshAlerts(); }, LISTS_EVERY);
  setInterval(() => freshMap(), MAP_EVERY);
  setInterval(() => { $('clock').textContent = words.clock(); header.tick(blind); }, 1000);
  setInterval(() => { alerts.show(); queue.show(); }, STATUS_EVERY);
}

start();
