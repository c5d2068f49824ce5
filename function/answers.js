// docs/architecture.md, "Routing": what the router answers itself, as there is nothing to fetch from the bucket.
import { locate } from './location.js';

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
  response.body =
    '<!doctype html><html lang="en"><title>No deployment yet</title><h1>No deployment yet</h1><p>Try again soon.';
  return response;
}

export function redirect(target, request, status) {
  // a browser that kept it for ever would loop after a change of routing
  const response = answer(+status || 308, 'Redirect', 'public, max-age=0, must-revalidate');
  response.headers.location = { value: locate(target, request) };
  return response;
}
