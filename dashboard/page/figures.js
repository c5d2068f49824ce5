// What the figures of a chart are together. A figure that was not measured is none.

import { clock, dayShort, many, percent } from './words.js';

export function total(series) {
  return (series || []).reduce((sum, value) => sum + (value || 0), 0);
}

export function measured(series) {
  return (series || []).some((value) => value !== null && value !== undefined);
}

export function tick(told, place) {
  const time = new Date(new Date(told.from).getTime() + place * told.step * 1000);
  return told.step * told.requests.length > 86400
    ? `${dayShort.format(time)} ${clock.format(time)}`
    : clock.format(time);
}

export function summary(told) {
  const [requests, errors] = [total(told.requests), total(told.errors)];
  const cached = measured(told.hits) ? `, ${percent(total(told.hits), requests)} from the cache` : '';
  const counts = `${many(requests, 'request')} since ${tick(told, 0)}, ${many(errors, 'error')}`;
  const switches = (told.switches || []).map((one) => one.short).join(', ') || 'nothing';
  return `${counts} (${percent(errors, requests)})${cached}; went live: ${switches}.`;
}
