'use strict';
// What is asked before something is done, and what came of it. A question says what will change.

const REASON_LIMIT = 200; // bytes, as the publisher demands

let asking = null; // { seen, back } while a question is open

// One question: `body` says what will change, `work` gives the request, `after` what has the focus once it is done.
function question({ title, body, yes, doing, before, work, danger, after }) {
  const dialog = $('question');
  const site = current();
  asking = { seen: site.live ? site.live.id : '', from: document.activeElement, after };
  const form = make('form', { onsubmit: (event) => { event.preventDefault(); answer(site, { before, work, doing }); } },
    make('h2', { id: 'question-title' }, title), make('div', { id: 'question-body' }, body),
    make('div', { id: 'question-said', role: 'alert' }),
    make('div.answers', null, make('button', { type: 'button', id: 'question-no', onclick: () => dialog.close() }, 'Cancel'),
      make(`button.${danger ? 'danger' : 'primary'}`, { id: 'question-yes' }, yes)));
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  const first = form.querySelector('input[required]:enabled') || (danger ? $('question-no') : $('question-yes'));
  first.focus();
  doubt();
}

// While a question stands, what it speaks of may change.
function doubt() {
  if (!asking || !$('question').open || asking.busy) return;
  const site = current();
  const live = site && site.live ? site.live.id : '';
  const why = able() || (live === asking.seen ? '' : `Meanwhile ${site.live ? site.live.short : 'nothing'} is live. Close this and look again.`);
  $('question-yes').disabled = Boolean(why);
  if (why !== asking.why) put($('question-said'), why ? [make('p.trouble', null, icon('refused'), make('span', null, why))] : []);
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
  if (!told || ['on-hold', 'duplicate'].includes(told.outcome)) told = await ask({ site: site.site, ...work(asking.seen) });
  asking.busy = false;
  if (['published', 'rolled-back', 'on-hold', 'released', 'duplicate', 'removed', 'started'].includes(told.outcome)) {
    asking.done = true;
    dialog.close();
    tell(spoken(told.text || told.outcome));
    return;
  }
  yes.textContent = before;
  yes.disabled = false;
  put($('question-said'), [make('p.trouble', null, icon(told.outcome in HEALTHS ? told.outcome : 'refused'),
    make('span', null, coded(spoken(told.text || [told.outcome, told.reason].filter(Boolean).join(': '))), told.remedy && !(told.text || '').includes(told.remedy) ? [' ', coded(told.remedy)] : ''))]);
}

// What the program says, for people: it has whole IDs, and begins as a line of a log does.
function spoken(text) {
  const short = text.replace(/[0-9a-z]+-[0-9a-f]{16}\b/g, (id) => (list.known.get(id) || { row: { short: id } }).row.short);
  return short.charAt(0).toUpperCase() + short.slice(1);
}

async function ask(request) {
  try {
    const answer = await fetch('/ask', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Token': token }, body: JSON.stringify(request) });
    const type = answer.headers.get('content-type') || '';
    return type.includes('json') ? await answer.json() : { outcome: 'refused', text: (await answer.text()).trim() };
  } catch {
    return { outcome: 'disconnected', text: 'There is no answer from the dashboard’s program. Is it still running? What is live now is shown when it answers again.' };
  }
}

function closed() {
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

// What a deployment is, in a question.
function card(label, row) {
  return make('div.ticket', null, make('p.quiet', null, label),
    row ? [make('p.what', null, subject(row)), make('p.meta', null, make('code', null, row.short), row.author ? make('span', null, row.author) : null, row.at ? when(row.at) : null)] : make('p.what', null, 'nothing'));
}

// Which files a visitor gets other than now, told once the server has compared them.
function difference(site, row) {
  const place = make('div.difference', { 'aria-live': 'polite' }, make('p.loading', null, 'Comparing the files'));
  get(`/deployment?site=${encodeURIComponent(site.site)}&id=${encodeURIComponent(row.id)}`).then(
    (told) => place.replaceChildren(...changes(told)), (error) => place.replaceChildren(trouble(error)));
  return place;
}

function changes(told) {
  if (told.unknown) return [make('p.quiet', null, `What changes cannot be told: ${told.unknown}`)];
  if (!told.against) return [make('p.quiet', null, told.state === 'live' ? 'This is what is live.' : `Nothing is live yet: all ${many(files(told), 'file')} are new.`)];
  const kinds = [['added', '+', 'added'], ['changed', '~', 'changed'], ['removed', '−', 'removed']].filter(([name]) => (told[name] || {}).count);
  if (!kinds.length) return [make('p.quiet', null, `The same files as in ${told.against_short}, which is live.`)];
  return [make('p.quiet', null, `Files, against ${told.against_short}, which is live:`), ...kinds.map(([name, sign, word]) => {
    const { count, names } = told[name];
    const more = count - names.length;
    return make(`details.files.${name}`, null, make('summary', null, make('span.sign', { 'aria-hidden': 'true' }, sign), `${many(count, 'file')} ${word}`),
      make('ul', { tabindex: 0, role: 'list', 'aria-label': `Files ${word}` }, names.map((path) => make('li', null, make('code', null, path))), more > 0 ? make('li.quiet', null, `and ${counted.format(more)} more`) : null));
  })];
}

function askPromote(row) {
  const site = current();
  question({
    title: `Make ${row.short} live on ${site.name}?`, yes: 'Make it live', doing: 'Making it live …', after: `open-${row.id}`,
    body: [make('div.pair', null, card('Live now', site.live), card('Will be live', row)), difference(site, row),
      site.hold ? make('p.quiet', null, 'The hold stays: later deployments wait all the same.') : null],
    work: (seen) => ({ action: 'promote', deployment: row.id, seen }),
  });
}

function askRollback() {
  const site = current();
  const to = site.previous;
  if (!to) return;
  const why = make('div.why-hold', { hidden: true }, reason());
  why.querySelector('input').disabled = true;
  question({
    title: `Roll back ${site.name} to ${to.short}?`, yes: 'Roll back', doing: 'Rolling back …', after: 'rollback',
    body: [make('div.pair', null, card('Live now', site.live), card('Will be live again', to)), difference(site, to),
      site.hold ? make('p.quiet', null, 'New deployments still wait until the hold ends.') : [
        make('label.check', null, make('input', { type: 'checkbox', id: 'hold-too', onchange: (event) => { why.hidden = !event.target.checked; why.querySelector('input').disabled = why.hidden; } }), 'Hold new deployments too'), why]],
    before: () => ($('hold-too') && $('hold-too').checked ? { action: 'hold', reason: $('reason').value } : null),
    work: (seen) => ({ action: 'rollback', seen, to: to.id }),
  });
}

function askRemove(row) {
  question({
    title: `Remove ${row.short} of ${current().name}?`, yes: 'Remove it', doing: 'Removing …', danger: true, after: 'list-title',
    body: [card('Will be deleted', row), make('p', null, `Its ${many(row.files || 0, 'own file')} (${size(row.bytes)}) are deleted. It cannot go live again, and visitors who have its pages open may miss files.`),
      difference(current(), row)],
    work: () => ({ action: 'remove', deployment: row.id }),
  });
}

// Why somebody holds: a field and what is said about it.
function reason() {
  const input = make('input', { id: 'reason', required: true, maxlength: REASON_LIMIT, autocomplete: 'off', placeholder: 'Release freeze until Monday', 'aria-describedby': 'reason-help' });
  // as the publisher counts: bytes of JSON
  input.oninput = () => {
    const bytes = new TextEncoder().encode(JSON.stringify(input.value)).length - 2;
    const long = bytes > REASON_LIMIT ? `A reason has at most ${REASON_LIMIT} bytes, this one has ${bytes}.` : '';
    input.setCustomValidity(input.value.trim() ? long : 'Say why: for all who wonder.');
  };
  input.oninput();
  return [make('label', { for: 'reason' }, 'Why'), input, make('p.quiet.small', { id: 'reason-help' }, 'Everybody who opens this page sees it.')];
}

function askHold() {
  question({
    title: `Hold new deployments of ${current().name}?`, yes: 'Hold', doing: 'Holding …', after: 'release',
    body: [make('p', null, 'What is live stays live. New deployments are built, and wait until the hold ends.'), reason()],
    work: () => ({ action: 'hold', reason: $('reason').value }),
  });
}

function askRelease(publish) {
  const site = current();
  const waits = site.waiting;
  question({
    title: publish ? `End the hold of ${site.name} and make ${waits.short} live?` : `End the hold of ${site.name}?`, yes: publish ? 'End it and go live' : 'End the hold', doing: 'Ending the hold …', after: 'hold',
    body: publish ? [make('div.pair', null, card('Live now', site.live), card('Will be live', waits)), difference(site, waits)]
      : [make('p', null, waits ? `What is live stays live, also though ${waits.short} waits. The next deployment goes live by itself.` : 'The next deployment goes live by itself.')],
    work: (seen) => (publish ? { action: 'release', publish: true, seen } : { action: 'release', publish: false, seen }),
  });
}

function askStart() {
  question({
    title: `Start a build of ${current().name}?`, yes: 'Start', doing: 'Starting …', after: 'start',
    body: make('p', null, 'The pipeline fetches the newest state of the source, builds it, and makes it live unless the site is held.'), work: () => ({ action: 'start' }),
  });
}
