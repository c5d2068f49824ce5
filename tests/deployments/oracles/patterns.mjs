// The libraries that Vercel and Firebase read patterns with: for each [kind, pattern, target, path] of its input, what
// they answer: where a redirect leads, or that a glob takes the path (null: it does not).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const { pathToRegexp } = require('path-to-regexp');
const { minimatch } = require('minimatch');

// As Vercel calls it; what an optional part has not taken is nothing in the target
function redirected(source, target, path) {
  const keys = [];
  const found = pathToRegexp(source, keys, { strict: true, sensitive: true, delimiter: '/' }).exec(path);
  if (!found) return null;
  const values = {};
  keys.forEach((key, index) => (values[key.name] = found[index + 1] || ''));
  return target.replace(/:([a-z]\w*)[*+]?/g, (_, name) => values[name]);
}

const questions = JSON.parse(readFileSync(0, 'utf8'));
const answer = ([kind, pattern, target, path]) =>
  kind === 'glob' ? (minimatch(path, pattern) ? 'taken' : null) : redirected(pattern, target, path);
console.log(JSON.stringify(questions.map(answer)));
