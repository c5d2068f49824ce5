// What a row shows when it is opened: a deployment's facts, files and times; a build's stages and log.
// It is apart from the row, as most rows are never opened.

import { get } from './app.js';
import { $, away, copy, icon, make, put } from './build.js';
import { changes } from './changes.js';
import { trouble } from './health.js';
import { buildLog, follow } from './log.js';
import { act } from './parts.js';
import { askPromote, askRemove, askStart, askStop } from './questions.js';
import { counted, files, lasting, many, moment, size, trigger, way } from './words.js';

export function details(site, row) {
  const box = make('div.more', { id: `more-${row.id}` });
  refresh(box, site, row);
  return box;
}

export function refresh(box, site, row) {
  if (row.kind === 'build') showBuild(box, site, row);
  else showDeployment(box, site, row);
}

function showDeployment(box, site, row) {
  const place = make('div.difference', { 'aria-live': 'polite' }, make('p.loading', null, 'Looking'));
  const lived = make('div.lived');
  const acts = make('div.acts', null, buttons(site, row, null));
  const whole = make('div', null, message(row));
  put(box, [whole, facts(site, row), place, lived, acts], () => $(`open-${row.id}`));
  get(`/deployment?site=${encodeURIComponent(site.site)}&id=${encodeURIComponent(row.id)}`).then(
    (told) => {
      put(whole, message(told));
      place.replaceChildren(...changes(told), ...surplus(told.extras || []));
      lived.replaceChildren(...times(told));
      put(acts, buttons(site, row, told));
    },
    (error) =>
      place.replaceChildren(
        trouble(error),
        make('button', { type: 'button', onclick: () => refresh(box, site, row) }, 'Try again'),
      ),
  );
}

function showBuild(box, site, row) {
  const log = make('div.log');
  const acts = make('div.acts', null, buildButtons(site, row));
  put(box, [make('div', null, message(row)), log, facts(site, row), acts], () => $(`open-${row.id}`));
  follow(log, site, row);
}

// A build is ended while it runs. One that made nothing is not repeated as it was: the newest state is built.
function buildButtons(site, row) {
  if (site.local) return null;
  return row.state === 'running'
    ? act(`more-stop-${row.id}`, 'Stop it …', () => askStop(row))
    : act(`more-again-${row.id}`, 'Build the newest …', askStart);
}

// Files that nobody should have put there.
function surplus(names) {
  if (!names.length) return [];
  // who wants all of them has `deployments show`
  const some = names.slice(0, 5).join(', ');
  const text = `${many(names.length, 'file')} came into its folder after it was complete: ${some}`;
  return [make('p.trouble', null, icon('refused'), make('span', null, text))];
}

function message(row) {
  const more = (row.message || '').trim();
  return more.length > 70 || more.includes('\n') ? [make('p.whole', null, more)] : [];
}

function facts(site, row) {
  const fact = (name, ...value) =>
    value.flat().filter(Boolean).length ? [make('dt', null, name), make('dd', null, ...value)] : [];
  const link = (site.commit_url || '').replace('{commit}', encodeURIComponent(row.commit || ''));
  return make(
    'dl.facts-list',
    null,
    fact(
      row.kind === 'build' ? 'Execution' : 'Deployment',
      make('code', null, row.id),
      copy(row.id, 'the ID', `copy-whole-${row.id}`),
    ),
    fact(
      'Commit',
      row.commit
        ? [away(link, null, make('code', null, row.commit)), copy(row.commit, 'the commit', `copy-commit-${row.id}`)]
        : [],
    ),
    fact('Branch', row.branch),
    fact('Author', row.author),
    fact(
      row.kind === 'build' ? 'Started' : 'Made',
      moment.format(new Date(row.at)),
      trigger(row) ? `, ${trigger(row)}` : '',
    ),
    fact('Size', row.kind === 'build' ? '' : extent(row)),
    fact('Build', row.seconds && row.state !== 'running' ? lasting(row.seconds) : ''),
  );
}

function extent(row) {
  const shared = row.shared ? `; ${counted.format(row.shared)} of the files are shared with other deployments` : '';
  return `${many(files(row), 'file')}, ${size(row.bytes)}${shared}`;
}

function times(told) {
  if (!(told.lived || []).length) return [make('p.quiet', null, 'It was never live.')];
  return [
    make('h4', null, 'When it was live'),
    make(
      'ul',
      null,
      told.lived // the newest twenty: a deployment that alarms and people fight over may have hundreds
        .slice(0, 20)
        .reverse()
        .map((one) =>
          make(
            'li',
            null,
            moment.format(new Date(one.since)),
            one.until ? [' to ', moment.format(new Date(one.until))] : ' until now',
            way(one) ? `, ${way(one)}` : '',
          ),
        ),
    ),
  ];
}

function buttons(site, row, told) {
  const isLive = row.state === 'live';
  const stays = isLive
    ? 'What is live cannot be removed.'
    : told && told.removable === false
      ? `It is kept: ${told.kept_because || 'others need it'}.`
      : '';
  return [
    isLive
      ? null
      : act(
          `more-promote-${row.id}`,
          'Make it live …',
          () => askPromote(row),
          'primary',
          row.state === 'retiring' ? 'Its files are being deleted.' : '',
        ),
    isLive
      ? away(site.url, `more-open-${row.id}`, 'Open the site')
      : told && told.url
        ? away(told.url, `more-open-${row.id}`, 'Open it')
        : null,
    row.build
      ? make(
          'button',
          { type: 'button', id: `more-log-${row.id}`, onclick: (event) => buildLog(event.target, site, row) },
          'Show its build’s log',
        )
      : null,
    isLive || row.state === 'retiring'
      ? null
      : act(`more-remove-${row.id}`, 'Remove …', () => askRemove(row), '', stays),
    stays && !isLive ? make('p.quiet.small', null, stays) : null,
  ];
}
