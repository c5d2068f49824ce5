// The sites of the page, and the state of the chosen one in the browser's tab.
// A tab in the background tells by its title and icon that something needs somebody.

import { $, SVG, icon, make, put } from './build.js';
import { worst } from './health.js';
import { HEALTHS } from './words.js';

const COLOURS = { live: '#16803c', running: '#1d63d8', waiting: '#b45309', ready: '#737373' };

export function sites(told, chosen) {
  const nav = $('sites');
  nav.hidden = told.sites.length < 2;
  const each = told.sites.map((site, place) => make('li', null, link(site, `site-${place}`, site.site === chosen)));
  put(nav, make('ul', null, each));
  const here = nav.querySelector('[aria-current]');
  if (here) here.scrollIntoView({ block: 'nearest' });
}

function link(site, id, chosen) {
  const [shape, word] = standing(site, site.health);
  return make(
    'a',
    { href: `#site=${encodeURIComponent(site.site)}`, id, 'aria-current': chosen ? 'page' : null },
    make(`span.state.${shape}`, null, icon(shape), make('span.unseen', null, word)),
    make('strong', null, site.name),
    make('span.quiet', null, site.local ? 'this machine' : site.region),
  );
}

// The shape and the word for how a site stands; what is not well comes before all else.
export function standing(site, health) {
  const state = health ? health.state : 'ok';
  if (state !== 'ok') return [state === 'loading' ? 'ready' : state, HEALTHS[state]];
  if (!site) return ['ready', ''];
  if (site.hold) return ['waiting', 'Held'];
  if (site.builds.length) return ['running', 'Building'];
  return site.live ? ['live', 'Live'] : ['ready', 'Empty'];
}

// The tab says it too, by a shape.
export function tab(site) {
  const [shape, word] = standing(site, worst(site));
  document.title = [word, site ? site.name : 'Deployments'].filter(Boolean).join(' · ');
  const colour = COLOURS[shape] || '#c81e1e';
  const drawn = $(`i-${shape}`)
    .innerHTML.replaceAll('currentColor', colour)
    .replaceAll('class="cut"', 'stroke="white"');
  const look = `fill="none" stroke="${colour}" stroke-width="1.8"`;
  const picture = `<svg xmlns="${SVG}" viewBox="0 0 16 16" ${look}>${drawn}</svg>`;
  $('icon').href = `data:image/svg+xml,${encodeURIComponent(picture)}`;
}
