// What a deployment has other than what is live.
// It is asked for only when somebody opens a row, as each answer costs the listings of two folders.

import { get } from './app.js';
import { make } from './build.js';
import { trouble } from './health.js';
import { counted, files, many } from './words.js';

// Which files a visitor gets other than now, told once the server has compared them.
export function difference(site, row) {
  const place = make('div.difference', { 'aria-live': 'polite' }, make('p.loading', null, 'Comparing the files'));
  get(`/deployment?site=${encodeURIComponent(site.site)}&id=${encodeURIComponent(row.id)}`).then(
    (told) => place.replaceChildren(...changes(told)),
    (error) => place.replaceChildren(trouble(error)),
  );
  return place;
}

export function changes(told) {
  if (told.unknown) return [make('p.quiet', null, `What changes cannot be told: ${told.unknown}`)];
  if (!told.against)
    return [
      make(
        'p.quiet',
        null,
        told.state === 'live'
          ? 'This is what is live.'
          : `Nothing is live yet: all ${many(files(told), 'file')} are new.`,
      ),
    ];
  const kinds = [
    ['added', '+', 'added'],
    ['changed', '~', 'changed'],
    ['removed', '−', 'removed'],
  ].filter(([name]) => (told[name] || {}).count);
  if (!kinds.length) return [make('p.quiet', null, `The same files as in ${told.against_short}, which is live.`)];
  return [
    make('p.quiet', null, `Files, against ${told.against_short}, which is live:`),
    ...kinds.map(([name, sign, word]) => {
      const { count, names } = told[name];
      const more = count - names.length;
      return make(
        `details.files.${name}`,
        null,
        make('summary', null, make('span.sign', { 'aria-hidden': 'true' }, sign), `${many(count, 'file')} ${word}`),
        make(
          'ul',
          { tabindex: 0, role: 'list', 'aria-label': `Files ${word}` },
          names.map((path) => make('li', null, make('code', null, path))),
          more > 0 ? make('li.quiet', null, `and ${counted.format(more)} more`) : null,
        ),
      );
    }),
  ];
}
