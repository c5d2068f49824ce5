// Pins the browser to the deployment that its page came from: docs/decisions/edge-pin.md
const ID = /^[\da-z][\w-]{9,63}(?![\s\S])/i;

function header(headers, name) {
  const found = headers[name];
  return (found && found.value) || '';
}

// The same as in viewer-request.js
function isNavigation(headers) {
  const dest = header(headers, 'sec-fetch-dest');
  if (dest && dest !== 'empty') return dest === 'document';
  const mode = header(headers, 'sec-fetch-mode');
  if (dest || mode) return mode === 'navigate';
  return header(headers, 'accept').includes('text/html');
}

function handler(event) {
  const asked = event.request.headers;
  const response = event.response;
  const headers = response.headers;
  const caching = headers['cache-control'];
  if (caching) caching.value = caching.value.replace(/s-maxage=\d+, /, '');

  // If the router's header is not handed on (AWS does not say), the object's metadata tells.
  let deployment = header(asked, 'x-deployment');
  if (!deployment) {
    const worker = header(asked, 'sec-fetch-dest') === 'serviceworker' || asked['service-worker'];
    const page = header(headers, 'content-type').startsWith('text/html');
    if (worker || (page && isNavigation(asked))) deployment = header(headers, 'x-amz-meta-deployment');
  }
  if (deployment.search(ID) === 0) {
    if (!response.cookies) response.cookies = {};
    response.cookies['__Host-deployment'] = {
      value: deployment,
      attributes: 'Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400',
    };
  }
  return response;
}
