// The requests, errors and cache hits in numbers, in words and as a table; plot.js draws them.
// They stand beside the picture, because not everybody sees it.

import { $, icon, make, put, when } from './build.js';
import { measured, tick, total } from './figures.js';
import { trouble } from './health.js';
import { counted, percent, rough, way } from './words.js';

export function traffic(site, told, failed) {
  if (failed || !told) return failed ? [trouble(failed)] : [make('p.loading', null, 'Looking for requests')];
  if (told.health && told.health.state !== 'ok') return [trouble(told.health)];
  if (!measured(told.requests)) return [make('p.quiet', null, told.note || 'No requests were counted yet.')];
  const sums = { requests: total(told.requests), errors: total(told.errors), hits: total(told.hits) };
  return [
    make(
      'dl.sums',
      null,
      sum('requests', 'Requests', rough(sums.requests), ''),
      sum('errors', 'Errors', rough(sums.errors), percent(sums.errors, sums.requests)),
      measured(told.hits)
        ? sum('hits', 'From the cache', percent(sums.hits, sums.requests), '')
        : sum('hits', 'From the cache', '–', 'not measured'),
    ),
    rise(told),
    make('div.plot', { id: 'plot' }),
    switchList(told),
    told.note ? make('p.quiet.small', null, told.note) : null,
    make(
      'details.table',
      {
        id: 'traffic-table',
        ontoggle: (event) => {
          if (event.target.open) put($('figures'), table(told));
        },
      },
      make('summary', { id: 'traffic-summary' }, 'Show as a table'),
      make('div.scroll', { id: 'figures', tabindex: 0, role: 'region', 'aria-label': 'Traffic as a table' }),
    ),
  ];
}

function sum(kind, name, value, more) {
  return make(
    `div.${kind}`,
    null,
    make('dt', null, make('span.key', { 'aria-hidden': 'true' }), name),
    make('dd', null, make('strong', null, value), ' ', make('span.quiet', null, more)),
  );
}

// Where the errors are many more after the last switch than before it, it says so.
function rise(told) {
  const last = (told.switches || []).at(-1);
  if (!last) return null;
  const at = Math.floor((new Date(last.at) - new Date(told.from)) / 1000 / told.step);
  if (at < 1 || at >= told.requests.length) return null;
  const long = told.requests.length - at;
  const share = (from, to) =>
    total(told.errors.slice(Math.max(0, from), to)) / (total(told.requests.slice(Math.max(0, from), to)) || 1);
  const [before, after] = [share(at - Math.max(long, 3), at), share(at, at + long)];
  if (total(told.errors.slice(at)) < 10 || after < 0.005 || after < 2 * before) return null;
  return make(
    'p.rise',
    null,
    icon('refused'),
    `Errors rose from ${percent(before, 1)} to ${percent(after, 1)} after ${last.short} went live.`,
  );
}

function switchList(told) {
  const switches = told.switches || [];
  if (!switches.length) return null;
  const shown = switches.slice(-3).reverse();
  return make(
    'ol.switches',
    { 'aria-label': 'The last switches' },
    shown.map((one, place) =>
      make(
        'li',
        null,
        make('span.flag', { 'aria-hidden': 'true' }, String(switches.length - place)),
        make(
          'button.link',
          { type: 'button', 'data-go': one.id, id: `switch-${switches.length - place}` },
          make('code', null, one.short),
        ),
        ` ${way(one) || 'went live'} `,
        when(one.at),
      ),
    ),
  );
}

function table(told) {
  const cell = (series, place) =>
    make(
      'td',
      null,
      series && series[place] !== null && series[place] !== undefined ? counted.format(series[place]) : '–',
    );
  const within = (one, place) => Math.floor((new Date(one.at) - new Date(told.from)) / 1000 / told.step) === place;
  return make(
    'table',
    null,
    make('caption.unseen', null, 'Requests, errors, cache hits and switches by time'),
    make(
      'thead',
      null,
      make(
        'tr',
        null,
        ['From', 'Requests', 'Errors', 'From the cache', 'Went live'].map((name) => make('th', { scope: 'col' }, name)),
      ),
    ),
    make(
      'tbody',
      null,
      told.requests
        .map((_, place) =>
          make(
            'tr',
            null,
            make('th', { scope: 'row' }, tick(told, place)),
            cell(told.requests, place),
            cell(told.errors, place),
            cell(told.hits, place),
            make(
              'td',
              null,
              (told.switches || [])
                .filter((one) => within(one, place))
                .map((one) => one.short)
                .join(', '),
            ),
          ),
        )
        .reverse(),
    ),
  );
}
