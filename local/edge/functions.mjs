// Runs CloudFront Functions: the shipped texts as they are, each in a context of its own, one event after another.
// A line of JSON in, a line of JSON out: {load: {name: text}} or {run: name, event, query, store}.
import { createHash, createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import readline from 'node:readline';
import vm from 'node:vm';

// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
const modules = { crypto: { createHash, createHmac }, querystring };

const handlers = {};
let stored = null; // the store's content for the event that runs, null: none is associated
let reads = 0;

function kvs() {
  if (stored === null) throw new Error('no KeyValueStore is associated with this function');
  const has = (key) => Object.prototype.hasOwnProperty.call(stored, key);
  return {
    get: async (key, options) => {
      reads += 1;
      if (!has(key)) throw new Error('KeyNotFound');
      return options && options.format === 'json' ? JSON.parse(stored[key]) : stored[key];
    },
    exists: async (key) => {
      reads += 1;
      return has(key);
    },
    meta: async () => ({ keyCount: Object.keys(stored).length }),
  };
}

async function load(text) {
  // what the documented runtime has beyond the language, as far as a context does not bring it
  const console = { log: (line) => process.stderr.write(String(line) + '\n') };
  const require = (name) => {
    if (!(name in modules)) throw new Error(`there is no module '${name}'`);
    return modules[name];
  };
  const globals = { require, TextEncoder, TextDecoder, Buffer, atob, btoa, console };
  const context = vm.createContext(globals, { codeGeneration: { strings: false, wasm: false } });
  // a store that is asked for before any event runs must be a real one: the module binds when it is called
  const cloudfront = {
    kvs: () => ({ get: (...a) => kvs().get(...a), exists: (k) => kvs().exists(k), meta: () => kvs().meta() }),
  };
  const module = new vm.SourceTextModule(text + '\nexport { handler };\n', { context });
  await module.link((name) => {
    if (name !== 'cloudfront') throw new Error(`there is no module '${name}'`);
    return new vm.SyntheticModule(
      ['default'],
      function () {
        this.setExport('default', cloudfront);
      },
      { context },
    );
  });
  await module.evaluate();
  return module.namespace.handler;
}

async function answer(message) {
  if (message.load) {
    for (const name in message.load) handlers[name] = await load(message.load[name]);
    return {};
  }
  stored = message.store;
  reads = 0;
  const request = message.event.request;
  request.rawQueryString = () => (message.query === null ? undefined : message.query);
  return { result: await handlers[message.run](message.event), reads };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = await answer(JSON.parse(line));
  } catch (error) {
    reply = { error: String(error), reads };
  }
  process.stdout.write(JSON.stringify(reply) + '\n');
}
