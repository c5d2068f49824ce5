// Parts that several places of the page show. They are here so that an ID or a time looks the same wherever it stands.

import { list } from './app.js';
import { away, icon, make, tell, when } from './build.js';
import { able } from './health.js';
import { lasting, now } from './words.js';

export function commit(site, row) {
  if (!row.commit) return null;
  const href = (site.commit_url || '').replace('{commit}', encodeURIComponent(row.commit));
  return make(
    'span.fact',
    null,
    icon('commit'),
    away(href, null, make('span.unseen', null, 'Commit '), make('code', null, row.commit.slice(0, 8))),
  );
}

export function branch(row) {
  return row.branch ? make('span.fact', null, icon('branch'), make('span.unseen', null, 'Branch '), row.branch) : null;
}

export function stages(build) {
  if (!(build.stages || []).length) return null;
  const words = { waiting: 'not begun', running: 'running', succeeded: 'done', failed: 'failed', stopped: 'stopped' };
  return make(
    'ol.stages',
    { 'aria-label': 'Stages' },
    build.stages.map((stage) =>
      make(
        `li.${stage.state}`,
        null,
        icon({ waiting: 'ready', queued: 'ready' }[stage.state] || stage.state),
        make('span', null, stage.name, make('span.unseen', null, `: ${words[stage.state] || stage.state}`)),
        stage.state === 'running' && stage.since
          ? when(stage.since, (time) => lasting((now() - new Date(time)) / 1000))
          : stage.seconds
            ? make('span.quiet', null, lasting(stage.seconds))
            : null,
      ),
    ),
  );
}

// A button that stays where it is when it may not act: it says why, and keeps the focus.
export function act(id, text, work, kind, why) {
  const no = why || able();
  return make(
    kind ? `button.${kind}` : 'button',
    {
      type: 'button',
      id,
      'data-act': '',
      'aria-disabled': no ? 'true' : null,
      title: no || null,
      onclick: () => {
        const not = why || able();
        if (not) tell(not, true);
        else work();
      },
    },
    text,
  );
}

// What the program says, for people: it has whole IDs, and begins as a line of a log does.
export function spoken(text) {
  const short = text.replace(
    /[0-9a-z]+-[0-9a-f]{16}\b/g,
    (id) => (list.known.get(id) || { row: { short: id } }).row.short,
  );
  return short.charAt(0).toUpperCase() + short.slice(1);
}
