// docs/decisions/edge-pin.md: the viewer-response function. It pins a browser to the deployment that its page came from,
// and does what an object's metadata says (docs/decisions/edge-rules.md). In one piece, as the router.
import { ID, isNavigation, value } from './browser.js';
import { locate } from './location.js';

const PIN_SECONDS = 86400; // a browser stays with its page's deployment for a day

function handler(event) {
  const request = event.request;
  const asked = request.headers;
  const response = event.response;
  const headers = response.headers;
  const meta = {};
  for (const name in headers) {
    if (name.startsWith('x-amz-meta-')) {
      meta[name.slice(11)] = headers[name].value;
      delete headers[name];
    }
  }
  const caching = headers['cache-control'];
  if (caching) caching.value = caching.value.replace(/s-maxage=\d+, /, '');

  // If the router's header is not handed on (AWS does not say), the metadata tells the deployment.
  const told = value(asked['x-deployment']);
  const type = value(headers['content-type']);
  const page = type.startsWith('text/html');
  const dest = value(asked['sec-fetch-dest']);
  const worker = dest === 'serviceworker' || asked['service-worker'];
  const moves = worker || (told ? page || !type : page && isNavigation(dest, asked));
  const deployment = (moves && !meta.redirect && (told || meta.deployment)) || '';
  if (deployment.search(ID) === 0) {
    response.cookies = response.cookies || {};
    response.cookies['__Host-deployment'] = {
      value: deployment,
      attributes: 'Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=' + PIN_SECONDS,
    };
  }
  if (response.statusCode === 304) return response;

  (meta.headers || '').split('~').forEach((line) => {
    const end = line.indexOf(': ');
    if (line[0] === '!') delete headers[line.slice(1).toLowerCase()];
    else if (end > 0) headers[line.slice(0, end).toLowerCase()] = { value: line.slice(end + 2) };
  });
  const status = meta.redirect || meta.status || '';
  if (status.search(/^(?:30[12378] .|4(?:04|10)$)/) === 0) {
    response.statusCode = +status.slice(0, 3);
    response.statusDescription = status[3] ? 'Redirect' : status > '404' ? 'Gone' : 'Not Found';
    if (status[3]) headers.location = { value: locate(status.slice(4), request) };
  }
  return response;
}
