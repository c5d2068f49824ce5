'use strict';
// Listens to the server, and to the person.

let token = document.querySelector('meta[name=token]').content;
const app = { told: null, connected: true, site: '', source: null, revision: '', traffic: null, trafficFailed: null, drawn: {} };

function current() {
  return app.told ? app.told.sites.find((site) => site.site === app.site) : null;
}

async function get(path) {
  let answer;
  try {
    answer = await fetch(path);
  } catch {
    throw { state: 'disconnected', line: 'There is no answer from the dashboard’s program.', remedy: '' };
  }
  const told = await answer.json().catch(() => ({ error: `The answer cannot be read (${answer.status}).` }));
  if (answer.ok) return told;
  throw told.health && told.health.line ? told.health : { state: 'refused', line: told.error || `It was refused (${answer.status}).`, remedy: told.remedy || '' };
}

function listen() {
  clearTimeout(app.waits);
  if (app.source) {
    app.source.onclose = null;
    app.source.close();
  }
  const wanted = new URLSearchParams({ ...(app.site ? { site: app.site } : {}), ...(document.hidden ? { hidden: 1 } : {}) });
  app.source = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/events?${wanted}`);
  app.source.onmessage = (event) => hear(JSON.parse(event.data));
  app.source.onclose = lose;
}

function hear(told) {
  ahead = told.now ? new Date(told.now) - Date.now() : 0;
  if (Math.abs(ahead) < 2000) ahead = 0;
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
    site.hold && !before.hold ? `New deployments wait: ${site.hold.reason}.` : !site.hold && before.hold ? 'The hold has ended.' : '',
    ...started.map((build) => `A build has started: ${subject(build)}.`), ...ended.map((build) => `The build has ended: ${subject(build)}.`),
  ].filter(Boolean);
  if (news.length) $('news').textContent = news.join(' ');
}

function lose() {
  const news = app.connected && app.told;
  app.connected = false;
  if (news) show();
  app.waits = setTimeout(again, 1000);
}

// Asks for the page before it listens: a browser slows down a WebSocket that fails again and again. And another run of
// the server has another token, which only its page tells.
async function again() {
  const text = await fetch('/').then((answer) => answer.text(), () => '');
  const [, next] = text.match(/<meta name="token" content="([^"]+)">/) || [];
  if (!next) {
    app.waits = setTimeout(again, 2000);
    return;
  }
  token = next;
  listen();
}

function choose() {
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

// Draws what has changed, and leaves the rest as it is.
function show() {
  const site = current();
  const parts = {
    sites: [app.told.sites.map(({ site: key, name, region, health, hold, builds, live: is }) => [key, name, region, health.state, !hold, builds.length, !is]), app.site],
    notices: [worst(app, site), site && [site.site, site.hold, site.waiting, site.asked && !(site.health.state === 'ok') && site.asked, site.partly, able()]],
    live: site ? [site.site, site.live, site.previous, site.waiting, site.hold, site.builds, site.url, site.health, site.partly, site.count, able()] : [app.told.health],
    link: [app.connected, site && site.health.state],
    able: able(),
    partly: site && site.partly,
  };
  const changed = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, app.drawn[name] !== JSON.stringify(value)]));
  app.drawn = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, JSON.stringify(value)]));
  const had = document.activeElement;
  if (changed.sites) sites(app.told, app.site);
  if (changed.notices) put($('notices'), notices(app, site));
  if (changed.live) put($('live'), site ? live(site) : noSite(app.told.health));
  if (had !== document.body && document.activeElement === document.body) home(had.id);
  if (app.home && $(app.home) && document.activeElement === $('list-title')) $(app.home).focus({ preventScroll: true });
  if (changed.link) connection();
  if (changed.partly) put($('partly'), partly(site));
  if (changed.able) for (const button of document.querySelectorAll('[data-promote]')) mayAct(button);
  $('main').setAttribute('aria-busy', String(!site || site.health.state === 'loading'));
  document.body.classList.toggle('old', Boolean(worst(app, site)));
  $('list').hidden = !site;
  $('version').textContent = `instant-hosting ${app.told.version || ''}`;
  tab(app, site);
  doubt();
  if (site) look();
}

// What had the focus has gone with what was done: what took its place has it.
function home(id) {
  app.home = '';
  const place = [{ hold: 'release', release: 'hold', 'release-publish': 'hold' }[id], 'rollback', 'list-title'].find((one) => one && $(one));
  $(place).focus({ preventScroll: true });
}

function mayAct(button) {
  if (able()) button.setAttribute('aria-disabled', 'true');
  else button.removeAttribute('aria-disabled');
}

function noSite(health) {
  if (health.state === 'loading') return [make('p.loading', null, health.line || 'Looking for sites')];
  if (health.state !== 'ok') return [make('h1', null, 'No site can be shown')];
  return [make('div.empty', null, make('h1.subject', null, 'There is no site here yet'), make('p', null, coded(health.line)), health.remedy ? make('p', null, coded(health.remedy)) : null,
    make('p', null, 'In a project: ', make('code', null, 'deployments init'), ', then ', make('code', null, 'deployments up'), '.'))];
}

function connection() {
  const site = current();
  const mark = !app.connected ? 'disconnected' : site ? site.health.state : app.told.health.state;
  const shape = { ok: 'succeeded', loading: 'running' }[mark] || mark;
  put($('link'), [make(`span.state.${mark}`, null, icon(shape), make('span', null, HEALTHS[mark] || mark))]);
}

// Fetches list and traffic of the site, if there is something new.
function look() {
  const site = current();
  if (!site || !app.connected) return;
  if (site.health.state !== 'loading' && app.revision !== `${site.site} ${site.revision}`) fetchRows(site);
  else if (list.site !== site.site) count();
  else freshen(site);
  if (site.health.state === 'loading') return;
  if (app.trafficOf !== site.site) fetchTraffic();
  else if (site.live && app.trafficLive !== site.live.id) setTimeout(fetchTraffic, 1500);
}

// Running builds come with every message: their rows show each step, the list itself only what is new in it.
function freshen(site) {
  const running = new Map(site.builds.map((build) => [build.id, build]));
  if (!running.size) return;
  const rows = list.rows.map((row) => running.get(row.id) || row);
  for (const build of running.values()) if (!rows.some((row) => row.id === build.id)) rows.unshift(build);
  showRows(site, rows);
}

async function fetchRows(site) {
  app.revision = `${site.site} ${site.revision}`;
  try {
    const told = await get(`/deployments?site=${encodeURIComponent(site.site)}`);
    if (app.site !== site.site) return;
    const running = new Map((current() || site).builds.map((build) => [build.id, build]));
    const rows = told.rows.map((row) => running.get(row.id) || row);
    for (const build of [...running.values()].reverse()) if (!rows.includes(build)) rows.unshift(build);
    list.failed = null;
    list.older = told.older_builds;
    showRows(site, rows);
    if (!site.live && site.builds.length && !list.first) {
      list.first = true; // nothing else is there to be looked at
      toggle(site.builds[0].id, true);
    }
  } catch (error) {
    app.revision = '';
    list.failed = error;
    if (list.site !== site.site) showRows(site, []);
    count();
    clearTimeout(app.again);
    app.again = setTimeout(look, 5000);
  }
}

async function fetchTraffic() {
  const site = current();
  if (!site) return;
  if (app.trafficOf !== site.site) put($('chart'), traffic(site, null));
  Object.assign(app, { trafficOf: site.site, trafficLive: site.live ? site.live.id : '' });
  $('traffic').hidden = !site.live && !site.count;
  if ($('traffic').hidden) return;
  try {
    const told = await get(`/traffic?site=${encodeURIComponent(site.site)}&hours=${$('hours').value}`);
    if (app.site !== site.site) return;
    if (JSON.stringify(told) === JSON.stringify(app.traffic) && $('plot')) return;
    const open = $('traffic-table') && $('traffic-table').open;
    app.traffic = told;
    put($('chart'), traffic(site, told));
    if (open && $('traffic-table')) $('traffic-table').open = true;
    plot(told);
  } catch (error) {
    app.traffic = null;
    if (app.site === site.site) put($('chart'), traffic(site, null, error));
  }
}

async function copyText(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    tell(`Copied ${button.dataset.copy}`);
  } catch {
    tell(`The browser does not let this page copy. It is: ${button.dataset.copy}`, true);
  }
}

function rowOf(element) {
  const row = element.closest ? element.closest('.row') : null;
  return row ? list.known.get(row.id.slice(4)) : null;
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

const KEYS = {
  j: () => step(true), k: () => step(false), '/': () => $('search').focus(), '?': () => settings(),
  r: () => press('rollback'), h: () => press($('hold') ? 'hold' : 'release'), o: () => press('open-site'),
  p: () => { const known = rowOf(document.activeElement); if (known) press(`promote-${known.row.id}`); },
  c: () => { const known = rowOf(document.activeElement); if (known) press(`copy-${known.row.id}`); },
};

function press(id) {
  if ($(id)) $(id).click();
}

// A browser that keeps nothing for pages throws already when it is asked.
const unkept = {};
function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return unkept[name] || '';
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    unkept[name] = value;
  }
}

function keysOn() {
  return kept('keys') !== 'off';
}

document.addEventListener('keydown', (event) => {
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
});

function settings() {
  $('keys-on').checked = keysOn();
  const scheme = kept('scheme') || '';
  for (const radio of document.querySelectorAll('[name=scheme]')) radio.checked = radio.value === scheme;
  $('settings').showModal();
}

function colour() {
  const scheme = kept('scheme');
  if (scheme) document.documentElement.dataset.scheme = scheme;
  else delete document.documentElement.dataset.scheme;
}

$('settings-open').onclick = settings;
$('settings-form').onsubmit = (event) => { event.preventDefault(); $('settings').close(); };
$('keys-on').onchange = (event) => keep('keys', event.target.checked ? 'on' : 'off');
for (const radio of document.querySelectorAll('[name=scheme]')) radio.onchange = () => { keep('scheme', radio.value); colour(); };
for (const dialog of document.querySelectorAll('dialog')) dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
$('question').onclose = closed;
$('filter').onsubmit = (event) => event.preventDefault();
$('search').oninput = sift;
for (const radio of document.querySelectorAll('[name=show]')) radio.onchange = sift;
$('hours').onchange = fetchTraffic;
document.querySelector('.skip').onclick = (event) => { event.preventDefault(); $('list-title').focus(); };
window.onhashchange = () => { if (app.told) { choose(); show(); } };
document.addEventListener('visibilitychange', listen);
new ResizeObserver(() => plot(app.traffic)).observe($('chart'));
setInterval(() => {
  sameDay();
  for (const time of document.querySelectorAll('time')) {
    const text = time.say ? time.say(time.dateTime) : '';
    if (text && text !== time.textContent) time.textContent = text;
  }
}, 1000);
setInterval(() => { if (!document.hidden && app.connected) fetchTraffic(); }, 60000);
colour();
listen();
