// Routes a request into the folder of one deployment: docs/architecture.md, docs/decisions/edge-*.md
import cf from 'cloudfront';

const kvs = cf.kvs();

const ID = /^[0-9A-Za-z][\w-]{9,63}$/;
const LIVE = /^[0-9A-Za-z][\w-]{9,63} (?:spa|files|folders|mixed)(?: |$)/;

// What most paths have nothing of; only the others are decoded and looked at closely.
const ODD = /\/[./]|[\x00-\x1f\\\x7f+%]/;
const REFUSED = /[\x00-\x1f\\\x7f]|\/(?:\/|\.\.?(?:\/|$))/;

// The same rule as in codebuild/uploader.py, for any path; tests/edge/test_hash_rule.py holds them together.
const HASHABLE = /\.(?:m?js|css|woff2?|ttf|otf|eot|svg|png|jpe?g|gif|webp|avif|ico|wasm)(?:\.map)?$/;
const PROMISED = /^\/(?:_next\/static\/(?:chunks|css|media)|_app\/immutable|_astro|_nuxt(?!\/builds))\//;
const HASH =
  /(?:[./-](?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,64}|[.-](?!(?:[^A-Z.]+|[A-Z]+[_-]?[0-9]+|[0-9]+[A-Z]?[a-z]+|[A-Z]?[a-z]+(?:[0-9]+|[_-][A-Z]?[a-z]+)|[A-Z]?[a-z]{3,}(?:[A-Z][a-z]+)?|[A-Z]?[a-z]+[A-Z][a-z]{3,})\.)[\w-]{8})(?:\.(?:lean|entry|chunk))?\.[a-z0-9]+(?:\.map)?$/;

// File types of the web (MDN, "Common media types"), the frequent ones first; a deployment's others are in also=.
const FILES =
  ' js css png svg jpg webp woff2 json html ico map mjs txt xml webmanifest jpeg gif avif woff ttf otf eot wasm pdf' +
  ' mp4 webm mp3 htm cjs rss atom csv tsv ics vcf vtt srt apng bmp tif tiff heic jxl cur m4a aac ogg oga opus wav flac' +
  ' weba m4v ogv mov m3u8 mpd zip gz tgz tar bz2 7z rar doc docx xls xlsx ppt pptx odt ods odp rtf epub jsonld yaml' +
  ' yml dmg exe msi apk ';

function hashed(path) {
  const tail = path.slice(-80);
  if (tail.search(HASHABLE) < 0) return false;
  return (path.startsWith('/_') && path.search(PROMISED) === 0) || tail.search(HASH) >= 0;
}

function answer(statusCode, statusDescription, headers, body) {
  headers['strict-transport-security'] = { value: 'max-age=31536000' };
  headers['x-content-type-options'] = { value: 'nosniff' };
  if (!headers['cache-control']) headers['cache-control'] = { value: 'no-store' };
  const response = { statusCode: statusCode, statusDescription: statusDescription, headers: headers };
  if (body) response.body = { encoding: 'text', data: body };
  return response;
}

function unavailable() {
  return answer(
    503,
    'Service Unavailable',
    { 'content-type': { value: 'text/html; charset=utf-8' }, 'retry-after': { value: '10' } },
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="10">' +
      '<title>No deployment yet</title><h1>No deployment yet</h1>' +
      '<p>This site has nothing to show at the moment. The page tries again every ten seconds.</p></html>'
  );
}

// No 301 and no long life: a browser that keeps a redirect would loop after a change of routing.
function redirect(path, request) {
  let query = request.querystring;
  if (request.rawQueryString) query = request.rawQueryString();
  else if (query && typeof query === 'object') {
    const parts = [];
    Object.keys(query).forEach((name) => {
      (query[name].multiValue || [query[name]]).forEach((item) => parts.push(name + '=' + item.value));
    });
    query = parts.join('&');
  }
  // encodeURI, because a header is ASCII; what was encoded already stays as it was
  const location = encodeURI(query ? path + '?' + query : path).replace(/%25/g, '%');
  return answer(308, 'Permanent Redirect', {
    location: { value: location },
    'cache-control': { value: 'public, max-age=0, must-revalidate' },
  });
}

function header(headers, name) {
  const found = headers[name];
  return (found && found.value) || '';
}

// The same as in viewer-response.js. A service worker that passes a navigation on makes it `empty`, but `navigate`.
function isNavigation(headers) {
  const dest = header(headers, 'sec-fetch-dest');
  if (dest && dest !== 'empty') return dest === 'document';
  const mode = header(headers, 'sec-fetch-mode');
  if (dest || mode) return mode === 'navigate';
  return header(headers, 'accept').includes('text/html');
}

// A fetch that asks for what is new; one that a worker's script sends is that worker's installation.
function asksForNew(request, extension) {
  const headers = request.headers;
  const dest = header(headers, 'sec-fetch-dest');
  if ((!dest || dest === 'empty') && header(headers, 'cache-control').includes('no-cache')) {
    const path = header(headers, 'referer').split('?')[0];
    if (!path.endsWith('.js') && !path.endsWith('.mjs')) return true;
  }
  if (request.querystring && request.querystring['ngsw-cache-bust']) return true;
  return extension === 'json' && request.uri.search(/\/(?:ngsw|_nuxt\/builds\/latest)\.json$/) >= 0;
}

// Whether a member of the store's value, such as also=glb,geojson, names the item
function listed(live, member, item) {
  const start = live.indexOf(' ' + member + '=');
  if (start < 0) return false;
  const items = live.slice(start + member.length + 2).split(' ')[0];
  return (',' + items + ',').includes(',' + item + ',');
}

async function handler(event) {
  try {
    const request = event.request;
    const headers = request.headers || (request.headers = {});
    const uri = request.uri;
    delete headers['x-deployment'];

    if (uri.length > 2700) return answer(414, 'URI Too Long', {});
    let path = uri;
    let hidden = false;
    if (uri[0] !== '/' || uri.search(ODD) >= 0 || uri.length > 225) {
      let decoded = '';
      try {
        decoded = decodeURIComponent(uri);
      } catch (e) {
        return answer(400, 'Bad Request', {});
      }
      if (new TextEncoder().encode(decoded).length > 900) return answer(414, 'URI Too Long', {});
      if (decoded[0] !== '/' || decoded.search(REFUSED) >= 0) return answer(400, 'Bad Request', {});
      hidden = decoded.includes('/.');
      // S3 reads a plus sign as a space
      path = uri.split('+').join('%2B');
    }

    const name = uri.slice(uri.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    const extension = dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
    const known = dot >= 0 && FILES.includes(' ' + extension + ' ');
    if (known && hashed(uri)) {
      request.uri = '/immutable' + path;
      return request;
    }

    const cookie = request.cookies && request.cookies['__Host-deployment'];
    const pin = cookie && cookie.value.search(ID) === 0 ? cookie.value : '';
    const navigation = isNavigation(headers);
    const worker = header(headers, 'sec-fetch-dest') === 'serviceworker' || headers['service-worker'];
    const pinned = pin && !navigation && !worker && !asksForNew(request, extension);
    if (pinned && (known || hidden)) {
      request.uri = '/deployments/' + pin + path;
      return request;
    }

    let live = '';
    try {
      live = await kvs.get('live');
      if (live.search(LIVE) !== 0) return unavailable();
    } catch (e) {
      if (!pin || /not ?found/i.test(String(e))) return unavailable();
      live = pin + ' mixed';
    }
    const words = live.split(' ');
    const deployment = pinned ? pin : words[0];
    const routing = words[1];

    if (navigation || worker) {
      if (pin !== deployment) {
        if (pin && header(headers, 'sec-purpose').includes('prefetch')) return unavailable();
        delete headers['if-none-match'];
        delete headers['if-modified-since'];
      }
    }

    let page = extension === 'html' || extension === 'htm';
    if (!known && !hidden && !(extension && listed(live, 'also', extension))) {
      const folder = uri.endsWith('/');
      page = true;
      if (uri === '/') path = '/index.html';
      else if (routing === 'spa') {
        page = navigation || !header(headers, 'sec-fetch-dest') || header(headers, 'accept').includes('text/html');
        if (page) path = '/index.html';
      } else if (routing === 'files' && folder && !listed(live, 'index', uri.slice(1, -1))) {
        return redirect(uri.slice(0, -1), request);
      } else if (routing === 'folders' && !folder) return redirect(uri + '/', request);
      else path += folder ? 'index.html' : '.html';
    }
    if (navigation || worker) {
      headers['x-deployment'] = { value: page || worker ? deployment : '-' };
    }
    request.uri = '/deployments/' + deployment + path;
    return request;
  } catch (e) {
    return unavailable();
  }
}
