// Netlify's own code: for each line of its input, {kind, file, asks}, what it answers, in the form of tests/compiler/cases.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(join(process.cwd(), 'package.json'));
const engine = require('netlify-redirector');
const { parseAllRedirects } = await import(require.resolve('@netlify/redirect-parser'));
const { parseAllHeaders } = await import(require.resolve('@netlify/headers-parser'));
const path = join(mkdtempSync(join(tmpdir(), 'oracle-')), 'file');

async function redirects(file, asks) {
  const parsed = await parseAllRedirects({ redirectsFiles: [path], configRedirects: [], minimal: true });
  if (parsed.errors.length) return asks.map(() => 'refused');
  const matcher = await engine.parsePlain(file, {});
  return asks.map((ask) => {
    const [address, query = ''] = ask.split(/\?(.*)/s);
    const nothing = () => '';
    const site = { scheme: 'https', host: 'ex.com', getHeader: nothing, getCookie: nothing, country: 'us' };
    const found = matcher.match({ ...site, path: address, query });
    return found?.to === undefined ? 'none' : `${found.status}${found.force ? '!' : ''} ${found.to}`;
  });
}

async function headers(file, asks) {
  const parsed = await parseAllHeaders({ headersFiles: [path], configHeaders: [], minimal: false });
  if (parsed.errors.length) return asks.map(() => 'refused');
  return asks.map((ask) => {
    const left = new Map();
    for (const { forRegExp, values } of parsed.headers) {
      for (const [name, value] of forRegExp.test(ask) ? Object.entries(values) : []) {
        left.delete(name.toLowerCase());
        left.set(name.toLowerCase(), value);
      }
    }
    return [...left].map(([name, value]) => `${name}: ${value}`).join(' | ') || 'none';
  });
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { kind, file, asks } = JSON.parse(line);
  writeFileSync(path, file);
  console.log(JSON.stringify(await (kind === 'redirects' ? redirects : headers)(file, asks)));
}
