// The one list of deployments and builds: newest first, by days. It is drawn by hand and in parts, as 2,500 rows must
// neither be a pause nor take the focus away from the row where somebody is.

import { current, list } from './app.js';
import { $, arrange, coded, copy, make, put, state, tell, when } from './build.js';
import { details, refresh } from './details.js';
import { able } from './health.js';
import { following } from './log.js';
import { branch, commit, stages } from './parts.js';
import { count, sift, wish } from './search.js';
import { dated, files, haystack, lasting, many, now, size, subject, today } from './words.js';

// Draws `rows`. The first time the first ones at once and the others in parts, so that no part is a pause; later only
// what has changed is drawn.
export function showRows(site, rows) {
  if (list.site !== site.site) {
    Object.assign(list, { site: site.site, known: new Map(), days: new Map(), open: new Set() });
    $('rows').replaceChildren();
  }
  Object.assign(list, { rows, day: today() });
  clearTimeout(list.drawing);
  const shown = new Set(rows.map((row) => row.id));
  for (const id of list.known.keys()) if (!shown.has(id)) list.known.delete(id);
  if (list.known.size) drawAll(site);
  else fillFrom(site, 0);
  count();
}

// A page stays open for days: what is under Today goes under Yesterday.
export function sameDay() {
  const site = current();
  if (!site || list.site !== site.site || list.day === today()) return;
  for (const known of list.known.values()) known.hay = haystack(known.row);
  showRows(site, list.rows);
}

function byDays(site, rows) {
  const wanted = wish();
  const days = new Map();
  for (const row of rows) {
    const title = dated(row.at);
    if (!days.has(title)) days.set(title, []);
    days.get(title).push(drawn(site, row, wanted));
  }
  return [...days].map(([title, nodes]) => {
    if (!list.days.has(title))
      list.days.set(
        title,
        make('section.day', { 'aria-label': title }, make('h3', null, title), make('ol', { role: 'list' })),
      );
    return [list.days.get(title), nodes];
  });
}

function fillFrom(site, from) {
  // the first part fills a high screen; each later one takes a few milliseconds, so that 2,500 rows are no pause
  const upTo = from + (from ? 400 : 40);
  for (const [section, nodes] of byDays(site, list.rows.slice(from, upTo))) {
    section.lastChild.append(...nodes);
    section.hidden = [...section.lastChild.children].every((node) => node.hidden);
    if (!section.isConnected) $('rows').append(section);
  }
  if (upTo < list.rows.length) list.drawing = setTimeout(() => fillFrom(site, upTo), 0);
}

function drawAll(site) {
  const focused = document.activeElement;
  const row = focused.closest('.row');
  const beside = row && (row.nextElementSibling || row.previousElementSibling);
  const sections = byDays(site, list.rows).map(([section, nodes]) => {
    arrange(section.lastChild, nodes);
    section.hidden = nodes.every((node) => node.hidden);
    return section;
  });
  arrange($('rows'), sections);
  if (document.activeElement === focused) return;
  // a row that has gone hands the focus on: a build's to what was built, another one's to its neighbour
  const next =
    row &&
    !row.isConnected &&
    (list.rows.find((one) => one.build === row.id.slice(4)) || { id: beside ? beside.id.slice(4) : '' });
  const to = (focused.id && $(focused.id)) || (next && $(`open-${next.id}`)) || (row && $('list-title'));
  if (to) to.focus({ preventScroll: true });
}

// The row's node: as it was if nothing about it has changed.
function drawn(site, row, wanted) {
  const text = JSON.stringify(row);
  const known = list.known.get(row.id);
  const node = known ? known.node : make('li.row', { id: `row-${row.id}` });
  if (!known || known.text !== text) {
    const line = rowLine(site, row);
    if (!known) node.append(line);
    else {
      put(node.firstChild, [...line.childNodes], () => $(`open-${row.id}`));
      if (list.open.has(row.id) && known.row.state !== row.state) refresh(node.lastChild, site, row);
    }
    list.known.set(row.id, { node, text, row, hay: haystack(row) });
  }
  node.dataset.state = row.state || 'ready';
  node.hidden = !wanted(list.known.get(row.id));
  return node;
}

function rowLine(site, row) {
  const isBuild = row.kind === 'build';
  const open = list.open.has(row.id);
  return make(
    'div.line',
    null,
    state(row.state || 'ready'),
    make(
      'div.what',
      null,
      make(
        'button.subject',
        {
          type: 'button',
          id: `open-${row.id}`,
          'data-open': row.id,
          'aria-expanded': String(open),
          'aria-controls': open ? `more-${row.id}` : null,
        },
        subject(row),
      ),
      make(
        'p.meta',
        null,
        isBuild ? make('span.fact', null, 'Build ', make('code', null, row.short)) : make('code', null, row.short),
        copy(row.id, isBuild ? 'the execution' : 'the ID', `copy-${row.id}`),
        isBuild ? commit(site, row) : null,
        row.branch === site.branch ? null : branch(row),
        row.author ? make('span', null, row.author) : null,
        row.since && row.state !== 'live' ? make('span', null, 'was live') : null,
      ),
      row.state === 'failed' && row.reason ? make('p.reason', null, coded(row.reason)) : null,
      row.state === 'running' ? stages(row) : null,
    ),
    make(
      'span.size',
      null,
      isBuild
        ? row.state === 'running'
          ? when(row.at, (time) => lasting((now() - new Date(time)) / 1000))
          : lasting(row.seconds)
        : `${many(files(row), 'file')},\n${size(row.bytes)}`,
    ),
    make('span.at', null, when(row.at)),
    isBuild || ['live', 'retiring'].includes(row.state)
      ? make('span.do')
      : make(
          'span.do',
          null,
          make(
            'button',
            {
              type: 'button',
              id: `promote-${row.id}`,
              'data-promote': row.id,
              'aria-disabled': able() ? 'true' : null,
              'aria-label': `Make live: ${row.short}`,
            },
            'Make live',
          ),
        ),
  );
}

export function toggle(id, wanted) {
  const { node, row } = list.known.get(id) || {};
  if (!node) return;
  const open = wanted === undefined ? !list.open.has(id) : wanted;
  if (open === list.open.has(id)) return;
  const button = $(`open-${id}`);
  button.setAttribute('aria-expanded', String(open));
  if (open) {
    list.open.add(id);
    node.append(details(current(), row));
    button.setAttribute('aria-controls', `more-${id}`);
  } else {
    list.open.delete(id);
    clearTimeout(following.get(id));
    node.lastChild.remove();
    button.removeAttribute('aria-controls');
  }
}

// Goes to a row, wherever it was named.
export function go(id) {
  if (!list.known.has(id)) {
    clearTimeout(list.drawing);
    drawAll(current());
  }
  const known = list.known.get(id);
  if (!known) return tell('That deployment is not in the list any more.', true);
  if (known.node.hidden) {
    $('search').value = '';
    document.querySelector('[name=show][value=all]').checked = true;
    sift();
  }
  toggle(id, true);
  known.node.scrollIntoView({ block: 'center' });
  $(`open-${id}`).focus({ preventScroll: true });
}

// The next row that is shown, from where the focus is.
export function step(forward) {
  const rows = [...document.querySelectorAll('#rows .day:not([hidden]) .row:not([hidden])')];
  const at = rows.indexOf(document.activeElement.closest ? document.activeElement.closest('.row') : null);
  const next = rows[at < 0 ? (forward ? 0 : -1) : at + (forward ? 1 : -1)] || (at < 0 ? rows.at(-1) : null);
  if (!next) return;
  const button = next.querySelector('[data-open]');
  button.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}
