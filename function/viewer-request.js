// Routes a request into the folder of one deployment: docs/decisions/edge-*.md say why.
import cf from 'cloudfront';

const kvs = cf.kvs();
// what follows must be nothing: a $ would let a line break pass in the Perl-compatible engine
const ID = /^[\dA-Za-z][\w-]{9,63}(?![\s\S])/;
const LIVE = /^[\dA-Za-z][\w-]{9,63} (?:spa|files|folders|mixed)(?: |$)/;

// Most paths hold nothing of ODD; only the others are decoded and looked at closely.
const ODD = /[\x00-\x1f\\\x7f+]|\/[./]|%(?:[01]|2[EFef]|5[Cc]|7[Ff])/;
const REFUSED = /[\x00-\x1f\\\x7f]|\/(?:\/|\.\.?(?:\/|$))/;

// codebuild/uploader.py has the same rule
const PROMISED = /^\/(?:_next\/static\/(?:chunks|css|media)|_app\/immutable|_astro|_nuxt(?!\/builds))\//;
const TYPE = /\.(?:m?js|css|woff2?|ttf|otf|eot|svg|png|jpe?g|gif|webp|avif|ico|wasm)(?:\.map)?$/;
const HASH =
  /(?:[./-](?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}|[.-](?=[\w-]{8}\.)(?!(?:[^A-Z.]+|[A-Z]+[_-]?\d+|\d+[A-Z]?[a-z]+|[A-Z]?[a-z]+(?:\d+|[_-][A-Z]?[a-z]+)|[A-Z]?[a-z]{3,}(?:[A-Z][a-z]+)?|[A-Z]?[a-z]+[A-Z][a-z]{3,})\.)[\w-]{8})(?:\.(?:lean|entry|chunk))?\.(?:m?js|css|woff2?|ttf|otf|eot|svg|png|jpe?g|gif|webp|avif|ico|wasm)(?:\.map)?$/;

// Types of files on the web (MDN, Common media types), frequent ones first; also= names what else a site has.
const FILE =
  /\.(?=\w+$)(?:js|css|png|svg|jpg|webp|woff2|json|html|ico|map|mjs|txt|xml|webmanifest|jpeg|gif|avif|woff|ttf|otf|eot|wasm|pdf|mp4|webm|mp3|htm|rss|atom|csv|ics|vtt|apng|bmp|m4a|aac|ogg|wav|flac|mov|zip|gz|tar|rar|7z|doc|docx|xls|xlsx|ppt|pptx|odt|rtf|epub)$/i;

function hashed(path) {
  const tail = path.length > 80 ? path.slice(-80) : path;
  if (path[1] === '_' && path.search(PROMISED) === 0) return tail.search(TYPE) >= 0;
  return tail.search(HASH) >= 0;
}

function answer(statusCode, statusDescription, caching, location, page) {
  const headers = {
    'cache-control': { value: caching },
    'strict-transport-security': { value: 'max-age=31536000' },
    'x-content-type-options': { value: 'nosniff' },
  };
  const response = { statusCode: statusCode, statusDescription: statusDescription, headers: headers };
  if (location) headers.location = { value: location };
  if (page) {
    headers['content-type'] = { value: 'text/html; charset=utf-8' };
    headers['retry-after'] = { value: '10' };
    response.body = { encoding: 'text', data: page };
  }
  return response;
}

function tooLong() {
  return answer(414, 'URI Too Long', 'no-store');
}

function unavailable() {
  const page =
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>No deployment yet</title>' +
    '<h1>No deployment yet</h1><p>Nothing is published here at the moment. Please try again soon.</p></html>';
  return answer(503, 'Service Unavailable', 'no-store', '', page);
}

// A browser that kept a 308 for ever would loop after a change of routing.
function redirect(path, request) {
  let query = request.querystring || '';
  if (request.rawQueryString) query = request.rawQueryString();
  else if (typeof query === 'object') {
    const parts = [];
    for (const name in query) {
      (query[name].multiValue || [query[name]]).forEach((item) => parts.push(name + '=' + item.value));
    }
    query = parts.join('&');
  }
  let location = query ? path + '?' + query : path;
  // A header is ASCII; what is encoded already stays as it is.
  if (location.search(/[^!-~]/) >= 0) location = encodeURI(location).split('%25').join('%');
  return answer(308, 'Permanent Redirect', 'public, max-age=0, must-revalidate', location);
}

function value(field) {
  return (field && field.value) || '';
}

// viewer-response.js has the same. A service worker that passes a navigation on empties its dest, not its mode.
function isNavigation(headers, dest) {
  if (dest && dest !== 'empty') return dest === 'document';
  const mode = value(headers['sec-fetch-mode']);
  return mode || dest ? mode === 'navigate' : value(headers.accept).includes('text/html');
}

function asksForNew(request, dest) {
  const caching = request.headers['cache-control'];
  if (caching && (!dest || dest === 'empty') && caching.value.includes('no-cache')) {
    // a worker's script that asks is installing that worker
    const asker = value(request.headers.referer).split('?')[0];
    if (!asker.endsWith('.js') && !asker.endsWith('.mjs')) return true;
  }
  if (request.querystring && request.querystring['ngsw-cache-bust']) return true;
  return request.uri.endsWith('.json') && request.uri.search(/\/(?:ngsw|_nuxt\/builds\/latest)\.json$/) >= 0;
}

// Whether a member of the store's value, as in `also=glb,geojson`, has the item
function lists(live, member, item) {
  if (!live.includes(item)) return false;
  const start = live.indexOf(member);
  return start >= 0 && (',' + live.slice(start + member.length).split(' ')[0] + ',').includes(',' + item + ',');
}

// An answer that refuses the path, or its form for S3 and whether a segment begins with a dot
function inspect(uri) {
  let decoded = uri;
  try {
    if (uri.includes('%')) decoded = decodeURIComponent(uri);
  } catch (e) {
    decoded = '';
  }
  if (decoded[0] !== '/' || decoded.search(REFUSED) >= 0) return answer(400, 'Bad Request', 'no-store');
  if (decoded.length > 225 && new TextEncoder().encode(decoded).length > 900) return tooLong();
  // S3 reads a plus sign as a space; in pairs first, for an array of half the length
  const path = uri.includes('+') ? uri.split('++').join('%2B%2B').split('+').join('%2B') : uri;
  return { path: path, hidden: decoded.includes('/.') };
}

// Without the store only who has been here is served, unless it is empty.
function withoutStore(error, pin) {
  return pin.search(ID) === 0 && !/not ?found/i.test(error) ? pin + ' mixed' : '';
}

async function handler(event) {
  let pin = '';
  let live = '';
  try {
    const request = event.request;
    const headers = request.headers || (request.headers = {});
    const uri = request.uri;
    let path = uri;
    let file = false;
    delete headers['x-deployment'];

    if (uri.length > 2700) return tooLong();
    if (uri.length > 225 || uri.search(ODD) >= 0 || uri[0] !== '/') {
      const found = inspect(uri);
      if (found.statusCode) return found;
      path = found.path;
      // never a page
      file = found.hidden;
    }

    const dot = uri.lastIndexOf('.');
    if (dot > 0) {
      if (hashed(uri)) {
        request.uri = '/immutable' + path;
        return request;
      }
      file = file || uri.search(FILE) >= 0;
    }

    const dest = headers['sec-fetch-dest'] ? headers['sec-fetch-dest'].value : '';
    const navigation = dest === 'document' || isNavigation(headers, dest);
    const moves = navigation || dest === 'serviceworker' || headers['service-worker'];
    if (request.cookies && request.cookies['__Host-deployment']) pin = request.cookies['__Host-deployment'].value;
    const pinned = pin && !moves && pin.search(ID) === 0 && !asksForNew(request, dest);
    if (pinned && file) {
      request.uri = '/deployments/' + pin + path;
      return request;
    }

    try {
      live = await kvs.get('live');
    } catch (e) {
      live = withoutStore(e, pin);
    }
    if (live.search(LIVE) !== 0) return unavailable();
    // a whole commit's length is the usual one
    const end = live[57] === ' ' ? 57 : live.indexOf(' ');
    const id = live.slice(0, end);
    if (moves && pin !== id) {
      const purpose = headers['sec-purpose'];
      if (purpose && purpose.value.includes('prefetch') && pin.search(ID) === 0) return unavailable();
      delete headers['if-none-match'];
      delete headers['if-modified-since'];
    }
    if (!pinned) pin = id;

    let page = true;
    if (file || (dot > 0 && live.length > end + 8 && lists(live, ' also=', uri.slice(dot + 1).toLowerCase()))) {
      page = file && moves && uri.search(/\.html?$/i) > 0;
    } else {
      const folder = uri.endsWith('/');
      // spa, files, folders or mixed
      const routing = live[end + 1] === 'f' ? live[end + 2] : live[end + 1];
      if (uri === '/') path = '/index.html';
      else if (routing === 's') {
        page = !dest || navigation || value(headers.accept).includes('text/html');
        if (page) path = '/index.html';
      } else if (routing === 'i' && folder && !lists(live, ' index=', uri.slice(1, -1))) {
        return redirect(uri.slice(0, -1), request);
      } else if (routing === 'o' && !folder) return redirect(uri + '/', request);
      else path += folder ? 'index.html' : '.html';
    }
    // `-` keeps viewer-response.js from asking the object's metadata
    if (moves) headers['x-deployment'] = { value: page || !navigation ? pin : '-' };
    request.uri = '/deployments/' + pin + path;
    return request;
  } catch (e) {
    return unavailable();
  }
}
