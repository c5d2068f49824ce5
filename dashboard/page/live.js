// What is live, the hold, and what may be done about them.
// It stands first on the page, as it is what people come for at night.

import { away, copy, icon, make, state, when } from './build.js';
import { unwell, worst } from './health.js';
import { act, branch, commit, stages } from './parts.js';
import { askHold, askRelease, askRollback, askStart } from './questions.js';
import { files, lasting, many, prose, size, span, subject, way } from './words.js';

// Above everything: why what stands here may be old, and the hold.
export function notices(site) {
  const health = worst(site);
  const parts = [];
  if (health) parts.push(unwell(health, site));
  if (site && site.hold) parts.push(held(site));
  return parts;
}

function held(site) {
  const waits = site.waiting;
  return make(
    'div.notice.held',
    { id: 'held' },
    icon('waiting'),
    make(
      'div',
      null,
      make('h2', null, 'New deployments wait'),
      make('p.reason', null, `“${site.hold.reason}”`),
      make(
        'p.quiet',
        null,
        `Held by ${site.hold.by || 'somebody'}`,
        site.hold.since ? [' ', when(site.hold.since)] : null,
        '.',
        waits
          ? [
              ' ',
              make(
                'button.link',
                { type: 'button', 'data-go': waits.id, id: 'go-waiting' },
                make('code', null, waits.short),
              ),
              ` waits: ${subject(waits)}`,
            ]
          : ' Nothing waits yet.',
      ),
    ),
    make(
      'div.acts',
      null,
      act('release', 'End the hold', () => askRelease(false)),
      waits ? act('release-publish', `End it, and make ${waits.short} live`, () => askRelease(true), 'primary') : null,
    ),
  );
}

export function live(site) {
  if (site.live) return [heading(site), release(site), actions(site)];
  if (site.health.state === 'loading')
    return [heading(site), make('p.loading', null, site.health.line || 'Looking what is live')];
  if (!site.asked) return [heading(site), make('p.quiet', null, 'What is live is not known.')];
  if (site.builds.length) return [heading(site), firstBuild(site), actions(site)];
  return [heading(site), empty(site), actions(site)];
}

function heading(site) {
  const address = (site.url || '').replace(/^https?:\/\/|\/$/g, '');
  return make(
    'header.site',
    null,
    make('h1', null, site.name, make('span.chip', null, site.local ? 'this machine' : site.region)),
    address
      ? make(
          'p.address',
          null,
          away(site.url, 'open-site', address, icon('open'), make('span.unseen', null, ' (opens a new tab)')),
          copy(site.url, 'the address', 'copy-url'),
        )
      : null,
  );
}

function actions(site) {
  const back = site.previous;
  const unable = (site.partly || []).find((part) => part.what === 'rollback');
  return make(
    'footer.acts',
    null,
    back
      ? make(
          'p.back',
          null,
          state('previous'),
          make('span.quiet', null, make('code', null, back.short), ` ${subject(back)}`),
        )
      : null,
    site.live
      ? act(
          'rollback',
          ['Roll back', back ? [' to ', make('code', null, back.short)] : null, ' …'],
          askRollback,
          '',
          back ? '' : unable ? unable.health.line : 'There is nothing to go back to.',
        )
      : null,
    site.hold ? null : act('hold', 'Hold …', askHold),
    ['git', 'zip'].includes(site.source) && !site.local ? act('start', 'Build now …', askStart) : null,
  );
}

function release(site) {
  const row = site.live;
  const more = prose(row);
  return make(
    'div.release',
    null,
    make(
      'p.status',
      null,
      state('live'),
      worst(site) ? make('span.chip', null, 'last known') : null,
      make(
        'span.quiet',
        null,
        'for ',
        when(row.since || row.at, (time) => span(time) || 'a moment'),
        way(row) ? `, ${way(row)}` : '',
      ),
    ),
    make('p.subject', null, subject(row)),
    more
      ? // more than two lines of a wide page are folded, to about one
        more.length > 160
        ? make(
            'details.prose',
            null,
            make('summary', { id: 'live-prose' }, more.slice(0, 90).replace(/\s+\S*$/, ''), ' …'),
            make('p', null, more),
          )
        : make('p.prose', null, more)
      : null,
    make(
      'p.facts',
      null,
      make(
        'span.fact',
        null,
        make('span.unseen', null, 'Deployment '),
        make('code', null, row.short),
        copy(row.id, 'the ID', 'copy-live'),
      ),
      commit(site, row),
      branch(row),
      row.author ? make('span.fact', null, make('span.unseen', null, 'Author '), row.author) : null,
      make('span.fact', null, `${many(files(row), 'file')}, ${size(row.bytes)}`),
      row.seconds ? make('span.fact', null, `built in ${lasting(row.seconds)}`) : null,
    ),
    site.waiting && !site.hold ? make('p.quiet', null, make('code', null, site.waiting.short), ' waits.') : null,
  );
}

function firstBuild(site) {
  const build = site.builds[0];
  return make(
    'div.empty',
    null,
    make(
      'p.status',
      null,
      state('running'),
      make(
        'span.quiet',
        null,
        'for ',
        when(build.at, (time) => span(time) || 'a moment'),
      ),
    ),
    make('p.subject', null, 'The first build is running'),
    make('p', null, 'The site goes live by itself when it is done. The list below shows the log.'),
    stages(build),
  );
}

function empty(site) {
  const address = site.repository_url || site.console;
  const how = {
    git: [
      'Push a commit',
      ' to ',
      site.branch ? make('code', null, site.branch) : 'the branch',
      site.repository ? [' of ', away(address, 'repository', site.repository)] : null,
      ', and it is built and goes live.',
    ],
    zip: ['Upload ', make('code', null, 'site.zip'), ' to the source bucket, and it is built and goes live.'],
  }[site.source] || [
    'Publish a folder: ',
    make('code', null, `deployments publish dist --stack ${site.name}`),
    copy(`deployments publish dist --stack ${site.name}`, 'the command', 'copy-publish'),
  ];
  const title = site.waiting
    ? `Nothing is live: ${site.waiting.short} waits`
    : site.count
      ? 'Nothing is live yet'
      : 'Nothing has been published yet';
  return make(
    'div.empty',
    null,
    make('p.status', null, make('span.state.ready', null, icon('ready'), make('span', null, 'Empty'))),
    make('p.subject', null, title),
    make('p', null, site.waiting ? 'End the hold to make it live.' : how),
  );
}
