// Fetches list and traffic of a site, if there is something new.
// It is apart from drawing, so that what came late cannot draw what is no longer asked for.

import { app, current, get, list } from './app.js';
import { $, put } from './build.js';
import { traffic } from './chart.js';
import { showRows, toggle } from './list.js';
import { plot } from './plot.js';
import { count } from './search.js';

// Fetches list and traffic of the site, if there is something new.
export function look() {
  const site = current();
  if (!site || !app.connected) return;
  if (!site.asked) return count();
  if (site.health.state !== 'loading' && app.revision !== `${site.site} ${site.revision}`) fetchRows(site);
  else if (list.site !== site.site) count();
  else freshen(site);
  if (site.health.state === 'loading') return;
  if (app.trafficOf !== site.site) fetchTraffic();
  // the switch's own mark takes a moment to be told
  else if (site.live && app.trafficLive !== site.live.id) setTimeout(fetchTraffic, 1500);
}

// Running builds come with every message: their rows show each step, the list itself only what is new in it.
function freshen(site) {
  const running = new Map(site.builds.map((build) => [build.id, build]));
  if (!running.size) return;
  const rows = list.rows.map((row) => running.get(row.id) || row);
  for (const build of running.values()) if (!rows.some((row) => row.id === build.id)) rows.unshift(build);
  showRows(site, rows);
}

async function fetchRows(site) {
  app.revision = `${site.site} ${site.revision}`;
  try {
    const told = await get(`/deployments?site=${encodeURIComponent(site.site)}`);
    if (app.site !== site.site) return;
    const running = new Map((current() || site).builds.map((build) => [build.id, build]));
    const rows = told.rows.map((row) => running.get(row.id) || row);
    for (const build of [...running.values()].reverse()) if (!rows.includes(build)) rows.unshift(build);
    list.failed = null;
    list.older = told.older_builds;
    showRows(site, rows);
    if (!site.live && site.builds.length && !list.first) {
      list.first = true; // nothing else is there to be looked at
      toggle(site.builds[0].id, true);
    }
  } catch (error) {
    app.revision = '';
    list.failed = error;
    if (list.site !== site.site) showRows(site, []);
    count();
    clearTimeout(app.again);
    // it answered nothing: often enough for who waits, seldom enough for who has left
    app.again = setTimeout(look, 5000);
  }
}

export async function fetchTraffic() {
  const site = current();
  if (!site) return;
  if (app.trafficOf !== site.site) put($('chart'), traffic(site, null));
  Object.assign(app, { trafficOf: site.site, trafficLive: site.live ? site.live.id : '' });
  $('traffic').hidden = !site.live && !site.count;
  if ($('traffic').hidden) return;
  try {
    const told = await get(`/traffic?site=${encodeURIComponent(site.site)}&hours=${$('hours').value}`);
    if (app.site !== site.site) return;
    if (JSON.stringify(told) === JSON.stringify(app.traffic) && $('plot')) return;
    const open = $('traffic-table') && $('traffic-table').open;
    app.traffic = told;
    put($('chart'), traffic(site, told));
    if (open && $('traffic-table')) $('traffic-table').open = true;
    plot(told);
  } catch (error) {
    app.traffic = null;
    if (app.site === site.site) put($('chart'), traffic(site, null, error));
  }
}
