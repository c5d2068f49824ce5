// docs/architecture.md, "Routing": which of the live deployment's objects a request gets, for which the store is asked.
import { EITHER, FILE } from './address.js';
import { redirect, unavailable } from './answers.js';
import { value } from './browser.js';
import { NAVIGATION, PART, follows, isStalePrefetch } from './pinning.js';

const LIVE = /^[\dA-Za-z][\w-]{9,63} \w/;

// Whether a member of the store's value, as in `also=glb,geojson`, has the item
function lists(live, member, item) {
  if (!item || !live.includes(item) || item.includes(',')) return false;
  return (',' + (live.split(member)[1] || '').split(' ')[0] + ',').includes(',' + item + ',');
}

// Whether a route of an app is asked for: not by a script that has no use for HTML
function takesPage(headers) {
  return !value(headers['sec-fetch-dest']) || value(headers.accept).includes('text/html');
}

// Apart from the handler: in njs a call behind an await takes new memory.
export function route(request, live, pin, path, kind, purpose) {
  if (live.search(LIVE) !== 0) return unavailable();
  const end = live.indexOf(' ');
  const id = live.slice(0, end);
  const moves = purpose !== PART;
  if (moves && pin && pin !== id && isStalePrefetch(pin, request.headers)) return unavailable();

  const isFile =
    kind === FILE ||
    (kind === EITHER && lists(live, ' also=', request.uri.slice(request.uri.lastIndexOf('.') + 1).toLowerCase()));
  if (!isFile) {
    const routing = live.slice(end + 1, end + 3); // as its whole name would cost another call
    if (path === '/') path = '/index.html';
    else if (routing === 'sp') {
      if (purpose === NAVIGATION || takesPage(request.headers)) path = '/index.html';
    } else {
      const hasSlash = path.endsWith('/');
      // The address of a page ends with a slash in `folders`, without one in `bare` and, but for those of `index=`,
      // in `files`; with or without in `mixed`, which is also what a later version's routing is taken for.
      const either = routing !== 'fi' && routing !== 'ba';
      const wantsSlash =
        routing === 'fo' || (hasSlash && (either || lists(live, ' index=', request.uri.slice(1, -1))));
      if (hasSlash !== wantsSlash) return redirect(wantsSlash ? request.uri + '/' : request.uri.slice(0, -1), request);
      path += hasSlash ? 'index.html' : routing === 'ba' ? '/index.html' : '.html';
    }
  }

  const headers = request.headers;
  if (moves) {
    if (pin !== id) {
      delete headers['if-none-match'];
      delete headers['if-modified-since'];
      pin = id;
    }
    headers['x-deployment'] = { value: id };
  } else if (!pin || (pin !== id && !follows(pin, request))) pin = id;
  request.uri = '/deployments/' + pin + path;
  return request;
}
