// How numbers, times and states are said. Nothing here touches the page.
// So the same state has the same word in the list, in the title and in a question.

export const STATES = {
  live: 'Live',
  previous: 'Previous',
  waiting: 'Waiting',
  ready: 'Ready',
  retiring: 'Being removed',
  running: 'Building',
  failed: 'Failed',
  stopped: 'Stopped',
  canceled: 'Canceled',
  superseded: 'Superseded',
  succeeded: 'Built',
  queued: 'Queued',
};
export const HEALTHS = {
  loading: 'Loading',
  ok: 'Connected',
  disconnected: 'Disconnected',
  denied: 'No permission',
  expired: 'Signed out',
  refused: 'Refused',
};
export const MEANINGS = {
  previous: 'Was live before the present one: rolling back goes here',
  waiting: 'Goes live when the hold ends',
  ready: 'Complete, and can go live',
  retiring: 'Its files are being deleted',
  superseded: 'A newer build took its place',
};
export const counted = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
export const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const isoDay = new Intl.DateTimeFormat('sv'); // Sweden writes days so
export const dayShort = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
export const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const server = { ahead: 0 }; // by how many milliseconds its clock is ahead of the browser's

// Takes up the server's clock, if the browser's is another one by more than a message takes.
export function setClock(time) {
  const ahead = time ? new Date(time) - Date.now() : 0;
  // a request takes up to that, so less says nothing about the clocks
  server.ahead = Math.abs(ahead) < 2000 ? 0 : ahead;
}

export function now() {
  return Date.now() + server.ahead;
}

export function today() {
  return new Date(now()).toDateString();
}

export function rough(number) {
  return number < 1e6 ? counted.format(number) : compact.format(number);
}

export function many(number, noun) {
  return `${counted.format(number)} ${noun}${number === 1 ? '' : 's'}`;
}

export function span(time) {
  const seconds = Math.max(0, (now() - new Date(time)) / 1000);
  for (const [unit, size] of [
    ['year', 31557600],
    ['month', 2629800],
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
  ]) {
    const number = Math.floor(seconds / size);
    if (number) return many(number, unit);
  }
  return seconds < 5 ? '' : many(Math.floor(seconds / 5) * 5, 'second');
}

export function age(time) {
  const long = span(time);
  return long ? `${long} ago` : 'just now';
}

export function dated(time) {
  const then = new Date(time);
  const days = Math.round((new Date(now()).setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / 864e5);
  return { 0: 'Today', 1: 'Yesterday' }[days] || day.format(then);
}

// The day on which a time is here, as 2026-11-29.
export function dayOf(time) {
  return isoDay.format(new Date(time));
}

export function lasting(seconds) {
  const whole = Math.max(0, Math.round(seconds || 0));
  if (whole < 60) return `${whole} s`;
  const [big, small, rest] = whole < 3600 ? ['min', 's', whole] : ['h', 'min', whole / 60];
  const left = Math.floor(rest % 60);
  return [Math.floor(rest / 60), big, ...(left ? [left, small] : [])].join(' ');
}

export function size(bytes) {
  for (const [unit, one] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ]) {
    if (bytes >= one) return `${(bytes / one).toFixed(bytes / one < 10 ? 1 : 0)} ${unit}`;
  }
  return many(bytes || 0, 'byte');
}

export function percent(part, whole) {
  if (!whole) return '0 %';
  const share = (100 * part) / whole;
  return `${share > 0 && share < 10 ? share.toFixed(1) : Math.round(share)} %`;
}

export function files(row) {
  return (row.files || 0) + (row.shared || 0);
}

export function subject(row) {
  const first = (row.message || '').split('\n')[0].trim();
  return first || (row.kind === 'build' ? 'Build without a message' : 'Without a message');
}

export function prose(row) {
  return (row.message || '').split('\n').slice(1).join('\n').trim();
}

// How a deployment became live, after "Live for 3 hours, ".
export function way(row) {
  const by = row.by ? ` by ${row.by}` : '';
  return (
    {
      push: 'after a push',
      upload: 'after an upload',
      publish: `published${by}`,
      promote: `made live${by}`,
      rollback: `rolled back to${by}`,
      alarm: 'rolled back to by an alarm',
      release: `released from the hold${by}`,
    }[row.how] || ''
  );
}

export function trigger(row) {
  return (
    {
      push: 'after a push',
      upload: 'after an upload',
      webhook: 'asked for by the webhook',
      start: 'started by hand',
      retry: 'tried again',
    }[row.trigger] || ''
  );
}

// The text that a search looks through.
export function haystack(row) {
  const texts = [
    row.message,
    row.id,
    row.short,
    row.commit,
    row.branch,
    row.author,
    row.by,
    STATES[row.state],
    row.kind,
    dayOf(row.at),
    dated(row.at),
  ];
  return texts.filter(Boolean).join('\n').toLowerCase();
}
