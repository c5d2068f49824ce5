// docs/architecture.md, "Routing": what the router answers itself, as there is nothing to fetch from the bucket.

export function answer(status, description, caching) {
  return {
    statusCode: status,
    statusDescription: description,
    headers: {
      'cache-control': { value: caching || 'no-store' },
      'strict-transport-security': { value: 'max-age=31536000' },
      'x-content-type-options': { value: 'nosniff' },
    },
  };
}

export function unavailable() {
  const response = answer(503, 'Service Unavailable');
  response.headers['content-type'] = { value: 'text/html; charset=utf-8' };
  response.headers['retry-after'] = { value: '10' };
  response.body = {
    encoding: 'text',
    data: '<!doctype html><html lang="en"><meta charset="utf-8"><title>No deployment yet</title><h1>No deployment yet</h1><p>Nothing is published here at the moment. Please try again soon.</p></html>',
  };
  return response;
}

function join(fields) {
  const parts = [];
  for (const name in fields) {
    (fields[name].multiValue || [fields[name]]).forEach((item) => parts.push(name + '=' + item.value));
  }
  return parts.join('&');
}

export function redirect(path, request) {
  let query = request.querystring;
  if (request.rawQueryString) query = request.rawQueryString();
  else if (query && typeof query === 'object') query = Object.keys(query).length ? join(query) : '';
  let location = query ? path + '?' + query : path;
  // A header is ASCII; what is encoded already stays as it is.
  if (location.search(/[^!-~]/) >= 0) location = encodeURI(location).split('%25').join('%');
  // a browser that kept it for ever would loop after a change of routing
  const response = answer(308, 'Permanent Redirect', 'public, max-age=0, must-revalidate');
  response.headers.location = { value: location };
  return response;
}
