// docs/architecture.md, "Routing": what the router answers itself, as there is nothing to fetch from the bucket.
import { locate } from './location.js';

export function answer(status, description, headers) {
  const own = {
    'cache-control': { value: 'no-store' },
    'strict-transport-security': { value: 'max-age=31536000' },
    'x-content-type-options': { value: 'nosniff' },
  };
  return { statusCode: status, statusDescription: description, headers: Object.assign(own, headers) };
}

export function unavailable() {
  const response = answer(503, 'Service Unavailable', {
    'content-type': { value: 'text/html; charset=utf-8' },
    'retry-after': { value: '10' },
  });
  response.body =
    '<!doctype html><html lang="en"><title>No deployment yet</title><h1>No deployment yet</h1><p>Try again soon.';
  return response;
}

export function redirect(target, request, status) {
  return answer(+status || 308, 'Redirect', {
    // a browser that kept it for ever would loop after a change of routing
    'cache-control': { value: 'public, max-age=0, must-revalidate' },
    location: { value: locate(target, request) },
  });
}
