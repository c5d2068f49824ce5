// Begins: what the person does to the page, and what happens by itself. It is the one file that does something when it
// is loaded, so that each other one can be read for itself.

import { app, list } from './app.js';
import { $, tell } from './build.js';
import { closed } from './dialog.js';
import { fetchTraffic } from './fetching.js';
import { able } from './health.js';
import { pressed } from './keys.js';
import { go, sameDay, toggle } from './list.js';
import { choose, listen } from './listening.js';
import { plot } from './plot.js';
import { askPromote } from './questions.js';
import { sift } from './search.js';
import { colour, keep, settings } from './settings.js';
import { show } from './showing.js';

// Milliseconds
const TIMES_EVERY = 1000;
const CHART_EVERY = 60000; // the server asks CloudWatch no more often either

async function copyText(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    tell(`Copied ${button.dataset.copy}`);
  } catch {
    tell(`The browser does not let this page copy. It is: ${button.dataset.copy}`, true);
  }
}

document.addEventListener('click', (event) => {
  const at = (name) => event.target.closest(`[data-${name}]`);
  if (at('copy')) copyText(at('copy'));
  else if (at('open')) toggle(at('open').dataset.open);
  else if (at('promote')) {
    const not = able();
    if (not) tell(not, true);
    else askPromote(list.known.get(at('promote').dataset.promote).row);
  } else if (at('go')) go(at('go').dataset.go);
});

document.addEventListener('keydown', pressed);
$('settings-open').onclick = settings;
$('settings-form').onsubmit = (event) => {
  event.preventDefault();
  $('settings').close();
};
$('keys-on').onchange = (event) => keep('keys', event.target.checked ? 'on' : 'off');
for (const radio of document.querySelectorAll('[name=scheme]'))
  radio.onchange = () => {
    keep('scheme', radio.value);
    colour();
  };
for (const dialog of document.querySelectorAll('dialog'))
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
$('question').onclose = closed;
$('filter').onsubmit = (event) => event.preventDefault();
$('search').oninput = sift;
for (const radio of document.querySelectorAll('[name=show]')) radio.onchange = sift;
$('hours').onchange = fetchTraffic;
document.querySelector('.skip').onclick = (event) => {
  event.preventDefault();
  $('list-title').focus();
};
window.onhashchange = () => {
  if (app.told) {
    choose();
    show();
  }
};
document.addEventListener('visibilitychange', listen);
new ResizeObserver(() => plot(app.traffic)).observe($('chart'));
setInterval(() => {
  sameDay();
  for (const time of document.querySelectorAll('time')) {
    const text = time.say ? time.say(time.dateTime) : '';
    if (text && text !== time.textContent) time.textContent = text;
  }
}, TIMES_EVERY);
setInterval(() => {
  if (!document.hidden && app.connected) fetchTraffic();
}, CHART_EVERY);
colour();
listen();
