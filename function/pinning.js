// docs/decisions/edge-pin.md: when a browser stays with the deployment that it is pinned to, and when it moves on.
import { ID, value } from './browser.js';

// What a request is for. The first two move the pin, as what they bring decides what comes after it.
export const NAVIGATION = 2;
export const WORKER = 1;
export const PART = 0;

// A page's script asks with no-cache for what is new; a worker's script that asks so is installing that worker.
function isFetchOfAPage(headers) {
  const dest = value(headers['sec-fetch-dest']);
  return (!dest || dest === 'empty') && value(headers.referer).search(/^[^?]*\.m?js(?:\?|$)/) < 0;
}

// Whether to stay with the pin: it is an ID, and nothing new is asked for
export function follows(pin, request) {
  if (pin.search(ID) !== 0) return false;
  const headers = request.headers;
  if (value(headers['cache-control']).includes('no-cache') && isFetchOfAPage(headers)) return false;
  if (request.querystring['ngsw-cache-bust']) return false;
  const uri = request.uri;
  return !uri.endsWith('.json') || uri.search(/\/(?:ngsw|_nuxt\/builds\/latest)\.json$/) < 0;
}
