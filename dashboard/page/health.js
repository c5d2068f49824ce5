// Whether what stands here is what is, and what to say where it is not.
// A page that shows what was true an hour ago, and does not say so, is worse than none.

import { app, current } from './app.js';
import { coded, copy, icon, make, when } from './build.js';
import { HEALTHS } from './words.js';

// The first of what is not well: the way to the program, the list of sites, this site.
export function worst(site) {
  if (!app.connected) {
    return {
      state: 'disconnected',
      line: 'The dashboard’s program does not answer.',
      remedy: 'Start it again, if it was ended. This page tries every few seconds and comes back by itself.',
    };
  }
  return (
    [app.told.health, site && site.health].find((health) => health && !['ok', 'loading'].includes(health.state)) || null
  );
}

// Why nothing can be asked now; empty if it can.
export function able() {
  const health = worst(current());
  if (health) return `${HEALTHS[health.state]}: ${health.line}`;
  const site = current();
  return site && site.health.state === 'ok' ? '' : 'Still loading.';
}

export function trouble(health) {
  return make(
    'p.trouble',
    null,
    icon(health.state || 'refused'),
    make(
      'span',
      null,
      coded(health.line),
      health.action && !(health.line || '').includes(health.action)
        ? [
            ' ',
            make('code', null, health.action),
            health.resource ? [' on ', make('code', null, health.resource)] : null,
          ]
        : null,
      health.remedy ? [' ', coded(health.remedy)] : null,
    ),
  );
}

// Which right it is that somebody has to be given.
function lacking(health, of) {
  if (!health.action) return null;
  return make(
    'dl.right',
    null,
    make('dt', null, 'Right that is missing'),
    make('dd', null, make('code', null, health.action), copy(health.action, 'the right', `copy-right-${of}`)),
    health.resource
      ? [
          make('dt', null, 'on'),
          make(
            'dd',
            null,
            make('code', null, health.resource),
            copy(health.resource, 'the resource', `copy-resource-${of}`),
          ),
        ]
      : null,
  );
}

export function unwell(health, site) {
  const titles = {
    disconnected: 'Disconnected',
    denied: 'No permission',
    expired: 'The credentials do not work any more',
    refused: 'This cannot be shown',
  };
  return make(
    `div.notice.${health.state}`,
    { role: 'alert' },
    icon(health.state),
    make(
      'div',
      null,
      make('h2', null, titles[health.state]),
      make('p', null, coded(health.line)),
      health.remedy ? make('p.remedy', null, coded(health.remedy)) : null,
      lacking(health, 'all'),
      site && site.asked
        ? make(
            'p.quiet',
            null,
            'What stands below was true ',
            when(site.asked),
            '. Nothing can be changed until it is back.',
          )
        : null,
    ),
  );
}

// What cannot be told though the site is well as a whole.
export function partly(site) {
  const words = {
    builds: 'The builds cannot be shown',
    list: 'Not all of the list can be shown',
    rollback: 'What a rollback goes to cannot be told',
  };
  return ((site && site.partly) || []).map(({ what, health }) =>
    make(
      'div.notice.soft',
      null,
      icon(health.state),
      make(
        'div',
        null,
        make('h3', null, words[what] || 'Something cannot be shown'),
        make('p', null, coded(health.line), health.remedy ? [' ', coded(health.remedy)] : null),
        lacking(health, what),
      ),
    ),
  );
}
