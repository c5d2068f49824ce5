#!/usr/bin/env node
// `auto`: builds with the package manager and the Node that the source asks for, whichever these are.
//
// auto                 install by the lock file; nothing without a package.json
// auto run SCRIPT      run a script of package.json
// auto exec TOOL ...   run a package's tool, as npx does
// auto manager         install the package manager itself, unless npm is it
// auto node            print the Node that the build shall run with, and who says so
//
// A program and no function of the shell: CodeBuild keeps variables from one command to the next, and says nothing of
// functions. https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-cmd.html
const { spawnSync } = require('child_process');
const { existsSync, readFileSync, realpathSync } = require('fs');
const { basename, dirname, join, relative, sep } = require('path');

const LOCKS = {
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
};
const NODE = '24'; // where nothing else is said
const source = realpathSync(process.env.CODEBUILD_SRC_DIR || '.');
const folders = [process.cwd()]; // and those around it, up to the source's
while (folders[0].startsWith(source + sep)) folders.unshift(dirname(folders[0]));
folders.reverse();

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
// One or a list: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#devengines
const engines = ({ devEngines }, kind) => [devEngines?.[kind] || []].flat();

function described(folder) {
  try {
    return JSON.parse(read(join(folder, 'package.json'))) || {};
  } catch {
    return {}; // the package manager says better what is wrong with it
  }
}

function named(folder) {
  const about = described(folder);
  const [, name, version] = /^(npm|pnpm|yarn|bun)@([^+]+)/.exec(about.packageManager) || [];
  if (name) return { name, version, by: 'packageManager' };
  const engine = engines(about, 'packageManager').find((one) => Object.values(LOCKS).includes(one.name));
  return engine && { ...engine, by: 'devEngines' };
}

// The nearest folder that says anything decides: its package.json, unless the only lock file there is another's.
function manager() {
  const places = folders.map((folder) => ({
    said: named(folder),
    locks: Object.keys(LOCKS).map((name) => join(folder, name)).filter(existsSync),
  }));
  const of = (lock) => LOCKS[basename(lock)];
  const { said, locks } = places.find((place) => place.said || place.locks[0]) || { locks: [] };
  const overruled = said && locks[0] && !locks.some((lock) => of(lock) === said.name);
  const name = said && !overruled ? said.name : of(locks[0] || '') || 'npm';
  const lock = places.flatMap((place) => place.locks).find((one) => of(one) === name);
  const wish = places.map((place) => place.said).find((one) => one?.name === name) || {};
  const version = wish.version || fitting(name, lock);
  const why = [lock && relative(source, lock), wish.by, overruled && said.by + ' says ' + said.name];
  return { name, lock, version, by: wish.by, berry: name === 'yarn' && !/^\D*[01]\b/.test(version), why };
}

// The version that wrote the lock file, where package.json names none.
function fitting(name, lock) {
  const [, format] = /^(?:lockfileVersion|  version): '?(\d+)/m.exec(lock ? read(lock) : '') || [];
  if (name === 'pnpm') return { 5: '7', 6: '8' }[format] || '10';
  if (name === 'yarn') return !format ? '1' : format < 8 ? '3' : '4';
  return { bun: '1.4.5' }[name];
}

function install({ name, lock, berry }) {
  if (name === 'npm') return [name, lock ? 'ci' : 'install'];
  const flag = berry ? 'immutable' : 'frozen-lockfile';
  return [name, 'install', ...(lock ? ['--' + flag] : berry || name === 'pnpm' ? ['--no-' + flag] : [])];
}

function exec({ name }, [tool, ...options]) {
  if (name === 'npm') return ['npx', tool, ...options];
  const start = { pnpm: ['exec'], yarn: ['run'], bun: ['x', '--no-install'] }[name];
  return [name, ...start, basename(tool), ...options];
}

function run(words, cwd) {
  console.error('+', ...words);
  const { status, error } = spawnSync(words[0], words.slice(1), { stdio: 'inherit', cwd });
  if (error) console.error('auto:', error.message);
  process.exit(status ?? 1);
}

function provide({ name, version, by, berry, why }) {
  const wanted = (name !== 'npm' || by === 'devEngines') && version ? '@' + version : '';
  console.log(name + wanted + ':', why.filter(Boolean).join(', ') || 'nothing says another');
  // away from the source, where npm stops if devEngines name another manager
  if (wanted) run(['npm', 'i', '-gf', '--loglevel=error', (berry ? '@yarnpkg/cli-dist' : name) + wanted], '/');
}

// npm brings semver, and every image has npm beside its Node.
function semver() {
  try {
    return require(join(realpathSync(process.execPath), '../../lib/node_modules/npm/node_modules/semver'));
  } catch {
    return { satisfies() {}, valid() {}, validRange() {} };
  }
}

// Of the image's versions the usual one if it will do, else the newest that does; else what n can look for.
function node() {
  const files = folders.flatMap((folder) => [join(folder, '.nvmrc'), join(folder, '.node-version')]);
  const [spec, by] = [
    [(process.env.NODE_VERSION || '').replace('auto', ''), 'the parameter NodeVersion'],
    ...files.map((file) => [read(file).replace(/#.*/g, '').trim(), relative(source, file)]),
    ...folders.map(described).flatMap((about) => [
      [engines(about, 'runtime').find((one) => one.name === 'node')?.version, 'devEngines'],
      [about.engines?.node, 'engines'],
    ]),
    [NODE],
  ].find(([wish]) => wish);
  const { satisfies, rcompare, valid, validRange, minVersion } = semver();
  const images = Object.entries(process.env).flatMap(([name, value]) => (/^NODE_\d+_VERSION$/.test(name) ? value : []));
  const fit = images.filter((version) => satisfies(version, spec)).sort(rcompare);
  const named = spec.replace(/^lts\/\*$/, 'lts').replace(/^(lts\/|v(?=\d))/, '');
  const isRange = validRange(spec) && !valid(spec) && !/^\d+(\.\d+)?$/.test(named);
  const version = fit.find((one) => one.startsWith(NODE + '.')) || fit[0] || (isRange ? minVersion(spec).major : named);
  console.log(version + ':', by ? by + ' says ' + spec : 'no .nvmrc, .node-version or engines says another');
}

const [task, ...words] = process.argv.slice(2);
if (task === 'node') node();
else if (task === 'manager') provide(manager());
else if (task === 'run') run([manager().name, 'run', ...words]);
else if (task === 'exec') run(exec(manager(), words));
else if (existsSync('package.json')) run(install(manager()));
