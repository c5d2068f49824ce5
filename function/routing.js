// docs/architecture.md, "Routing": which of the live deployment's objects a request gets, for which the store is asked.
import { EITHER, EXTENSIONS, FILE, HIDDEN, PAGE, REWRITTEN, decode, inspect, keyed, single } from './address.js';
import { redirect, unavailable } from './answers.js';
import { ID, value } from './browser.js';
import { digest, keyOf, option, ruleFor } from './options.js';
import { NAVIGATION, PART, follows } from './pinning.js';
import { store } from './store.js';

// Where an ID ends
const END = /^_|[^\w-]/;

const lists = (live, name, item) => item && live.includes(item) && option(live, name).split(',').includes(item);

// Apart from the handler: in njs a call behind an await takes new memory. A promise where options are asked first.
export function route(request, live, pin, path, kind, purpose, shell) {
  const end = live.search(END);
  // with its blank; as its whole name would cost another call
  const routing = live.slice(end, end + 3);
  // the comparisons spare nearly all a search
  if (live < '0' || end < 10 || end > 64 || ((routing < ' a' || routing > ' {') && routing.search(/^ \w/) < 0)) {
    return unavailable();
  }
  const id = live.slice(0, end);
  const uri = request.uri;
  const headers = request.headers;
  const movesPin = purpose !== PART;
  // A browser fetches a page ahead, and would cross to another deployment with it.
  if (movesPin && pin && pin !== id && value(headers['sec-purpose']).includes('prefetch') && pin.search(ID) === 0) {
    return unavailable();
  }
  const served = movesPin || !pin || (pin !== id && !follows(pin, request)) ? id : pin;
  // a page has no extension that the live deployment's list could have
  const isFile =
    kind > EITHER || (kind !== PAGE && lists(live, ' also=', uri.slice(uri.lastIndexOf('.') + 1).toLowerCase()));
  // not for the parts of an older page, and not for what a page loads by its extension
  const isOptional = !shell && served === id && live[live.length - 1] === '+';
  if (isOptional && (purpose === NAVIGATION || !isFile || kind === HIDDEN)) {
    return byOptions(request, live, pin, path, kind, purpose);
  }

  if (!isFile) {
    if (routing === ' sp') {
      // A script may have no use for HTML, and `/sitemap.xml/` is a file's name with a slash too much.
      if (
        path === '/' ||
        ((purpose === NAVIGATION || !value(headers['sec-fetch-dest']) || value(headers.accept).includes('text/html')) &&
          !(kind === EITHER && uri.endsWith('/') && uri.slice(0, -1).search(EXTENSIONS) >= 0))
      ) {
        path = shell || '/index.html';
      }
    } else if (path === '/') path += 'index.html';
    else {
      const hasSlash = path.endsWith('/');
      // The address of a page ends with a slash in `folders`, without one in `bare` and, but for those of `index=`,
      // in `files`; with or without in `mixed`, which is also what a later version's routing is taken for.
      const wantsSlash =
        routing === ' fo' ||
        (hasSlash && ((routing !== ' ba' && routing !== ' fi') || lists(live, ' index=', uri.slice(1, -1))));
      if (hasSlash !== wantsSlash && kind !== REWRITTEN) {
        return redirect(hasSlash ? uri.slice(0, -1) : uri.endsWith('/index') ? uri.slice(0, -5) : uri + '/', request);
      }
      if (wantsSlash || routing === ' ba') path += hasSlash ? 'index.html' : '/index.html';
      else path = (hasSlash ? path.slice(0, -1) : path) + '.html';
    }
  }

  if (movesPin) {
    headers['x-deployment'] = { value: id };
    if (pin !== id) {
      // a crawler has no pin, and no page of another deployment that its copy could be mixed with
      if (pin || headers['sec-fetch-mode']) delete headers['if-none-match'];
      delete headers['if-modified-since'];
    }
  }
  request.uri = '/deployments/' + served + path;
  return request;
}

// What a set of addresses, rules or a shell of its own say of a request for the live deployment
async function byOptions(request, live, pin, path, kind, purpose) {
  const uri = request.uri;
  const decoded = decode(uri);
  const hasSlash = uri.endsWith('/');
  const lines = option(live, ' lines=').split(':');
  let mark;
  // what has not come to this edge yet is as if the deployment had none; a function of its own would cost another promise
  if (lines[1]) {
    try {
      const hash = digest(decoded);
      const tags = await store.get(keyOf('t:', lines, 1, hash));
      mark = tags[tags.indexOf(hash.slice(0, 8)) - 1];
      // an app's route may end in an extension
      if (!mark && !hasSlash && !decoded.includes('/.') && live.includes(' sp')) kind = PAGE;
    } catch (e) {}
  }
  if (mark === '\n') {
    if (hasSlash) path += 'index.html';
    kind = FILE;
  }

  if (lines[2] && !mark) {
    let rule;
    const segments = uri.split('/');
    let names = decoded.split('/');
    // a segment by itself is dearer, and says something else where it has a slash or no UTF-8
    if (names.length !== segments.length || decoded.includes('%')) names = segments.map(decode);
    if (hasSlash) names.pop();
    try {
      const found = await store.get(keyOf('r:', lines, 2, digest(names[lines[3]] || '')));
      rule = ruleFor(found, segments, names, request.querystring);
    } catch (e) {}
    if (rule) {
      if (rule.status !== '200') return redirect(rule.target, request, rule.status);
      path = request.uri = single(rule.target.split('?')[0]);
      const inspected = inspect(path, request);
      if (inspected.headers) return inspected;
      kind = path.search(EXTENSIONS) >= 0 ? FILE : REWRITTEN;
      path = keyed(path);
    }
  }
  return route(request, live, pin, path, kind, purpose, '/' + (option(live, ' shell=') || 'index.html'));
}
