// docs/architecture.md, "Routing": which of the live deployment's objects a request gets, for which the store is asked.
import { EITHER, EXTENSIONS, FILE, HIDDEN, PAGE, REWRITTEN, decode, inspect, single } from './address.js';
import { redirect, unavailable } from './answers.js';
import { ID, value } from './browser.js';
import { digest, keyOf, targetOf } from './options.js';
import { NAVIGATION, PART, follows } from './pinning.js';
import { store } from './store.js';

const LIVE = /^[\dA-Za-z][\w-]{9,63} \w/;

// What the store's value has behind a name, as in `also=glb,geojson`
const member = (live, name) => (live.split(name)[1] || '').split(' ')[0];

const lists = (live, name, item) =>
  item && live.includes(item) && !item.includes(',') && (',' + member(live, name) + ',').includes(',' + item + ',');

const isListed = (live, uri) => lists(live, ' also=', uri.slice(uri.lastIndexOf('.') + 1).toLowerCase());

// Apart from the handler: in njs a call behind an await takes new memory. A promise where options are asked first.
export function route(request, live, pin, path, kind, purpose, shell) {
  if (live.search(LIVE) !== 0) return unavailable();
  const end = live.indexOf(' ');
  const id = live.slice(0, end);
  const uri = request.uri;
  const headers = request.headers;
  const moves = purpose !== PART;
  // A browser fetches a page ahead, and would cross to another deployment with it.
  const isOther = moves && pin && pin !== id && pin.search(ID) === 0;
  if (isOther && value(headers['sec-purpose']).includes('prefetch')) return unavailable();
  const served = moves || !pin || (pin !== id && !follows(pin, request)) ? id : pin;
  const isFile = kind > EITHER || (kind === EITHER && isListed(live, uri));
  // not for the parts of an older page, and not for what a page loads by its extension
  const isOptional = !shell && served === id && live.endsWith('+');
  if (isOptional && (purpose === NAVIGATION || !isFile || kind === HIDDEN)) {
    return byOptions(request, live, pin, path, kind, purpose);
  }

  if (!isFile) {
    const routing = live.slice(end + 1, end + 3); // as its whole name would cost another call
    if (routing === 'sp') {
      // A script may have no use for HTML, and `/sitemap.xml/` is a file's name with a slash too much.
      const isRoute =
        (purpose === NAVIGATION || !value(headers['sec-fetch-dest']) || value(headers.accept).includes('text/html')) &&
        !(kind === EITHER && uri.endsWith('/') && uri.slice(0, -1).search(EXTENSIONS) >= 0);
      if (isRoute || path === '/') path = shell || '/index.html';
    } else if (path === '/') path += 'index.html';
    else {
      const hasSlash = path.endsWith('/');
      // The address of a page ends with a slash in `folders`, without one in `bare` and, but for those of `index=`,
      // in `files`; with or without in `mixed`, which is also what a later version's routing is taken for.
      const wantsSlash =
        routing === 'fo' ||
        (hasSlash && ((routing !== 'ba' && routing !== 'fi') || lists(live, ' index=', uri.slice(1, -1))));
      if (hasSlash !== wantsSlash && kind !== REWRITTEN) {
        return redirect(hasSlash ? uri.slice(0, -1) : uri.endsWith('/index') ? uri.slice(0, -5) : uri + '/', request);
      }
      if (wantsSlash || routing === 'ba') path += hasSlash ? 'index.html' : '/index.html';
      else path = (hasSlash ? path.slice(0, -1) : path) + '.html';
    }
  }

  if (moves) {
    if (pin !== id) {
      // a crawler has no pin, and no page of another deployment that its copy could be mixed with
      if (pin || purpose !== NAVIGATION || headers['sec-fetch-mode']) delete headers['if-none-match'];
      delete headers['if-modified-since'];
    }
    headers['x-deployment'] = { value: id };
  }
  request.uri = '/deployments/' + served + path;
  return request;
}

// What a set of addresses, rules or a shell of its own say of a request for the live deployment
async function byOptions(request, live, pin, path, kind, purpose) {
  const uri = request.uri;
  const hasSlash = uri.endsWith('/');
  const set = member(live, ' set=');
  const hash = set && digest(decode(uri));
  let tags = '';
  let lines = '';
  // what has not come to this edge yet is as if the deployment had none; a function of its own would cost another promise
  try {
    if (set) tags = await store.get(keyOf('t:', set, hash.slice(8)));
  } catch (e) {}
  const mark = tags && tags[tags.indexOf(hash.slice(0, 8)) - 1];
  if (mark === '\n') {
    if (hasSlash) path += 'index.html';
    kind = FILE;
  }
  // an app's route may end in an extension
  if (mark === undefined && !hasSlash && !decode(uri).includes('/.') && live.includes(' sp')) kind = PAGE;

  const rules = mark ? '' : member(live, ' rules=');
  const segments = uri.split('/');
  const names = uri.includes('%') ? segments.map(decode) : segments;
  try {
    if (rules) lines = await store.get(keyOf('r:', rules, digest(names[rules.slice(-1)] || '')));
  } catch (e) {}
  lines = lines.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const rule = lines[i].split('\t');
    const target = rule[2] && targetOf(rule, segments, names, request.querystring);
    if (target) {
      if (rule[0] !== '200') return redirect(target, request, rule[0]);
      path = request.uri = single(target.split('?')[0]);
      const decoded = inspect(path, request);
      if (decoded.headers) return decoded;
      kind = path.search(EXTENSIONS) >= 0 || isListed(live, path) ? FILE : REWRITTEN;
      path = path.split('+').join('%2B');
      break;
    }
  }
  return route(request, live, pin, path, kind, purpose, '/' + (member(live, ' shell=') || 'index.html'));
}
