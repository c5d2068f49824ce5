// The log of a build, and why it failed; it goes on while the build runs.
// Of a failed build the lines that say why come first, as a log has thousands.

import { get } from './app.js';
import { away, icon, make, put } from './build.js';
import { trouble } from './health.js';
import { spoken, stages } from './parts.js';

export const following = new Map(); // by row: the timer that asks for more of the log

export function buildLog(button, site, row) {
  const place = make('div.log');
  button.closest('.more').append(place);
  button.remove();
  place.tabIndex = -1;
  place.focus();
  follow(place, site, { ...row, id: row.build, kind: 'build' });
}

// The log's tail; while the build runs it asks again, for as long as the row is open and the page is seen.
export async function follow(place, site, row) {
  clearTimeout(following.get(row.id));
  try {
    const told = await get(`/log?site=${encodeURIComponent(site.site)}&build=${encodeURIComponent(row.id)}`);
    if (!place.isConnected) return;
    showLog(place, told, row);
    if (!told.complete && told.state === 'running')
      following.set(
        row.id,
        // a log grows by the second, but each look is a request to CloudWatch; a page that nobody sees needs few
        setTimeout(() => place.isConnected && follow(place, site, row), document.hidden ? 30000 : 5000),
      );
  } catch (error) {
    if (place.isConnected)
      put(place, [
        trouble(error),
        make('button', { type: 'button', id: `again-${row.id}`, onclick: () => follow(place, site, row) }, 'Try again'),
      ]);
  }
}

function showLog(place, told, row) {
  const before = place.querySelector('pre');
  const bottom = !before || before.scrollHeight - before.scrollTop - before.clientHeight < 30;
  const scrolled = before ? before.scrollTop : 0;
  const why = new Set(told.why || []);
  const lines = told.lines || [];
  const text = make(
    'pre',
    { id: `log-${row.id}`, tabindex: 0, role: 'region', 'aria-label': 'The end of the log' },
    lines.map((line) => (why.has(line) ? make('mark', null, `${line}\n`) : `${line}\n`)),
  );
  put(place, [
    row.state === 'running' ? null : stages({ stages: told.stages || row.stages }),
    why.size
      ? make('div.why', null, make('h4', null, told.summary || 'Why it failed'), make('pre', null, [...why].join('\n')))
      : told.state === 'failed' && (told.summary || row.reason)
        ? make('div.why', null, make('h4', null, 'Why it failed'), make('p', null, told.summary || row.reason))
        : null,
    told.note ? make('p.quiet', null, spoken(told.note)) : null,
    lines.length
      ? [
          make(
            'h4',
            null,
            told.command ? ['The end of the log of ', make('code', null, told.command)] : 'The end of the log',
          ),
          text,
        ]
      : null,
    told.url ? make('p.out', null, away(told.url, `console-${row.id}`, 'The whole log', icon('open'))) : null,
  ]);
  text.scrollTop = bottom ? text.scrollHeight : scrolled;
}
