// Signing in and out. Where there are no users yet the page opens by itself.

import { $, ask, setSecret } from './dom.js';

// Resolves with who one is, however long that takes.
export async function signedIn() {
  let who = null;
  while (!who) {
    try {
      who = await ask('/api/me');
    } catch (error) {
      if (error.status === 401) who = await form();
      else await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  setSecret(who.csrf, () => location.reload());
  if (!who.local) {
    $('who').textContent = `${who.name}, ${who.role_name}`;
    $('sign-out').hidden = false;
    $('sign-out').addEventListener('click', leave);
  }
  return who;
}

async function leave() {
  try {
    await ask('/api/sign-out', {});
  } finally {
    location.reload();
  }
}

function form() {
  const box = $('sign-in');
  box.hidden = false;
  $('login').focus();
  return new Promise((resolve) => {
    $('sign-in-form').addEventListener('submit', async (event) => {
      event.preventDefault();
      const button = $('enter');
      button.disabled = true;
      $('sign-in-trouble').textContent = '';
      try {
        const who = await ask('/api/sign-in', { login: $('login').value.trim().toLowerCase(), password: $('password').value });
        box.hidden = true;
        resolve(who);
      } catch (error) {
        $('sign-in-trouble').textContent = `${error.message}. ${error.hint}`;
        $('password').select();
      } finally {
        $('password').value = '';
        button.disabled = false;
      }
    });
  });
}
