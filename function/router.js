// docs/architecture.md, "Routing": the viewer-request function, which turns an address into an object's key.
import { EITHER, EXTENSIONS, FILE, HIDDEN, ODD, PAGE, SHORT, inspect } from './address.js';
import { unavailable } from './answers.js';
import { ID, isNavigation } from './browser.js';
import { HASHED, isBuilt } from './hashed-names.js';
import { NAVIGATION, PART, WORKER, follows } from './pinning.js';
import { route } from './routing.js';
import { store } from './store.js';

async function handler(event) {
  try {
    const request = event.request;
    const headers = request.headers;
    const uri = request.uri;
    let path = uri;
    let hidden = false;
    delete headers['x-deployment'];

    if (uri[SHORT] || uri < '/' || uri >= '0' || uri.search(ODD) >= 0) {
      const decoded = inspect(uri, request);
      if (decoded.headers) return decoded;
      // never a page
      hidden = decoded.includes('/.');
      // S3 reads a plus sign as a space
      path = uri.split('+').join('%2B');
    }

    let pin = request.cookies['__Host-deployment'];
    pin = pin ? pin.value : '';
    let dest = headers['sec-fetch-dest'];
    dest = dest ? dest.value : '';
    const dot = uri.lastIndexOf('.');
    let kind = PAGE;
    if (hidden || dot > 0) {
      // the longest folder of a framework is /_next/static/chunks/, and 80 hold the longest hash and all behind it
      const ends = uri[80] ? uri.slice(0, 21) + ' ' + uri.slice(-80) : uri;
      const start = ends.search(HASHED);
      if (start >= 0 && isBuilt(uri, ends, start, uri[dot + 2])) {
        // most requests have nothing that could ask for what is new
        const asks = headers['cache-control'] || request.querystring['ngsw-cache-bust'];
        if (asks && pin.search(ID) === 0 && !follows(pin, request)) {
          try {
            pin = await store.get('live');
            pin = pin.split(' ')[0];
          } catch (e) {}
        }
        // of a self-contained deployment, where the last part of the ID begins with x
        const isApart = pin.slice(-17, -15) === '-x' && pin.search(ID) === 0;
        request.uri = (isApart ? '/deployments/' + pin : '/immutable') + path;
        return request;
      }
      kind = ends.search(EXTENSIONS) >= 0 ? FILE : hidden ? HIDDEN : EITHER;
    }

    let purpose = PART;
    if (dest === 'document' || isNavigation(dest, headers)) purpose = NAVIGATION;
    else if (dest === 'serviceworker' || headers['service-worker']) purpose = WORKER;
    if (kind > EITHER && pin && purpose === PART && follows(pin, request)) {
      request.uri = '/deployments/' + pin + path;
      return request;
    }

    let live;
    try {
      live = await store.get('live');
    } catch (e) {
      // Without the store only who has been here is served, unless it is empty.
      live = pin.search(ID) === 0 && !/not ?found/i.test(e) ? pin + ' mixed' : '';
    }
    return route(request, live, pin, path, kind, purpose);
  } catch (e) {
    return unavailable();
  }
}
