// docs/decisions/edge-pin.md: when a browser stays with the deployment that it is pinned to, and when it moves on.
import { ID, value } from './browser.js';

// What a request is for. The first two move the pin, as what they bring decides what comes after it.
export const NAVIGATION = 2;
export const WORKER = 1;
export const PART = 0;

// A page's script asks with no-cache for what is new; a worker's script that asks so is installing that worker.
function isFetchOfAPage(headers) {
  const dest = value(headers['sec-fetch-dest']);
  if (dest && dest !== 'empty') return false;
  const asker = value(headers.referer).split('?')[0];
  return !asker.endsWith('.js') && !asker.endsWith('.mjs');
}

// Whether to stay with the pin: it is an ID, and nothing new is asked for
export function follows(pin, request) {
  if (pin.search(ID) !== 0) return false;
  const caching = request.headers['cache-control'];
  if (caching && caching.value.includes('no-cache') && isFetchOfAPage(request.headers)) return false;
  const query = request.querystring;
  if (query && query['ngsw-cache-bust']) return false;
  const uri = request.uri;
  return !uri.endsWith('.json') || uri.search(/\/(?:ngsw|_nuxt\/builds\/latest)\.json$/) < 0;
}

// Whether a valid pin is not followed; most requests have nothing that could ask for what is new.
export function leaves(pin, request) {
  const query = request.querystring;
  const asksForNews = request.headers['cache-control'] || (query && query['ngsw-cache-bust']);
  return asksForNews && pin.search(ID) === 0 && !follows(pin, request);
}

// A browser fetches a page ahead, and would cross to another deployment with it.
export function isStalePrefetch(pin, headers) {
  return value(headers['sec-purpose']).includes('prefetch') && pin.search(ID) === 0;
}

// Where the hashed files of a pin are: the last part of a self-contained deployment's ID begins with x
export function hashedFolder(pin) {
  return pin.slice(-17, -15) === '-x' && pin.search(ID) === 0 ? '/deployments/' + pin : '/immutable';
}

// Without the store only who has been here is served, unless it is empty.
export function remembered(pin, error) {
  return pin.search(ID) === 0 && !/not ?found/i.test(error) ? pin + ' mixed' : '';
}
