// docs/architecture.md, "Routing": the viewer-request function, which turns an address into an object's key.
// In one piece, as a call costs 350 to 650 instructions (docs/decisions/edge-rules.md, "What a call costs").
import { EITHER, EXTENSIONS, FILE, HIDDEN, ODD, PAGE, SHORT, inspect, keyed } from './address.js';
import { unavailable } from './answers.js';
import { ID, isNavigation } from './browser.js';
import { HASHED, isBuilt } from './hashed-names.js';
import { NAVIGATION, PART, WORKER, asksForNews, follows } from './pinning.js';
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

    // 1. Refuse
    // a character at SHORT: a path so long
    if (uri[SHORT] || uri < '/' || uri >= '0' || uri.search(ODD) >= 0) {
      const decoded = inspect(uri, request);
      if (decoded.headers) return decoded;
      // never a page
      hidden = decoded.includes('/.');
      if (uri.includes('+')) path = keyed(uri);
    }

    // 2. Hashed files
    let pin = request.cookies['__Host-deployment'];
    pin = pin ? pin.value : '';
    const dot = uri.lastIndexOf('.');
    let kind = PAGE;
    if (hidden || dot > 0) {
      // the longest folder of a framework is /_next/static/chunks/, which has 21; 80 hold the longest hash and all behind it
      const ends = uri[80] ? uri.slice(0, 21) + ' ' + uri.slice(-80) : uri;
      const start = ends.search(HASHED);
      if (start >= 0 && isBuilt(uri, ends, start, uri[dot + 2])) {
        if (pin && asksForNews(request) && pin.search(ID) === 0) {
          try {
            pin = await store.get('live');
            pin = pin.split(' ')[0];
          } catch (e) {}
        }
        // of a self-contained deployment, where the last part of the ID, which has 16, begins with x
        const isApart = pin && pin.slice(-17, -15) === '-x' && pin.search(ID) === 0;
        request.uri = (isApart ? '/deployments/' + pin : '/immutable') + path;
        return request;
      }
      kind = ends.search(EXTENSIONS) >= 0 ? FILE : hidden ? HIDDEN : EITHER;
    }

    // 3. What the request is for, and files that follow the pin
    let dest = headers['sec-fetch-dest'];
    dest = dest ? dest.value : '';
    let purpose = PART;
    if (dest === 'document' || isNavigation(dest, headers)) purpose = NAVIGATION;
    else if (dest === 'serviceworker' || headers['service-worker']) purpose = WORKER;
    if (kind > EITHER && pin && purpose === PART && follows(pin, request)) {
      request.uri = '/deployments/' + pin + path;
      return request;
    }

    // 4. What is live
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
