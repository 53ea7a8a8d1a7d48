// A short two-tone beep, made here: no file. Browsers allow it only after a click, which the toggle is.

let context = null;

export function soundToggle(button) {
  button.addEventListener('click', () => {
    if (context) {
      context.close();
      context = null;
    } else {
      context = new AudioContext();
      tone(660, 0, 0.08, 0.05);
    }
    button.setAttribute('aria-pressed', String(context !== null));
    button.textContent = context ? 'Звук включён' : 'Звук выключен';
  });
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
