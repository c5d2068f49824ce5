// Draws requests, errors and cache hits with the switches on them.

import { $, draw, make } from './build.js';
import { measured, summary, tick } from './figures.js';
import { counted, lasting, rough } from './words.js';

const HEIGHT = { top: 20, requests: 92, gap: 4, errors: 26, bottom: 18 };

// Drawn for the width that there is, so that no text is stretched; drawn again when that changes.
export function plot(told) {
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
  const path = (bars) =>
    bars
      .map(([x, y, w, h]) => `M${x.toFixed(1)} ${y.toFixed(1)}h${w.toFixed(1)}v${h.toFixed(1)}h${(-w).toFixed(1)}z`)
      .join('');
  const columns = (series, measure) =>
    path(
      (series || [])
        .map((value, place) => [place * wide, floor - measure(value), bar, measure(value)])
        .filter((one) => one[3]),
    );
  const lane = (told.errors || [])
    .map((value, place) => [
      place * wide,
      floor + HEIGHT.gap,
      bar,
      value ? Math.max(1.5, (value / worst) * HEIGHT.errors) : 0,
    ])
    .filter((one) => one[3]);
  const picture = draw(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': summary(told) },
    draw('path', { class: 'grid', d: `M0 ${HEIGHT.top}H${width}M0 ${HEIGHT.top + HEIGHT.requests / 2}H${width}` }),
    draw('path', { class: 'axis', d: `M0 ${floor + 0.5}H${width}` }),
    draw('path', { class: 'requests', d: columns(told.requests, tall) }),
    draw('path', { class: 'hits', d: columns(told.hits, tall) }),
    draw('path', { class: 'errors', d: path(lane) }),
    draw('text', { class: 'label', x: 0, y: HEIGHT.top - 6 }, `${rough(most)} requests in ${lasting(told.step)}`),
    draw('text', { class: 'label', x: 0, y: height - 4 }, tick(told, 0)),
    draw('text', { class: 'label', x: width, y: height - 4, 'text-anchor': 'end' }, 'now'),
    flags(told, width),
  );
  box.replaceChildren(picture, make('p.tip', { id: 'tip', hidden: true }));
  picture.onpointermove = (event) => point(told, event.offsetX, wide);
  picture.onpointerleave = () => {
    $('tip').hidden = true;
  };
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
        d: `M${x.toFixed(1)} ${HEIGHT.top - 4}V${HEIGHT.top + HEIGHT.requests + HEIGHT.gap + HEIGHT.errors}`,
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
