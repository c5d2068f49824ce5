// Draws what has changed, and leaves the rest as it is.
// What is drawn anew loses focus and selection, and somebody may be reading.

import { app, current } from './app.js';
import { $, coded, icon, make, put } from './build.js';
import { doubt } from './dialog.js';
import { look } from './fetching.js';
import { able, partly, worst } from './health.js';
import { live, notices } from './live.js';
import { sites, standing, tab } from './sites.js';
import { HEALTHS } from './words.js';

export function show() {
  const site = current();
  const changed = compare(site);
  const had = document.activeElement;
  if (changed('sites')) sites(app.told, app.site);
  if (changed('notices')) put($('notices'), notices(site));
  if (changed('live')) put($('live'), site ? live(site) : noSite(app.told.health));
  if (had !== document.body && document.activeElement === document.body) home(had.id);
  if (app.home && $(app.home) && document.activeElement === $('list-title')) $(app.home).focus({ preventScroll: true });
  if (changed('link')) connection();
  if (changed('partly')) put($('partly'), partly(site));
  if (changed('able')) for (const button of document.querySelectorAll('[data-promote]')) mayAct(button);
  $('main').setAttribute('aria-busy', String(!site || site.health.state === 'loading'));
  document.body.classList.toggle('old', Boolean(worst(site)));
  $('list').hidden = !site || (!site.asked && site.health.state !== 'loading'); // of which nothing is known
  $('version').textContent = `instant-hosting ${app.told.version || ''}`;
  tab(site);
  doubt();
  if (site) look();
}

// What each part of the page is drawn from. The time of the last look is news only where it is told.
function sources(site) {
  const { asked, revision, ...rest } = site || {};
  const old = Boolean(site && site.health.state !== 'ok') && asked;
  return {
    sites: [app.site, app.told.sites.map((one) => [one.site, one.name, one.region, ...standing(one, one.health)])],
    notices: [worst(site), rest.site, rest.hold, rest.waiting, old, able()],
    live: site ? [rest, Boolean(asked), able()] : [app.told.health],
    link: [app.connected, rest.health],
    able: able(),
    partly: rest.partly,
  };
}

// Tells of a part whether it must be drawn anew.
function compare(site) {
  const texts = Object.entries(sources(site)).map(([name, value]) => [name, JSON.stringify(value)]);
  const before = app.drawn;
  app.drawn = Object.fromEntries(texts);
  return (name) => app.drawn[name] !== before[name];
}

// What had the focus has gone with what was done: what took its place has it.
function home(id) {
  app.home = '';
  const place = [{ hold: 'release', release: 'hold', 'release-publish': 'hold' }[id], 'rollback', 'list-title'].find(
    (one) => one && $(one),
  );
  $(place).focus({ preventScroll: true });
}

function mayAct(button) {
  if (able()) button.setAttribute('aria-disabled', 'true');
  else button.removeAttribute('aria-disabled');
}

function noSite(health) {
  if (health.state === 'loading') return [make('p.loading', null, health.line || 'Looking for sites')];
  if (health.state !== 'ok') return [make('h1', null, 'No site can be shown')];
  return [
    make(
      'div.empty',
      null,
      make('h1.subject', null, 'There is no site here yet'),
      make('p', null, coded(health.line)),
      health.remedy ? make('p', null, coded(health.remedy)) : null,
      make(
        'p',
        null,
        'In a project: ',
        make('code', null, 'deployments init'),
        ', then ',
        make('code', null, 'deployments up'),
        '.',
      ),
    ),
  ];
}

function connection() {
  const site = current();
  const mark = !app.connected ? 'disconnected' : site ? site.health.state : app.told.health.state;
  const shape = { ok: 'succeeded', loading: 'running' }[mark] || mark;
  put($('link'), [make(`span.state.${mark}`, null, icon(shape), make('span', null, HEALTHS[mark] || mark))]);
}
