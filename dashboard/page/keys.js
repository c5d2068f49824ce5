// What a key does where nobody writes.
// They are in one table, so that no two of them want the same key.

import { app, list } from './app.js';
import { $ } from './build.js';
import { step } from './list.js';
import { keysOn, settings } from './settings.js';

const KEYS = {
  j: () => step(true),
  k: () => step(false),
  '/': () => $('search').focus(),
  '?': () => settings(),
  r: () => press('rollback'),
  h: () => press($('hold') ? 'hold' : 'release'),
  o: () => press('open-site'),
  p: () => {
    const known = rowOf(document.activeElement);
    if (known) press(`promote-${known.row.id}`);
  },
  c: () => {
    const known = rowOf(document.activeElement);
    if (known) press(`copy-${known.row.id}`);
  },
};

function press(id) {
  if ($(id)) $(id).click();
}

export function pressed(event) {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (target.id === 'search' && key === 'Escape' && !target.value) return $('list-title').focus();
  if (target.matches('input:not([type=radio]), select, textarea')) return;
  const arrow = { ArrowDown: true, ArrowUp: false }[key];
  if (arrow !== undefined && target.dataset && target.dataset.open) {
    event.preventDefault();
    step(arrow);
  } else if (keysOn() && KEYS[key]) {
    event.preventDefault();
    KEYS[key]();
  } else if (keysOn() && /^[1-9]$/.test(key) && app.told && app.told.sites[key - 1]) {
    location.hash = `site=${encodeURIComponent(app.told.sites[key - 1].site)}`;
  }
}

function rowOf(element) {
  const row = element.closest ? element.closest('.row') : null;
  return row ? list.known.get(row.id.slice(4)) : null;
}
