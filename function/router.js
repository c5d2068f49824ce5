// docs/architecture.md, "Routing": the viewer-request function, which turns an address into an object's key.
import cf from 'cloudfront';
import { EITHER, EXTENSIONS, FILE, ODD, PAGE, SHORT, inspect } from './address.js';
import { unavailable } from './answers.js';
import { isNavigation } from './browser.js';
import { HASHED, isBuilt } from './hashed-names.js';
import { NAVIGATION, PART, WORKER, follows, hashedFolder, leaves, remembered } from './pinning.js';
import { route } from './routing.js';

const store = cf.kvs();

async function handler(event) {
  try {
    const request = event.request;
    const headers = request.headers || (request.headers = {});
    const uri = request.uri;
    let path = uri;
    let hidden = false;
    delete headers['x-deployment'];

    if (uri[SHORT] || uri.search(ODD) >= 0 || uri < '/' || uri >= '0') {
      const decoded = inspect(uri);
      if (typeof decoded !== 'string') return decoded;
      // never a page
      hidden = decoded.includes('/.');
      // S3 reads a plus sign as a space; in pairs first, for an array of half the length
      if (uri.includes('+')) path = uri.split('++').join('%2B%2B').split('+').join('%2B');
    }

    let pin = request.cookies;
    pin = pin && pin['__Host-deployment'];
    pin = pin ? pin.value : '';
    const dot = uri.lastIndexOf('.');
    let kind = PAGE;
    if (hidden || dot > 0) {
      // the longest folder of a framework is /_next/static/chunks/, and 80 hold the longest hash and all behind it
      const ends = uri[80] ? uri.slice(0, 21) + ' ' + uri.slice(-80) : uri;
      const start = ends.search(HASHED);
      if (start >= 0 && isBuilt(uri, ends, start, uri[dot + 2])) {
        const dest = pin && headers['sec-fetch-dest'];
        if (pin && (!dest || dest.value === 'empty') && leaves(pin, request)) {
          try {
            pin = await store.get('live');
            pin = pin.split(' ')[0];
          } catch (e) {}
        }
        request.uri = (pin && pin[pin.length - 16] === 'x' ? hashedFolder(pin) : '/immutable') + path;
        return request;
      }
      kind = hidden || ends.search(EXTENSIONS) >= 0 ? FILE : EITHER;
    }

    let dest = headers['sec-fetch-dest'];
    dest = dest ? dest.value : '';
    let purpose = PART;
    if (dest === 'document' || ((!dest || dest === 'empty') && isNavigation(dest, headers))) purpose = NAVIGATION;
    else if (dest === 'serviceworker' || headers['service-worker']) purpose = WORKER;
    if (kind === FILE && pin && purpose === PART && follows(pin, request)) {
      request.uri = '/deployments/' + pin + path;
      return request;
    }

    let live;
    try {
      live = await store.get('live');
    } catch (e) {
      live = remembered(pin, e);
    }
    return route(request, live, pin, path, kind, purpose);
  } catch (e) {
    return unavailable();
  }
}
