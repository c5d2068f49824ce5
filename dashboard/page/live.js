'use strict';
// What is live, what stands in the way, and what may be done about it.

function sites(told, chosen) {
  const nav = $('sites');
  nav.hidden = told.sites.length < 2;
  put(nav, make('ul', null, told.sites.map((site, place) => {
    const mark = site.health.state !== 'ok' ? site.health.state : site.hold ? 'waiting' : site.builds.length ? 'running' : site.live ? 'live' : 'ready';
    const word = site.health.state !== 'ok' ? HEALTHS[site.health.state] : site.hold ? 'Held' : site.builds.length ? 'Building' : site.live ? 'Live' : 'Empty';
    return make('li', null, make('a', { href: `#site=${encodeURIComponent(site.site)}`, id: `site-${place}`, 'aria-current': site.site === chosen ? 'page' : null },
      make(`span.state.${mark}`, null, icon(mark), make('span.unseen', null, word)), make('strong', null, site.name), make('span.quiet', null, site.local ? 'this machine' : site.region)));
  })));
}

// Above everything: why what stands here may be old, and the hold.
function notices(app, site) {
  const health = worst(app, site);
  const parts = [];
  if (health) parts.push(unwell(health, site));
  if (site && site.hold) parts.push(held(site));
  return parts;
}

// The first of what is not well: the way to the program, the list of sites, this site.
function worst(app, site) {
  if (!app.connected) {
    return { state: 'disconnected', line: 'The dashboard’s program does not answer.', remedy: 'Start it again, if it was ended. This page tries every few seconds and comes back by itself.' };
  }
  return [app.told.health, site && site.health].find((health) => health && !['ok', 'loading'].includes(health.state)) || null;
}

function unwell(health, site) {
  const titles = { disconnected: 'Disconnected', denied: 'No permission', expired: 'The credentials do not work any more', refused: 'This cannot be shown' };
  return make(`div.notice.${health.state}`, { role: 'alert' }, icon(health.state), make('div', null, make('h2', null, titles[health.state]), make('p', null, coded(health.line)), health.remedy ? make('p.remedy', null, coded(health.remedy)) : null, lacking(health, 'all'),
    site && site.asked ? make('p.quiet', null, 'What stands below was true ', when(site.asked), '. Nothing can be changed until it is back.') : null));
}

// Which right it is that somebody has to be given.
function lacking(health, of) {
  if (!health.action) return null;
  return make('dl.right', null, make('dt', null, 'Right that is missing'), make('dd', null, make('code', null, health.action), copy(health.action, 'the right', `copy-right-${of}`)),
    health.resource ? [make('dt', null, 'on'), make('dd', null, make('code', null, health.resource), copy(health.resource, 'the resource', `copy-resource-${of}`))] : null);
}

// What cannot be told though the site is well as a whole.
function partly(site) {
  const words = { builds: 'The builds cannot be shown', list: 'Not all of the list can be shown', rollback: 'What a rollback goes to cannot be told' };
  return ((site && site.partly) || []).map(({ what, health }) => make('div.notice.soft', null, icon(health.state), make('div', null, make('h3', null, words[what] || 'Something cannot be shown'),
    make('p', null, coded(health.line), health.remedy ? [' ', coded(health.remedy)] : null), lacking(health, what))));
}

function held(site) {
  const waits = site.waiting;
  return make('div.notice.held', { id: 'held' }, icon('waiting'), make('div', null, make('h2', null, 'New deployments wait'), make('p.reason', null, `“${site.hold.reason}”`),
    make('p.quiet', null, `Held by ${site.hold.by || 'somebody'}`, site.hold.since ? [' ', when(site.hold.since)] : null, '.',
      waits ? [' ', make('button.link', { type: 'button', 'data-go': waits.id, id: 'go-waiting' }, make('code', null, waits.short)), ` waits: ${subject(waits)}`] : ' Nothing waits yet.')),
  make('div.acts', null, act('release', 'End the hold', () => askRelease(false)), waits ? act('release-publish', `End it, and make ${waits.short} live`, () => askRelease(true), 'primary') : null));
}

// A button that stays where it is when it may not act: it says why, and keeps the focus.
function act(id, text, work, kind, why) {
  const no = why || able();
  return make(kind ? `button.${kind}` : 'button', { type: 'button', id, 'data-act': '', 'aria-disabled': no ? 'true' : null, title: no || null, onclick: () => { const not = why || able(); if (not) tell(not, true); else work(); } }, text);
}

// Why nothing can be asked now; empty if it can.
function able() {
  const health = worst(app, current());
  if (health) return `${HEALTHS[health.state]}: ${health.line}`;
  const site = current();
  return site && site.health.state === 'ok' ? '' : 'Still loading.';
}

function live(site) {
  if (site.live) return [heading(site), release(site), actions(site)];
  if (site.health.state === 'loading') return [heading(site), make('p.loading', null, site.health.line || 'Looking what is live')];
  if (site.builds.length) return [heading(site), firstBuild(site), actions(site)];
  return [heading(site), empty(site), actions(site)];
}

function heading(site) {
  const address = (site.url || '').replace(/^https?:\/\/|\/$/g, '');
  return make('header.site', null, make('h1', null, site.name, make('span.chip', null, site.local ? 'this machine' : site.region)),
    address ? make('p.address', null, away(site.url, 'open-site', address, icon('open'), make('span.unseen', null, ' (opens a new tab)')), copy(site.url, 'the address', 'copy-url')) : null);
}

function actions(site) {
  const back = site.previous;
  const unable = (site.partly || []).find((part) => part.what === 'rollback');
  return make('footer.acts', null,
    back ? make('p.back', null, state('previous'), make('span.quiet', null, make('code', null, back.short), ` ${subject(back)}`)) : null,
    site.live ? act('rollback', ['Roll back', back ? [' to ', make('code', null, back.short)] : null, ' …'], askRollback, '', back ? '' : (unable ? unable.health.line : 'There is nothing to go back to.')) : null,
    site.hold ? null : act('hold', 'Hold …', askHold),
    ['git', 'zip'].includes(site.source) && !site.local ? act('start', 'Build now …', askStart) : null);
}

function release(site) {
  const row = site.live;
  const more = prose(row);
  return make('div.release', null,
    make('p.status', null, state('live'), worst(app, site) ? make('span.chip', null, 'last known') : null, make('span.quiet', null, 'for ', when(row.since || row.at, (time) => span(time) || 'a moment'), way(row) ? `, ${way(row)}` : '')),
    make('p.subject', null, subject(row)),
    more ? (more.length > 160 ? make('details.prose', null, make('summary', { id: 'live-prose' }, more.slice(0, 90).replace(/\s+\S*$/, ''), ' …'), make('p', null, more)) : make('p.prose', null, more)) : null,
    make('p.facts', null, make('span.fact', null, make('span.unseen', null, 'Deployment '), make('code', null, row.short), copy(row.id, 'the ID', 'copy-live')), commit(site, row), branch(row),
      row.author ? make('span.fact', null, make('span.unseen', null, 'Author '), row.author) : null, make('span.fact', null, `${many(files(row), 'file')}, ${size(row.bytes)}`), row.seconds ? make('span.fact', null, `built in ${lasting(row.seconds)}`) : null),
    site.waiting && !site.hold ? make('p.quiet', null, make('code', null, site.waiting.short), ' waits.') : null);
}

function firstBuild(site) {
  const build = site.builds[0];
  return make('div.empty', null, make('p.status', null, state('running'), make('span.quiet', null, 'for ', when(build.at, (time) => span(time) || 'a moment'))), make('p.subject', null, 'The first build is running'),
    make('p', null, 'The site goes live by itself when it is done. The list below shows the log.'), stages(build));
}

function empty(site) {
  const address = site.repository_url || site.console;
  const how = {
    git: ['Push a commit', ' to ', site.branch ? make('code', null, site.branch) : 'the branch', site.repository ? [' of ', away(address, 'repository', site.repository)] : null, ', and it is built and goes live.'],
    zip: ['Upload ', make('code', null, 'site.zip'), ' to the source bucket, and it is built and goes live.'],
  }[site.source] || ['Publish a folder: ', make('code', null, `deployments publish dist --stack ${site.name}`), copy(`deployments publish dist --stack ${site.name}`, 'the command', 'copy-publish')];
  const title = site.waiting ? `Nothing is live: ${site.waiting.short} waits` : site.count ? 'Nothing is live yet' : 'Nothing has been published yet';
  return make('div.empty', null, make('p.status', null, make('span.state.ready', null, icon('ready'), make('span', null, 'Empty'))), make('p.subject', null, title), make('p', null, site.waiting ? 'End the hold to make it live.' : how));
}

function stages(build) {
  if (!(build.stages || []).length) return null;
  const words = { waiting: 'not begun', running: 'running', succeeded: 'done', failed: 'failed', stopped: 'stopped' };
  return make('ol.stages', { 'aria-label': 'Stages' }, build.stages.map((stage) => make(`li.${stage.state}`, null, icon({ waiting: 'ready', queued: 'ready' }[stage.state] || stage.state), make('span', null, stage.name, make('span.unseen', null, `: ${words[stage.state] || stage.state}`)),
    stage.state === 'running' && stage.since ? when(stage.since, (time) => lasting((now() - new Date(time)) / 1000)) : stage.seconds ? make('span.quiet', null, lasting(stage.seconds)) : null)));
}

// The tab says it too, by a shape.
function tab(app, site) {
  const health = worst(app, site);
  const mark = health ? health.state : !site ? 'ready' : site.hold ? 'waiting' : site.builds.length ? 'running' : site.live ? 'live' : 'ready';
  const word = health ? HEALTHS[health.state] : !site ? '' : site.hold ? 'Held' : site.builds.length ? 'Building' : site.live ? 'Live' : '';
  document.title = [word, site ? site.name : 'Deployments'].filter(Boolean).join(' · ');
  const colour = { live: '%2316803c', running: '%231d63d8', waiting: '%23b45309', ready: '%23737373' }[mark] || '%23c81e1e';
  const shape = $(`i-${mark}`).innerHTML.replaceAll('currentColor', colour).replaceAll('class="cut"', 'stroke="white"');
  $('icon').href = `data:image/svg+xml,<svg xmlns="${SVG}" viewBox="0 0 16 16" fill="none" stroke="${colour}" stroke-width="1.8">${shape.replaceAll('#', '%23').replaceAll('"', "'")}</svg>`;
}
