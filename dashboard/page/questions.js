// What is asked before something is done: each question says what will change.
// A question says what a visitor would notice, so that nobody has to know what the button is called inside.

import { current } from './app.js';
import { $, make, when } from './build.js';
import { difference } from './changes.js';
import { question } from './dialog.js';
import { many, size, subject } from './words.js';

const REASON_LIMIT = 200; // bytes, as the publisher demands

// What a deployment is, in a question.
function card(label, row) {
  return make(
    'div.ticket',
    null,
    make('p.quiet', null, label),
    row
      ? [
          make('p.what', null, subject(row)),
          make(
            'p.meta',
            null,
            make('code', null, row.short),
            row.author ? make('span', null, row.author) : null,
            row.at ? when(row.at) : null,
          ),
        ]
      : make('p.what', null, 'nothing'),
  );
}

export function askPromote(row) {
  const site = current();
  question({
    title: `Make ${row.short} live on ${site.name}?`,
    yes: 'Make it live',
    doing: 'Making it live …',
    after: `open-${row.id}`,
    body: [
      make('div.pair', null, card('Live now', site.live), card('Will be live', row)),
      difference(site, row),
      site.hold ? make('p.quiet', null, 'The hold stays: later deployments wait all the same.') : null,
    ],
    work: (seen) => ({ action: 'promote', deployment: row.id, seen }),
  });
}

export function askRollback() {
  const site = current();
  const to = site.previous;
  if (!to) return;
  const why = make('div.why-hold', { hidden: true }, reason());
  why.querySelector('input').disabled = true;
  question({
    title: `Roll back ${site.name} to ${to.short}?`,
    yes: 'Roll back',
    doing: 'Rolling back …',
    after: 'rollback',
    body: [
      make('div.pair', null, card('Live now', site.live), card('Will be live again', to)),
      difference(site, to),
      site.hold
        ? make('p.quiet', null, 'New deployments still wait until the hold ends.')
        : [
            make(
              'label.check',
              null,
              make('input', {
                type: 'checkbox',
                id: 'hold-too',
                onchange: (event) => {
                  why.hidden = !event.target.checked;
                  why.querySelector('input').disabled = why.hidden;
                },
              }),
              'Hold new deployments too',
            ),
            why,
          ],
    ],
    before: () => ($('hold-too') && $('hold-too').checked ? { action: 'hold', reason: $('reason').value } : null),
    work: (seen) => ({ action: 'rollback', seen, to: to.id }),
  });
}

export function askRemove(row) {
  question({
    title: `Remove ${row.short} of ${current().name}?`,
    yes: 'Remove it',
    doing: 'Removing …',
    danger: true,
    after: 'list-title',
    body: [
      card('Will be deleted', row),
      make(
        'p',
        null,
        `Its ${many(row.files || 0, 'own file')} (${size(row.bytes)}) are deleted. `,
        'It cannot go live again, and visitors who have its pages open may miss files.',
      ),
      difference(current(), row),
    ],
    work: () => ({ action: 'remove', deployment: row.id }),
  });
}

// Why somebody holds: a field and what is said about it.
function reason() {
  const input = make('input', {
    id: 'reason',
    required: true,
    maxlength: REASON_LIMIT,
    autocomplete: 'off',
    placeholder: 'Release freeze until Monday',
    'aria-describedby': 'reason-help',
  });
  // as the publisher counts: bytes of JSON
  input.oninput = () => {
    const bytes = new TextEncoder().encode(JSON.stringify(input.value)).length - 2;
    const long = bytes > REASON_LIMIT ? `A reason has at most ${REASON_LIMIT} bytes, this one has ${bytes}.` : '';
    input.setCustomValidity(input.value.trim() ? long : 'Say why: for all who wonder.');
  };
  input.oninput();
  return [
    make('label', { for: 'reason' }, 'Why'),
    input,
    make('p.quiet.small', { id: 'reason-help' }, 'Everybody who opens this page sees it.'),
  ];
}

export function askHold() {
  question({
    title: `Hold new deployments of ${current().name}?`,
    yes: 'Hold',
    doing: 'Holding …',
    after: 'release',
    body: [
      make('p', null, 'What is live stays live. New deployments are built, and wait until the hold ends.'),
      reason(),
    ],
    work: () => ({ action: 'hold', reason: $('reason').value }),
  });
}

export function askRelease(publish) {
  const site = current();
  const waits = site.waiting;
  question({
    title: publish ? `End the hold of ${site.name} and make ${waits.short} live?` : `End the hold of ${site.name}?`,
    yes: publish ? 'End it and go live' : 'End the hold',
    doing: 'Ending the hold …',
    after: 'hold',
    body: publish
      ? [make('div.pair', null, card('Live now', site.live), card('Will be live', waits)), difference(site, waits)]
      : [
          make(
            'p',
            null,
            waits
              ? `What is live stays live, also though ${waits.short} waits. The next deployment goes live by itself.`
              : 'The next deployment goes live by itself.',
          ),
        ],
    work: (seen) =>
      publish ? { action: 'release', publish: true, seen } : { action: 'release', publish: false, seen },
  });
}

export function askStart() {
  question({
    title: `Start a build of ${current().name}?`,
    yes: 'Start',
    doing: 'Starting …',
    after: 'start',
    body: make(
      'p',
      null,
      'The pipeline fetches the newest state of the source, builds it, and makes it live unless the site is held.',
    ),
    work: () => ({ action: 'start' }),
  });
}

export function askStop(row) {
  question({
    title: `Stop build ${row.short} of ${current().name}?`,
    yes: 'Stop it',
    doing: 'Stopping …',
    danger: true,
    after: `open-${row.id}`,
    body: [
      make('p.what', null, subject(row)),
      make('p', null, 'It does not go live. A step that runs in CodeBuild ends by itself, and is paid for until then.'),
    ],
    work: () => ({ action: 'stop', build: row.id }),
  });
}
