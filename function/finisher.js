// docs/decisions/edge-pin.md: the viewer-response function, which pins a browser to the deployment its page came from.
import { ID, isNavigation, value } from './browser.js';

function handler(event) {
  const asked = event.request.headers;
  const response = event.response;
  const headers = response.headers;
  const caching = headers['cache-control'];
  if (caching) caching.value = caching.value.replace(/s-maxage=\d+, /, '');

  // If the router's header is not handed on (AWS does not say), the object's metadata tells.
  let deployment = value(asked['x-deployment']);
  if (!deployment) {
    const dest = value(asked['sec-fetch-dest']);
    const worker = dest === 'serviceworker' || asked['service-worker'];
    const page = value(headers['content-type']).startsWith('text/html');
    if (worker || (page && isNavigation(dest, asked))) deployment = value(headers['x-amz-meta-deployment']);
  }
  if (deployment.search(ID) === 0) {
    response.cookies = response.cookies || {};
    response.cookies['__Host-deployment'] = {
      value: deployment,
      attributes: 'Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400',
    };
  }
  return response;
}
