// Which rows of the list are shown, and how many there are.
// The list asks here and nowhere else, so that what is counted is what is shown.

import { current, list } from './app.js';
import { $, make, put } from './build.js';
import { trouble } from './health.js';
import { counted, dayOf, haystack } from './words.js';

const FILTERS = {
  all: () => true,
  ready: (row) => row.kind !== 'build' && ['ready', 'previous', 'waiting'].includes(row.state),
  'was-live': (row) => Boolean(row.since),
  running: (row) => row.state === 'running' || row.state === 'queued',
  failed: (row) => row.state === 'failed',
};

const SPAN = /^(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?$/;

// What the search and the filter ask for.
export function wish() {
  const words = $('search').value.toLowerCase().split(/\s+/).filter(Boolean).map(meaning);
  const filter = FILTERS[document.querySelector('[name=show]:checked').value];
  return (known) => filter(known.row) && words.every((fits) => fits(known));
}

// A word is in the row's texts; two days with dots between, of which one may be left out, are all days from one to the
// other.
function meaning(word) {
  const days = SPAN.exec(word);
  if (!days) return ({ hay }) => hay.includes(word);
  const [, from = '', to = '9'] = days;
  return ({ row }) => from <= dayOf(row.at) && dayOf(row.at) <= to;
}

export function sift() {
  const wanted = wish();
  for (const known of list.known.values()) known.node.hidden = !wanted(known);
  for (const section of list.days.values())
    section.hidden = [...section.lastChild.children].every((node) => node.hidden);
  count();
}

export function count() {
  const wanted = wish();
  const all = list.rows.length;
  const every = !$('search').value.trim() && document.querySelector('[name=show][value=all]').checked;
  const fits = every
    ? all
    : list.rows.filter((row) => wanted(list.known.get(row.id) || { row, hay: haystack(row) })).length;
  const text = !all ? '' : fits === all ? counted.format(all) : `${counted.format(fits)} of ${counted.format(all)}`;
  if ($('count').textContent !== text) $('count').textContent = text;
  $('filter').hidden = !all;
  put(
    $('end'),
    all && !fits
      ? [
          make('p', null, 'Nothing fits what you look for.'),
          make('button', { type: 'button', id: 'show-all', onclick: clearFilter }, 'Show all'),
        ]
      : all
        ? list.older
          ? [make('p.quiet.small', null, 'Older builds are in the console of CodePipeline.')]
          : []
        : nothing(),
  );
}

function nothing() {
  const site = current();
  if (list.failed) return [trouble(list.failed)];
  if (site && !site.asked && site.health.state !== 'loading') return [];
  if (!site || site.health.state === 'loading' || list.site !== site.site)
    return [make('p.loading', null, 'Reading the deployments')];
  return [make('p.quiet', null, 'Deployments and builds stand here, newest first, as soon as there are some.')];
}

function clearFilter() {
  $('search').value = '';
  document.querySelector('[name=show][value=all]').checked = true;
  sift();
  $('search').focus();
}
