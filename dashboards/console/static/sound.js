// A short two-tone beep, made here: no file. Whoever turned the sound on has it after a reload too; browsers let a page sound only
// after a click or a key, so until then the button says that nothing is heard.

const KEY = 'nabat.sound';

let context = null;

export function soundToggle(button) {
  const show = () => {
    const heard = context !== null && context.state === 'running';
    button.setAttribute('aria-pressed', String(heard));
    button.textContent = heard ? 'Звук включён' : context ? 'Звук ждёт нажатия' : 'Звук выключен';
  };
  const on = () => {
    context = new AudioContext();
    context.addEventListener('statechange', show);
  };
  const off = () => {
    context.close();
    context = null;
  };
  button.addEventListener('click', () => {
    if (!context) {
      on();
      tone(660, 0, 0.08, 0.05);
    } else if (waiting(button)) context.resume();
    else off();
    remember(context !== null);
    show();
  });
  if (remembered()) {
    on();
    for (const kind of ['pointerdown', 'keydown']) {
      document.addEventListener(kind, (event) => { if (context && !button.contains(event.target)) context.resume(); }, { once: true });
    }
  }
  show();
}

const waiting = (button) => button.getAttribute('aria-pressed') === 'false';

// Where the browser keeps nothing for pages the choice holds until the page is left.
function remember(on) {
  try {
    localStorage.setItem(KEY, on ? 'on' : 'off');
  } catch { /* nothing to be done */ }
}

function remembered() {
  try {
    return localStorage.getItem(KEY) === 'on';
  } catch {
    return false;
  }
}

function tone(frequency, after, length, volume) {
  const start = context.currentTime + after;
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.01);
  gain.gain.linearRampToValueAtTime(0, start + length);
  const source = context.createOscillator();
  source.frequency.value = frequency;
  source.connect(gain).connect(context.destination);
  source.start(start);
  source.stop(start + length);
}

export function beep(level) {
  if (!context) return;
  tone(880, 0, 0.18, 0.2);
  tone(level === 'flash' ? 1175 : 660, 0.22, 0.3, 0.2);
}
