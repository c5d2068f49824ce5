// docs/decisions/edge-rules.md: where a redirect leads, which both functions say in the same way.

// The request's query as it was sent, or as good as it was parsed
export function queryOf(request) {
  if (request.rawQueryString) return request.rawQueryString() || '';
  const query = request.querystring || {};
  const pairs = (name) => [].concat(query[name].multiValue || query[name]).map((item) => name + '=' + item.value);
  return Object.keys(query).map((name) => pairs(name).join('&')).join('&');
}

// The query goes along unless the target has one of its own; the target's fragment stays last.
export function locate(target, request) {
  const parts = target.split('#');
  const query = queryOf(request);
  if (query && !parts[0].includes('?')) parts[0] += '?' + query;
  const location = parts.join('#');
  // A header is ASCII; what is encoded already stays as it is.
  return location.search(/[^!-~]/) < 0 ? location : encodeURI(location).split('%25').join('%');
}
