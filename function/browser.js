// docs/decisions/edge-pin.md: what the two functions must agree on about a browser and its pin, so it is said once.

// A deployment's ID; no $ at the end, which would let a line break pass in njs
export const ID = /^[\dA-Za-z][\w-]{9,63}(?![\s\S])/;

export const value = (field) => (field ? field.value : '');

// A service worker that passes a navigation on empties its destination, not its mode.
export function isNavigation(dest, headers) {
  if (dest && dest !== 'empty') return dest === 'document';
  const mode = value(headers['sec-fetch-mode']);
  if (mode) return mode === 'navigate';
  return !dest && value(headers.accept).includes('text/html');
}
