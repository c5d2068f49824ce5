// What the person has chosen: colours, and whether keys act. The browser keeps it.
// The server has none of it: they belong to the person and not to the site.

import { $ } from './build.js';

// A browser that keeps nothing for pages throws already when it is asked.
const unkept = {};
function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return unkept[name] || '';
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    unkept[name] = value;
  }
}

export function keysOn() {
  return kept('keys') !== 'off';
}

export function settings() {
  $('keys-on').checked = keysOn();
  const scheme = kept('scheme') || '';
  for (const radio of document.querySelectorAll('[name=scheme]')) radio.checked = radio.value === scheme;
  $('settings').showModal();
}

export function colour() {
  const scheme = kept('scheme');
  if (scheme) document.documentElement.dataset.scheme = scheme;
  else delete document.documentElement.dataset.scheme;
}
