// Listens to the server: to all there is, and again after each change.
// A connection may end without a word, so it is here that silence is told from nothing new.

import { app, current, list } from './app.js';
import { $ } from './build.js';
import { show } from './showing.js';
import { setClock, subject } from './words.js';

// Milliseconds
const SILENCE = 45000; // three of the server's signs of life: then it hangs, or this machine has slept
const ANSWER = 5000; // that a page of this machine may take

export function listen() {
  stop();
  const wanted = new URLSearchParams({
    ...(app.site ? { site: app.site } : {}),
    ...(document.hidden ? { hidden: 1 } : {}),
  });
  app.source = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/events?${wanted}`);
  app.source.onmessage = (event) => hear(JSON.parse(event.data));
  app.source.onclose = lose;
  app.silence = setTimeout(lose, SILENCE);
}

function stop() {
  clearTimeout(app.waits);
  clearTimeout(app.silence);
  if (!app.source) return;
  app.source.onclose = null;
  app.source.close();
}

function hear(told) {
  clearTimeout(app.silence);
  app.silence = setTimeout(lose, SILENCE);
  setClock(told.now);
  const before = current();
  const other = app.told && told.run !== app.told.run;
  if (app.told && told.version !== app.told.version) return location.reload(); // its page speaks otherwise
  app.told = told;
  app.connected = true;
  if (other) app.revision = '';
  choose();
  show();
  announce(before, current());
}

// What has changed by itself, for whoever does not see it.
function announce(before, site) {
  if (!before || !site || before.site !== site.site) return;
  const id = (row) => (row ? row.id : '');
  const started = site.builds.filter((one) => !before.builds.some((other) => other.id === one.id));
  const ended = before.builds.filter((one) => !site.builds.some((other) => other.id === one.id));
  const news = [
    site.live && id(site.live) !== id(before.live) ? `${site.live.short} is live now: ${subject(site.live)}.` : '',
    site.hold && !before.hold
      ? `New deployments wait: ${site.hold.reason}.`
      : !site.hold && before.hold
        ? 'The hold has ended.'
        : '',
    ...started.map((build) => `A build has started: ${subject(build)}.`),
    ...ended.map((build) => `The build has ended: ${subject(build)}.`),
  ].filter(Boolean);
  if (news.length) $('news').textContent = news.join(' ');
}

function lose() {
  stop();
  const news = app.connected && app.told;
  app.connected = false;
  if (news) show();
  // a program that is started anew needs about a second
  app.waits = setTimeout(again, 1000);
}

// Asks for the page before it listens: a browser slows down a WebSocket that fails again and again. And another run of
// the server has another token, which only its page tells.
async function again() {
  const text = await fetch('/', { signal: AbortSignal.timeout(ANSWER) }).then(
    (answer) => answer.text(),
    () => '',
  );
  const [, next] = text.match(/<meta name="token" content="([^"]+)">/) || [];
  if (!next) {
    // nobody answers: more seldom than a connection that was lost just now
    app.waits = setTimeout(again, 2000);
    return;
  }
  app.token = next;
  listen();
}

export function choose() {
  const wanted = new URLSearchParams(location.hash.slice(1)).get('site');
  const keys = app.told.sites.map((site) => site.site);
  const next = keys.includes(wanted) ? wanted : keys.includes(app.site) ? app.site : keys[0] || '';
  if (next === app.site) return;
  const first = !app.site;
  Object.assign(app, { site: next, revision: '', traffic: null, trafficFailed: null });
  list.failed = null;
  $('traffic').hidden = true;
  if ($('question').open) $('question').close();
  if (!first || app.told.sites.length > 1) listen(); // the server asks for the one that is looked at more often
}
