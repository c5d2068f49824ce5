// A question before something is done, and what came of it.
// There is one for all of them, so that focus, Escape and a second click are thought of in one place.

import { app, ask, current } from './app.js';
import { $, coded, icon, make, put, tell } from './build.js';
import { able } from './health.js';
import { spoken } from './parts.js';
import { HEALTHS } from './words.js';

// The outcomes after which a question closes.
const DONE = ['published', 'rolled-back', 'on-hold', 'released', 'duplicate', 'removed', 'started', 'stopped'];
let asking = null; // what was live and had the focus when the question was opened, and what has come of it
// One question: `body` says what will change, `work` gives the request, `after` what has the focus once it is done.
export function question({ title, body, yes, doing, before, work, danger, after }) {
  const dialog = $('question');
  const site = current();
  asking = { seen: site.live ? site.live.id : '', from: document.activeElement, after };
  const form = make(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        answer(site, { before, work, doing });
      },
    },
    make('h2', { id: 'question-title' }, title),
    make('div', { id: 'question-body' }, body),
    make('div', { id: 'question-said', role: 'alert' }),
    make(
      'div.answers',
      null,
      make('button', { type: 'button', id: 'question-no', onclick: () => dialog.close() }, 'Cancel'),
      make(`button.${danger ? 'danger' : 'primary'}`, { id: 'question-yes' }, yes),
    ),
  );
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  const first = form.querySelector('input[required]:enabled') || (danger ? $('question-no') : $('question-yes'));
  first.focus();
  doubt();
}

// While a question stands, what it speaks of may change.
export function doubt() {
  if (!asking || !$('question').open || asking.busy) return;
  const site = current();
  const live = site && site.live ? site.live.id : '';
  const why =
    able() ||
    (live === asking.seen
      ? ''
      : `Meanwhile ${site.live ? site.live.short : 'nothing'} is live. Close this and look again.`);
  $('question-yes').disabled = Boolean(why);
  if (why !== asking.why)
    put($('question-said'), why ? [make('p.trouble', null, icon('refused'), make('span', null, why))] : []);
  asking.why = why;
}

async function answer(site, { before: first, work, doing }) {
  const [yes, dialog] = [$('question-yes'), $('question')];
  if (yes.disabled) return;
  const before = yes.textContent;
  asking.busy = true;
  yes.disabled = true;
  yes.textContent = doing;
  // a hold comes first, so that nothing can go live between
  const earlier = first && first();
  let told = earlier ? await ask({ site: site.site, ...earlier }) : null;
  if (!told || ['on-hold', 'duplicate'].includes(told.outcome))
    told = await ask({ site: site.site, ...work(asking.seen) });
  asking.busy = false;
  if (DONE.includes(told.outcome)) {
    asking.done = true;
    dialog.close();
    tell(spoken(told.text || told.outcome));
    return;
  }
  yes.textContent = before;
  yes.disabled = false;
  put($('question-said'), [
    make(
      'p.trouble',
      null,
      icon(told.outcome in HEALTHS ? told.outcome : 'refused'),
      make(
        'span',
        null,
        coded(spoken(told.text || [told.outcome, told.reason].filter(Boolean).join(': '))),
        told.remedy && !(told.text || '').includes(told.remedy) ? [' ', coded(told.remedy)] : '',
      ),
    ),
  ]);
}

export function closed() {
  if ($('question').open) return; // the next question was quicker than this news of the last one
  const { from, after, done } = asking || {};
  asking = null;
  // where one acted is where the focus goes; if that has gone with what was done, to what took its place
  requestAnimationFrame(() => {
    if ($('question').open) return;
    if (from && from.isConnected && !from.hidden && from.offsetParent !== null && !done) from.focus();
    else if (from && from.id && $(from.id) && $(from.id).offsetParent !== null) $(from.id).focus();
    else if (after && $(after)) $(after).focus();
    else {
      app.home = after; // it comes with the next state
      $('list-title').focus({ preventScroll: true });
    }
  });
}
