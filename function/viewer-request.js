// Routes a request into the folder of one deployment: docs/decisions/edge-*.md say why.
import cf from 'cloudfront';

const kvs = cf.kvs();
// no $ at the end, which would let a line break pass in njs
const ID = /^[\dA-Za-z][\w-]{9,63}(?![\s\S])/;
const LIVE = /^[\dA-Za-z][\w-]{9,63} (?:spa|files|folders|mixed)(?: |$)/;

// Only a path with something of ODD is decoded and looked at closely.
const ODD = /[\x00-\x1f\\\x7f+]|\/[./]|%(?:[01]|2[EFef]|5[Cc]|7[Ff])/;
const REFUSED = /[\x00-\x1f\\\x7f]|\/(?:\/|\.\.?(?:\/|$))/;

// "Name carries a hash": codebuild/uploader.py has the same rule; docs/decisions/uploader-shared-files.md says why
const PROMISED = /^\/(?:_next\/static\/(?:chunks|css|media)|_app\/immutable|_astro|_nuxt(?!\/builds))(?=\/)/;
const HASHED =
  /(?:^\/(?:_next\/static\/(?:chunks|css|media)|_app\/immutable|_astro|_nuxt(?!\/builds))\/.*\.|(?:[./-](?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}|[.-](?=[\w-]{8}\.)(?!(?:[^A-Z.]+|[A-Z]+[_-]?\d+|\d+[A-Z]?[a-z]+|[A-Z]?[a-z]+(?:\d+|[_-][A-Z]?[a-z]+)|[A-Z]?[a-z]{3,}(?:[A-Z][a-z]+)?|[A-Z]?[a-z]+[A-Z][a-z]{3,})\.)[\w-]{8})\.(?:(?:lean|entry|chunk|min|legacy|bundle)\.)??)(?:m?js|css|woff2?|[ot]tf|eot|wasm|svg|png|jpe?g|gif|webp|avif|ico)$/;
// People too name images by numbers, models and services: elsewhere an image needs a bundler's folder and form
const FOLDER = /\/(?:assets|media|static|images|img|_static)(?=\/)/;
const FORM =
  /(?:[./-](?=[\da-f]{8,64}\.)(?:[\da-f]{8}|[\da-f]{16}|[\da-f]{20}|(?!.{12}4...[89ab])[\da-f]{32}|[\da-f]{40}|[\da-f]{64})|\.[\da-f]{12}|[.-](?:[A-Z2-7]{8}|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?!(?:[A-Za-z]?[A-Z][a-z]{3,}|(?:[A-Z]?[a-z]{2,}){2})(?:[A-Z]{1,2}|\d{1,2})\.)[\w-]{8}))\.\w+$/;
const LETTER = /^[^%][^%][A-Za-z_]/;

// Types of files on the web (MDN, Common media types) by first letter; also= names what else a site has.
const FILE =
  /\.(?=\w+$)(?:svg|p(?:ng|df|ptx?)|j(?:s|son|pe?g)|html?|css|x(?:ml|lsx?)|t(?:xt|tf|ar)|w(?:eb[mp]|off2?|ebmanifest|asm|av)|ic[os]|m(?:ap|js|p[34]|4a|ov)|g(?:if|z)|a(?:vif|tom|png|ac)|o(?:tf|gg|dt)|e(?:ot|pub)|r(?:ss|ar|tf)|csv|vtt|bmp|flac|zip|7z|docx?)$/i;

function refuse(status, text) {
  return {
    statusCode: status,
    statusDescription: text,
    headers: {
      'cache-control': { value: 'no-store' },
      'strict-transport-security': { value: 'max-age=31536000' },
      'x-content-type-options': { value: 'nosniff' },
    },
  };
}

function unavailable() {
  const page =
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>No deployment yet</title>' +
    '<h1>No deployment yet</h1><p>Nothing is published here at the moment. Please try again soon.</p></html>';
  const response = refuse(503, 'Service Unavailable');
  response.headers['content-type'] = { value: 'text/html; charset=utf-8' };
  response.headers['retry-after'] = { value: '10' };
  response.body = { encoding: 'text', data: page };
  return response;
}

function join(fields) {
  const parts = [];
  for (const name in fields) {
    (fields[name].multiValue || [fields[name]]).forEach((item) => parts.push(name + '=' + item.value));
  }
  return parts.join('&');
}

function redirect(path, request) {
  let query = request.querystring;
  if (request.rawQueryString) query = request.rawQueryString();
  else if (query && typeof query === 'object') query = Object.keys(query).length ? join(query) : '';
  let location = query ? path + '?' + query : path;
  // A header is ASCII; what is encoded already stays as it is.
  if (location.search(/[^!-~]/) >= 0) location = encodeURI(location).split('%25').join('%');
  return {
    statusCode: 308,
    statusDescription: 'Permanent Redirect',
    headers: {
      // a browser that kept it for ever would loop after a change of routing
      'cache-control': { value: 'public, max-age=0, must-revalidate' },
      location: { value: location },
      'strict-transport-security': { value: 'max-age=31536000' },
      'x-content-type-options': { value: 'nosniff' },
    },
  };
}

function value(field) {
  return (field && field.value) || '';
}

// What a request has that does not follow its pin; most have nothing of it
function asks(request) {
  return request.headers['cache-control'] || (request.querystring && request.querystring['ngsw-cache-bust']);
}

// Whether to stay with the pin: it is an ID, and nothing new is asked for
function follows(pin, request, dest) {
  if (pin.search(ID) !== 0) return false;
  const caching = request.headers['cache-control'];
  if (caching && (!dest || dest === 'empty') && caching.value.includes('no-cache')) {
    // a worker's script that asks is installing that worker
    const asker = value(request.headers.referer).split('?')[0];
    if (!asker.endsWith('.js') && !asker.endsWith('.mjs')) return false;
  }
  if (request.querystring && request.querystring['ngsw-cache-bust']) return false;
  return !request.uri.endsWith('.json') || request.uri.search(/\/(?:ngsw|_nuxt\/builds\/latest)\.json$/) < 0;
}

// Of what HASHED takes: code, or an image that a bundler has named
function isBuilt(uri, ends, kind) {
  // the second letter tells svg, png, jpg, jpeg, gif, webp, avif and ico from the others
  if (kind === 's' || !'vnpiec'.includes(kind)) return true;
  if (ends.search(PROMISED) === 0) return true;
  const at = uri.search(FOLDER) < 0 ? -1 : ends.search(FORM);
  // digits behind a number's dash are no hash of their own; nor behind %C3 or the like
  return at > 0 && (ends[at] !== '-' || ends.slice(at).search(/[A-Z]/) > 0 || ends.slice(at - 3, at).search(LETTER) === 0);
}

// Where the hashed files of a pin are: the last part of a self-contained deployment's ID begins with x
function home(pin) {
  return pin.slice(-17, -15) === '-x' && pin.search(ID) === 0 ? '/deployments/' + pin : '/immutable';
}

// Whether a member of the store's value, as in `also=glb,geojson`, has the item
function lists(live, member, item) {
  if (!item || !live.includes(item) || item.includes(',')) return false;
  const start = live.indexOf(member);
  return start >= 0 && (',' + live.slice(start + member.length).split(' ')[0] + ',').includes(',' + item + ',');
}

// The path decoded, or an answer that refuses it
function inspect(uri) {
  if (uri[2700]) return refuse(414, 'URI Too Long');
  let decoded;
  try {
    decoded = decodeURIComponent(uri);
  } catch (e) {
    // no UTF-8: what could lead out of the folder is ASCII; njs can loop for ever in a replace() here
    const parts = uri.split('%').map((part) => (part.search(/^[0-7][\dA-Fa-f]/) === 0 ? part : '25' + part));
    decoded = decodeURIComponent(parts.join('%').slice(2));
  }
  if (uri[0] !== '/' || decoded.search(REFUSED) >= 0) return refuse(400, 'Bad Request');
  if (decoded[225] && new TextEncoder().encode(decoded).length > 900) return refuse(414, 'URI Too Long');
  return decoded;
}

// Apart from the handler: in njs a call behind an await takes new memory.
function route(request, headers, uri, live, pin, path, dot, dest, moves) {
  if (live.search(LIVE) !== 0) return unavailable();
  const end = live.indexOf(' ');
  if (moves && pin) {
    const purpose = headers['sec-purpose'];
    if (purpose && purpose.value.includes('prefetch') && pin.search(ID) === 0 && pin !== live.slice(0, end)) {
      return unavailable();
    }
  }

  let page = true;
  if (!dot || (dot > 0 && lists(live, ' also=', uri.slice(dot + 1).toLowerCase()))) {
    page = !dot && moves && uri.search(/\.html?$/i) > 0;
  } else if (uri === '/') path = '/index.html';
  else {
    const routing = live[end + 1];
    if (routing === 's') {
      page = !dest || dest === 'document' || value(headers.accept).includes('text/html');
      if (page) path = '/index.html';
    } else {
      const folder = uri.endsWith('/');
      // files or folders
      if (routing === 'f') {
        if (live[end + 2] === 'o') {
          if (!folder) return redirect(uri + '/', request);
        } else if (folder && !lists(live, ' index=', uri.slice(1, -1))) return redirect(uri.slice(0, -1), request);
      }
      path += folder ? 'index.html' : '.html';
    }
  }

  const id = live.slice(0, end);
  if (pin !== id) {
    if (moves) {
      delete headers['if-none-match'];
      delete headers['if-modified-since'];
      pin = id;
    } else if (!pin || !follows(pin, request, dest)) pin = id;
  }
  // `-` keeps viewer-response.js from asking the object's metadata
  if (moves) headers['x-deployment'] = { value: page || dest !== 'document' ? pin : '-' };
  request.uri = '/deployments/' + pin + path;
  return request;
}

async function handler(event) {
  try {
    const request = event.request;
    const headers = request.headers || (request.headers = {});
    const uri = request.uri;
    let path = uri;
    let hidden = false;
    delete headers['x-deployment'];

    if (uri[225] || uri.search(ODD) >= 0 || uri < '/' || uri >= '0') {
      const decoded = inspect(uri);
      if (typeof decoded !== 'string') return decoded;
      // never a page
      hidden = decoded.includes('/.');
      // S3 reads a plus sign as a space; in pairs first, for an array of half the length
      if (uri.includes('+')) path = uri.split('++').join('%2B%2B').split('+').join('%2B');
    }

    let dot = uri.lastIndexOf('.');
    if (hidden || dot > 0) {
      const ends = uri[80] ? uri.slice(0, 21) + ' ' + uri.slice(-80) : uri;
      if (ends.search(HASHED) >= 0 && isBuilt(uri, ends, uri[dot + 2])) {
        let folder = '/immutable';
        let pin = request.cookies;
        pin = pin && pin['__Host-deployment'];
        if (pin) {
          pin = pin.value;
          const dest = headers['sec-fetch-dest'];
          if ((!dest || dest.value === 'empty') && asks(request) && pin.search(ID) === 0 && !follows(pin, request, '')) {
            try {
              pin = await kvs.get('live');
              pin = pin.split(' ')[0];
            } catch (e) {}
          }
          if (pin[pin.length - 16] === 'x') folder = home(pin);
        }
        request.uri = folder + path;
        return request;
      }
      // 0 for a file, whatever the store says
      if (hidden || ends.search(FILE) >= 0) dot = 0;
    }

    let dest = headers['sec-fetch-dest'];
    dest = dest ? dest.value : '';
    // as in viewer-response.js; a service worker that passes a navigation on empties its dest, not its mode
    if (!dest || dest === 'empty') {
      let mode = headers['sec-fetch-mode'];
      mode = mode ? mode.value : '';
      if (mode ? mode === 'navigate' : !dest && value(headers.accept).includes('text/html')) dest = 'document';
    }
    const moves = dest === 'document' || dest === 'serviceworker' || headers['service-worker'];
    let pin = request.cookies;
    pin = pin && pin['__Host-deployment'];
    pin = pin ? pin.value : '';
    if (!dot && pin && !moves && follows(pin, request, dest)) {
      request.uri = '/deployments/' + pin + path;
      return request;
    }

    let live;
    try {
      live = await kvs.get('live');
    } catch (e) {
      // without the store only who has been here is served, unless it is empty
      live = pin.search(ID) === 0 && !/not ?found/i.test(e) ? pin + ' mixed' : '';
    }
    return route(request, headers, uri, live, pin, path, dot, dest, moves);
  } catch (e) {
    return unavailable();
  }
}
