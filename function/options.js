// docs/decisions/edge-rules.md: what only deployments with a set of addresses, rules or a shell of their own ask for.
import { decode } from './address.js';
import { value } from './browser.js';

export const digest = (text) => require('crypto').createHash('md5').update(text).digest('hex');

// What `live` has behind a name, as in `also=glb,geojson`; '' if it has no such member
export const option = (live, name) => (live.split(name)[1] || '').split(' ')[0];

// The store's key of one of the values, whose number `lines[place]` cuts out of a hash
export const keyOf = (kind, lines, place, hash) => kind + lines[0] + ':' + (('0x' + hash.slice(8, 12)) & lines[place]);

// The first rule of the store's value that holds; compiler/rule_lines.py says what the fields are
export function ruleFor(lines, segments, names, query) {
  const fields = lines.split('\t');
  const at = fields[0];
  const told = at[0] === '?' ? decode(value(query[at.slice(1)])) : names[at];
  for (let i = 1; i < fields.length; i += 5) {
    if ((!fields[i] || fields[i] === told) && holds(fields[i + 2], fields[i + 3], names, query)) {
      return { status: fields[i + 1], target: filled(fields[i + 4], segments, query) };
    }
  }
}

function holds(source, queries, names, query) {
  const parts = source.split('/');
  const splat = source.endsWith('*') && parts.pop();
  const deeper = names.length - parts.length;
  if (splat ? deeper < 0 : deeper) return false;
  // from the end, as rules that are looked up together begin alike
  for (let i = parts.length; i--;) if (parts[i] !== names[i] && parts[i] !== ':') return false;
  return !queries || queries.split('&').every((member) => has(query, member));
}

// Whether the query has the member, with the value that it says, if it says one
function has(query, member) {
  const name = member.split('=')[0];
  const given = query[name];
  return given && (member === name || member === name + '=' + decode(given.value));
}

// Every other piece is a segment's number, such a number and all behind it, or a query's name; what is there goes undecoded
function filled(target, segments, query) {
  const pieces = target.split('<');
  for (let i = 1; i < pieces.length; i += 2) {
    const name = pieces[i].slice(1);
    pieces[i] =
      pieces[i][0] === '?'
        ? query[name].value
        : pieces[i][0] === '*'
          ? segments.slice(name).join('/')
          : segments[pieces[i]];
  }
  const place = pieces.join('');
  // two slashes would lead to another host
  return place[1] === '/' ? place.replace(/^\/+/, '/') : place;
}
