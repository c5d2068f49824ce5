'use strict';
// What a row shows when it is opened: a deployment's facts, files and times; a build's stages and log.

const following = new Map(); // by row: the timer that asks for more of the log

function details(site, row) {
  const box = make('div.more', { id: `more-${row.id}` });
  refresh(box, site, row);
  return box;
}

function refresh(box, site, row) {
  if (row.kind === 'build') showBuild(box, site, row);
  else showDeployment(box, site, row);
}

function showDeployment(box, site, row) {
  const place = make('div.difference', { 'aria-live': 'polite' }, make('p.loading', null, 'Looking'));
  const lived = make('div.lived');
  const acts = make('div.acts', null, buttons(site, row, null));
  const whole = make('div', null, message(row));
  put(box, [whole, facts(site, row), place, lived, acts], () => $(`open-${row.id}`));
  get(`/deployment?site=${encodeURIComponent(site.site)}&id=${encodeURIComponent(row.id)}`).then((told) => {
    put(whole, message(told));
    place.replaceChildren(...changes(told), ...(told.extras || []).slice(0, 1).map(() => make('p.trouble', null, icon('refused'), make('span', null, `${many(told.extras.length, 'file')} came into its folder after it was complete: ${told.extras.slice(0, 5).join(', ')}`))));
    lived.replaceChildren(...times(told));
    put(acts, buttons(site, row, told));
  }, (error) => place.replaceChildren(trouble(error), make('button', { type: 'button', onclick: () => refresh(box, site, row) }, 'Try again')));
}

function message(row) {
  const more = (row.message || '').trim();
  return more.length > 70 || more.includes('\n') ? [make('p.whole', null, more)] : [];
}

function facts(site, row) {
  const fact = (name, ...value) => (value.flat().filter(Boolean).length ? [make('dt', null, name), make('dd', null, ...value)] : []);
  const link = (site.commit_url || '').replace('{commit}', encodeURIComponent(row.commit || ''));
  return make('dl.facts-list', null,
    fact(row.kind === 'build' ? 'Execution' : 'Deployment', make('code', null, row.id), copy(row.id, 'the ID', `copy-whole-${row.id}`)),
    fact('Commit', row.commit ? [away(link, null, make('code', null, row.commit)), copy(row.commit, 'the commit', `copy-commit-${row.id}`)] : []),
    fact('Branch', row.branch), fact('Author', row.author),
    fact(row.kind === 'build' ? 'Started' : 'Made', moment.format(new Date(row.at)), trigger(row) ? `, ${trigger(row)}` : ''),
    fact('Size', row.kind === 'build' ? '' : `${many(files(row), 'file')}, ${size(row.bytes)}${row.shared ? `; ${counted.format(row.shared)} of the files are shared with other deployments` : ''}`),
    fact('Build', row.seconds && row.state !== 'running' ? lasting(row.seconds) : ''));
}

function times(told) {
  if (!(told.lived || []).length) return [make('p.quiet', null, 'It was never live.')];
  return [make('h4', null, 'When it was live'), make('ul', null, told.lived.slice(0, 20).reverse().map((one) => make('li', null, moment.format(new Date(one.since)), one.until ? [' to ', moment.format(new Date(one.until))] : ' until now', way(one) ? `, ${way(one)}` : '')))];
}

function buttons(site, row, told) {
  const isLive = row.state === 'live';
  const stays = isLive ? 'What is live cannot be removed.' : told && told.removable === false ? `It is kept: ${told.kept_because || 'others need it'}.` : '';
  return [
    isLive ? null : act(`more-promote-${row.id}`, 'Make it live …', () => askPromote(row), 'primary', row.state === 'retiring' ? 'Its files are being deleted.' : ''),
    isLive ? away(site.url, `more-open-${row.id}`, 'Open the site') : told && told.url ? away(told.url, `more-open-${row.id}`, 'Open it') : null,
    row.build ? make('button', { type: 'button', id: `more-log-${row.id}`, onclick: (event) => buildLog(event.target, site, row) }, 'Show its build’s log') : null,
    isLive || row.state === 'retiring' ? null : act(`more-remove-${row.id}`, 'Remove …', () => askRemove(row), '', stays),
    stays && !isLive ? make('p.quiet.small', null, stays) : null,
  ];
}

function buildLog(button, site, row) {
  const place = make('div.log');
  button.closest('.more').append(place);
  button.remove();
  place.tabIndex = -1;
  place.focus();
  follow(place, site, { ...row, id: row.build, kind: 'build' });
}

function showBuild(box, site, row) {
  const log = make('div.log');
  put(box, [make('div', null, message(row)), log, facts(site, row)], () => $(`open-${row.id}`));
  follow(log, site, row);
}

// The log's tail; while the build runs it asks again, for as long as the row is open and the page is seen.
async function follow(place, site, row) {
  clearTimeout(following.get(row.id));
  try {
    const told = await get(`/log?site=${encodeURIComponent(site.site)}&build=${encodeURIComponent(row.id)}`);
    if (!place.isConnected) return;
    showLog(place, told, row);
    if (!told.complete && told.state === 'running') following.set(row.id, setTimeout(() => place.isConnected && follow(place, site, row), document.hidden ? 30000 : 5000));
  } catch (error) {
    if (place.isConnected) put(place, [trouble(error), make('button', { type: 'button', id: `again-${row.id}`, onclick: () => follow(place, site, row) }, 'Try again')]);
  }
}

function showLog(place, told, row) {
  const before = place.querySelector('pre');
  const bottom = !before || before.scrollHeight - before.scrollTop - before.clientHeight < 30;
  const scrolled = before ? before.scrollTop : 0;
  const why = new Set(told.why || []);
  const lines = told.lines || [];
  const text = make('pre', { id: `log-${row.id}`, tabindex: 0, role: 'region', 'aria-label': 'The end of the log' }, lines.map((line) => (why.has(line) ? make('mark', null, `${line}\n`) : `${line}\n`)));
  put(place, [row.state === 'running' ? null : stages({ stages: told.stages || row.stages }),
    why.size ? make('div.why', null, make('h4', null, told.summary || 'Why it failed'), make('pre', null, [...why].join('\n'))) : told.state === 'failed' && (told.summary || row.reason) ? make('div.why', null, make('h4', null, 'Why it failed'), make('p', null, told.summary || row.reason)) : null,
    told.note ? make('p.quiet', null, spoken(told.note)) : null,
    lines.length ? [make('h4', null, told.command ? ['The end of the log of ', make('code', null, told.command)] : 'The end of the log'), text] : null,
    told.url ? make('p.out', null, away(told.url, `console-${row.id}`, 'The whole log', icon('open'))) : null]);
  text.scrollTop = bottom ? text.scrollHeight : scrolled;
}
