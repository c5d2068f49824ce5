'use strict';
// The chart of requests, errors and cache hits with the switches on it, and the same as a table.

const HEIGHT = { top: 20, requests: 92, gap: 4, errors: 26, bottom: 18 };

function total(series) {
  return (series || []).reduce((sum, value) => sum + (value || 0), 0);
}

function measured(series) {
  return (series || []).some((value) => value !== null && value !== undefined);
}

function traffic(site, told, failed) {
  if (failed || !told) return failed ? [trouble(failed)] : [make('p.loading', null, 'Looking for requests')];
  if (told.health && told.health.state !== 'ok') return [trouble(told.health)];
  if (!measured(told.requests)) return [make('p.quiet', null, told.note || 'No requests were counted yet.')];
  const sums = { requests: total(told.requests), errors: total(told.errors), hits: total(told.hits) };
  return [
    make('dl.sums', null,
      sum('requests', 'Requests', rough(sums.requests), ''),
      sum('errors', 'Errors', rough(sums.errors), percent(sums.errors, sums.requests)),
      measured(told.hits) ? sum('hits', 'From the cache', percent(sums.hits, sums.requests), '') : sum('hits', 'From the cache', '–', 'not measured')),
    rise(told),
    make('div.plot', { id: 'plot' }),
    switchList(told),
    told.note ? make('p.quiet.small', null, told.note) : null,
    make('details.table', { id: 'traffic-table', ontoggle: (event) => { if (event.target.open) put($('figures'), table(told)); } },
      make('summary', { id: 'traffic-summary' }, 'Show as a table'), make('div.scroll', { id: 'figures', tabindex: 0, role: 'region', 'aria-label': 'Traffic as a table' })),
  ];
}

function sum(kind, name, value, more) {
  return make(`div.${kind}`, null, make('dt', null, make('span.key', { 'aria-hidden': 'true' }), name), make('dd', null, make('strong', null, value), ' ', make('span.quiet', null, more)));
}

function trouble(health) {
  return make('p.trouble', null, icon(health.state || 'refused'), make('span', null, coded(health.line), health.action && !(health.line || '').includes(health.action) ? [' ', make('code', null, health.action), health.resource ? [' on ', make('code', null, health.resource)] : null] : null, health.remedy ? [' ', coded(health.remedy)] : null));
}

// Where the errors are many more after the last switch than before it, it says so.
function rise(told) {
  const last = (told.switches || []).at(-1);
  if (!last) return null;
  const at = Math.floor((new Date(last.at) - new Date(told.from)) / 1000 / told.step);
  if (at < 1 || at >= told.requests.length) return null;
  const long = told.requests.length - at;
  const share = (from, to) => total(told.errors.slice(Math.max(0, from), to)) / (total(told.requests.slice(Math.max(0, from), to)) || 1);
  const [before, after] = [share(at - Math.max(long, 3), at), share(at, at + long)];
  if (total(told.errors.slice(at)) < 10 || after < 0.005 || after < 2 * before) return null;
  return make('p.rise', null, icon('refused'), `Errors rose from ${percent(before, 1)} to ${percent(after, 1)} after ${last.short} went live.`);
}

function switchList(told) {
  const switches = told.switches || [];
  if (!switches.length) return null;
  const shown = switches.slice(-3).reverse();
  return make('ol.switches', { 'aria-label': 'The last switches' }, shown.map((one, place) => make('li', null,
    make('span.flag', { 'aria-hidden': 'true' }, String(switches.length - place)),
    make('button.link', { type: 'button', 'data-go': one.id, id: `switch-${switches.length - place}` }, make('code', null, one.short)), ` ${way(one) || 'went live'} `, when(one.at))));
}

// Drawn for the width that there is, so that no text is stretched; drawn again when that changes.
function plot(told) {
  const box = $('plot');
  if (!box || !told || !measured(told.requests)) return;
  const width = Math.max(240, Math.floor(box.clientWidth));
  const steps = told.requests.length;
  const wide = width / steps;
  const bar = Math.max(0.8, wide - (wide > 3 ? 1 : 0));
  const most = Math.max(1, ...told.requests.map((value) => value || 0));
  // a lane of their own, full at 2 % of the most requests: a few errors stay small, many are seen
  const worst = Math.max(1, most * 0.02, ...(told.errors || []).map((value) => value || 0));
  const floor = HEIGHT.top + HEIGHT.requests;
  const height = floor + HEIGHT.gap + HEIGHT.errors + HEIGHT.bottom;
  const tall = (value) => (value ? Math.max(1, (value / most) * HEIGHT.requests) : 0);
  const path = (bars) => bars.map(([x, y, w, h]) => `M${x.toFixed(1)} ${y.toFixed(1)}h${w.toFixed(1)}v${h.toFixed(1)}h${(-w).toFixed(1)}z`).join('');
  const columns = (series, measure) => path((series || []).map((value, place) => [place * wide, floor - measure(value), bar, measure(value)]).filter((one) => one[3]));
  const lane = (told.errors || []).map((value, place) => [place * wide, floor + HEIGHT.gap, bar, value ? Math.max(1.5, (value / worst) * HEIGHT.errors) : 0]).filter((one) => one[3]);
  const picture = draw('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': summary(told) },
    draw('path', { class: 'grid', d: `M0 ${HEIGHT.top}H${width}M0 ${HEIGHT.top + HEIGHT.requests / 2}H${width}` }),
    draw('path', { class: 'axis', d: `M0 ${floor + 0.5}H${width}` }),
    draw('path', { class: 'requests', d: columns(told.requests, tall) }),
    draw('path', { class: 'hits', d: columns(told.hits, tall) }),
    draw('path', { class: 'errors', d: path(lane) }),
    draw('text', { class: 'label', x: 0, y: HEIGHT.top - 6 }, `${rough(most)} requests in ${lasting(told.step)}`),
    draw('text', { class: 'label', x: 0, y: height - 4 }, tick(told, 0)),
    draw('text', { class: 'label', x: width, y: height - 4, 'text-anchor': 'end' }, 'now'),
    flags(told, width));
  box.replaceChildren(picture, make('p.tip', { id: 'tip', hidden: true }));
  picture.onpointermove = (event) => point(told, event.offsetX, wide);
  picture.onpointerleave = () => { $('tip').hidden = true; };
}

function flags(told, width) {
  const end = told.requests.length * told.step * 1000;
  let before = Infinity;
  return [...(told.switches || []).entries()].reverse().map(([place, one]) => {
    const x = ((new Date(one.at) - new Date(told.from)) / end) * width;
    if (x < 0 || x > width) return null;
    const near = before - x < 18; // of two that would cover each other the later one has the number
    if (!near) before = x;
    const at = Math.min(Math.max(x, 8), width - 8);
    return draw('g', { class: `switch ${one.how || ''}` }, draw('path', { d: `M${x.toFixed(1)} ${HEIGHT.top - 4}V${HEIGHT.top + HEIGHT.requests + HEIGHT.gap + HEIGHT.errors}` }),
      near ? null : [draw('circle', { cx: at, cy: 8, r: 8 }), draw('text', { x: at, y: 11.5, 'text-anchor': 'middle' }, String(place + 1))]);
  });
}

function tick(told, place) {
  const time = new Date(new Date(told.from).getTime() + place * told.step * 1000);
  return told.step * told.requests.length > 86400 ? `${dayShort.format(time)} ${clock.format(time)}` : clock.format(time);
}

function point(told, x, wide) {
  const place = Math.min(told.requests.length - 1, Math.max(0, Math.floor(x / wide)));
  const value = (series) => (series && series[place] !== null && series[place] !== undefined ? counted.format(series[place]) : 'not measured');
  const tip = $('tip');
  tip.hidden = false;
  tip.textContent = `${tick(told, place)}: ${value(told.requests)} requests, ${value(told.errors)} errors, ${value(told.hits)} from the cache`;
}

function summary(told) {
  const [requests, errors] = [total(told.requests), total(told.errors)];
  const cached = measured(told.hits) ? `, ${percent(total(told.hits), requests)} from the cache` : '';
  return `${many(requests, 'request')} since ${tick(told, 0)}, ${many(errors, 'error')} (${percent(errors, requests)})${cached}; went live: ${(told.switches || []).map((one) => one.short).join(', ') || 'nothing'}.`;
}

function table(told) {
  const cell = (series, place) => make('td', null, series && series[place] !== null && series[place] !== undefined ? counted.format(series[place]) : '–');
  const within = (one, place) => Math.floor((new Date(one.at) - new Date(told.from)) / 1000 / told.step) === place;
  return make('table', null, make('caption.unseen', null, 'Requests, errors, cache hits and switches by time'),
    make('thead', null, make('tr', null, ['From', 'Requests', 'Errors', 'From the cache', 'Went live'].map((name) => make('th', { scope: 'col' }, name)))),
    make('tbody', null, told.requests.map((_, place) => make('tr', null, make('th', { scope: 'row' }, tick(told, place)), cell(told.requests, place), cell(told.errors, place), cell(told.hits, place),
      make('td', null, (told.switches || []).filter((one) => within(one, place)).map((one) => one.short).join(', ')))).reverse()));
}
