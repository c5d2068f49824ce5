// docs/decisions/edge-rules.md: where a redirect leads, which both functions say in the same way.

// The request's query goes along unless the target has one of its own; the target's fragment stays last.
export function locate(target, request) {
  const parts = target.split('#');
  const parsed = request.querystring;
  const query = request.rawQueryString
    ? request.rawQueryString()
    : Object.keys(parsed)
        .map((name) => name + '=' + parsed[name].value)
        .join('&');
  if (query && !parts[0].includes('?')) parts[0] += '?' + query;
  // A header is ASCII; what is encoded already stays as it is.
  return parts.join('#').replace(/[^!-~]+/g, encodeURI);
}
