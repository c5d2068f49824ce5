// docs/decisions/edge-pin.md: when a browser stays with the deployment that it is pinned to, and when it moves on.
import { ID, value } from './browser.js';

// What a request is for. The first two move the pin, as what they bring decides what comes after it.
export const NAVIGATION = 2;
export const WORKER = 1;
export const PART = 0;

// Whether the newest is asked for, which most requests have nothing to ask with
export function asksForNews(request) {
  const headers = request.headers;
  const caching = headers['cache-control'];
  const bust = request.querystring['ngsw-cache-bust'];
  // A page's script asks with no-cache for what is new; a worker's script that asks so is installing that worker.
  return (
    (bust ||
      (caching && caching.value.includes('no-cache') && value(headers.referer).search(/^[^?]*\.m?js(?:\?|$)/) < 0)) &&
    ['', 'empty'].includes(value(headers['sec-fetch-dest']))
  );
}

// Whether to stay with the pin: it is an ID, and nothing new is asked for
export function follows(pin, request) {
  const uri = request.uri;
  const isNew = uri.endsWith('.json') && uri.search(/\/(?:ngsw|_nuxt\/builds\/latest)\.json$/) >= 0;
  return !isNew && !asksForNews(request) && pin.search(ID) === 0;
}
