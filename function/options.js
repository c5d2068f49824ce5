// docs/decisions/edge-rules.md: what only deployments with a set of addresses, rules or a shell of their own ask for.
import { decode } from './address.js';

const crypto = require('crypto');

export const digest = (text) => crypto.createHash('md5').update(text).digest('hex');

// One of an option's values, which `<hash>:<how many>` names
export function keyOf(kind, option, digits) {
  const parts = option.split(':');
  return kind + parts[0] + ':' + (parseInt(digits.slice(0, 4), 16) & (parts[1] - 1));
}

// Where a rule leads to if it holds for the request; placeholders stand for what is there, undecoded
export function targetOf(rule, segments, names, query) {
  const values = {};
  const parts = rule[1].split('/');
  const splat = rule[1].endsWith('*') && parts.pop();
  if (!splat && names[parts.length]) return '';
  // from the end, as rules that are looked up together begin alike
  for (let i = parts.length; i--; ) {
    const part = parts[i];
    if (part[0] === ':' && names[i]) values[part] = segments[i];
    else if (part !== names[i]) return '';
  }
  // a loop over an array's names costs njs 17,000 instructions
  const pairs = rule[3] ? rule[3].split('&') : [];
  for (let i = 0; i < pairs.length; i++) {
    const name = pairs[i].split('=')[0];
    const wanted = pairs[i].slice(name.length + 1);
    const given = query[name];
    if (given && wanted[0] === ':') values[wanted] = given.value;
    else if (!given || decode(given.value) !== wanted) return '';
  }
  if (splat) values[':splat'] = segments.slice(parts.length).join('/');
  // one slash, as two would lead to another host
  return rule[2].replace(/:\w+/g, (name) => (name in values ? values[name] : name)).replace(/^[/\\]+/, '/');
}
