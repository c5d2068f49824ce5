// docs/architecture.md, "Routing": which of the live deployment's objects a request gets, for which the store is asked.
import { EITHER, FILE } from './address.js';
import { redirect, unavailable } from './answers.js';
import { value } from './browser.js';
import { NAVIGATION, PART, follows, isStalePrefetch } from './pinning.js';

const LIVE = /^[\dA-Za-z][\w-]{9,63} (?:spa|files|folders|mixed)(?: |$)/;

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
    const initial = live[end + 1]; // of the routing, as its whole name would cost another call
    if (path === '/') path = '/index.html';
    else if (initial === 's') {
      if (purpose === NAVIGATION || takesPage(request.headers)) path = '/index.html';
    } else {
      const hasSlash = path.endsWith('/');
      // `folders` has a slash at the end of each page's address, `files` at those of `index=`, `mixed` at either
      const wantsSlash =
        live[end + 2] === 'o' || (hasSlash && (initial === 'm' || lists(live, ' index=', request.uri.slice(1, -1))));
      if (hasSlash !== wantsSlash) return redirect(wantsSlash ? request.uri + '/' : request.uri.slice(0, -1), request);
      path += hasSlash ? 'index.html' : '.html';
    }
  }

  const headers = request.headers;
  if (moves) {
    if (pin !== id) {
      delete headers['if-none-match'];
      delete headers['if-modified-since'];
      pin = id;
    }
    // `-` keeps the finisher from asking the object's metadata: a file that is opened is no page.
    headers['x-deployment'] = { value: isFile && purpose === NAVIGATION && path.search(/\.html?$/i) < 0 ? '-' : id };
  } else if (!pin || (pin !== id && !follows(pin, request))) pin = id;
  request.uri = '/deployments/' + pin + path;
  return request;
}
