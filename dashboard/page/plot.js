// Draws requests, errors and cache hits with the switches on them.
// It is drawn by hand, as a library would take most of the 100 kB that all of the page has.

import { $, draw, make } from './build.js';
import { measured, summary, tick } from './figures.js';
import { counted, lasting, rough } from './words.js';

const HEIGHT = { top: 20, requests: 92, gap: 4, errors: 26, bottom: 18 };

const FLOOR = HEIGHT.top + HEIGHT.requests;
const WHOLE = FLOOR + HEIGHT.gap + HEIGHT.errors + HEIGHT.bottom;
const MANY_ERRORS = 0.02; // of the most requests: their lane is full then, so a few stay small and many are seen

// Drawn for the width that there is, so that no text is stretched; drawn again when that changes.
export function plot(told) {
  const box = $('plot');
  if (!box || !told || !measured(told.requests)) return;
  // on the narrowest page, of 320 pixels, that is what its margins leave
  const width = Math.max(240, Math.floor(box.clientWidth));
  const wide = width / told.requests.length;
  const size = { viewBox: `0 0 ${width} ${WHOLE}`, width, height: WHOLE };
  const picture = draw(
    'svg',
    { ...size, role: 'img', 'aria-label': summary(told) },
    bars(told, wide),
    labels(told, width),
    flags(told, width),
  );
  box.replaceChildren(picture, make('p.tip', { id: 'tip', hidden: true }));
  picture.onpointermove = (event) => point(told, event.offsetX, wide);
  picture.onpointerleave = () => {
    $('tip').hidden = true;
  };
}

// Requests and hits stand on the floor, errors hang below it.
function bars(told, wide) {
  const bar = Math.max(0.8, wide - (wide > 3 ? 1 : 0));
  const most = highest(told.requests);
  const worst = Math.max(most * MANY_ERRORS, highest(told.errors));
  const columns = (series, full, least, top) =>
    (series || [])
      .map((value, place) => [place * wide, value ? Math.max(least.px, (value / full) * least.of) : 0])
      .filter(([, tall]) => tall)
      .map(
        ([x, tall]) =>
          `M${x.toFixed(1)} ${top(tall).toFixed(1)}h${bar.toFixed(1)}v${tall.toFixed(1)}h${-bar.toFixed(1)}z`,
      )
      .join('');
  const above = { px: 1, of: HEIGHT.requests };
  const below = { px: 1.5, of: HEIGHT.errors };
  const stands = (tall) => FLOOR - tall;
  return [
    draw('path', { class: 'requests', d: columns(told.requests, most, above, stands) }),
    draw('path', { class: 'hits', d: columns(told.hits, most, above, stands) }),
    draw('path', { class: 'errors', d: columns(told.errors, worst, below, () => FLOOR + HEIGHT.gap) }),
  ];
}

function highest(series) {
  return Math.max(1, ...(series || []).map((value) => value || 0));
}

function labels(told, width) {
  const text = (x, y, said, more) => draw('text', { class: 'label', x, y, ...more }, said);
  return [
    draw('path', { class: 'grid', d: `M0 ${HEIGHT.top}H${width}M0 ${HEIGHT.top + HEIGHT.requests / 2}H${width}` }),
    draw('path', { class: 'axis', d: `M0 ${FLOOR + 0.5}H${width}` }),
    text(0, HEIGHT.top - 6, `${rough(highest(told.requests))} requests in ${lasting(told.step)}`),
    text(0, WHOLE - 4, tick(told, 0)),
    text(width, WHOLE - 4, 'now', { 'text-anchor': 'end' }),
  ];
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
    return draw(
      'g',
      { class: `switch ${one.how || ''}` },
      draw('path', {
        d: `M${x.toFixed(1)} ${HEIGHT.top - 4}V${WHOLE - HEIGHT.bottom}`,
      }),
      near
        ? null
        : [
            draw('circle', { cx: at, cy: 8, r: 8 }),
            draw('text', { x: at, y: 11.5, 'text-anchor': 'middle' }, String(place + 1)),
          ],
    );
  });
}

function point(told, x, wide) {
  const place = Math.min(told.requests.length - 1, Math.max(0, Math.floor(x / wide)));
  const value = (series) =>
    series && series[place] !== null && series[place] !== undefined ? counted.format(series[place]) : 'not measured';
  const tip = $('tip');
  tip.hidden = false;
  const [requests, errors, hits] = [told.requests, told.errors, told.hits].map(value);
  tip.textContent = `${tick(told, place)}: ${requests} requests, ${errors} errors, ${hits} from the cache`;
}
