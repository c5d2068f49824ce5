// What an emulated function gets for `import cf from 'cloudfront'`: its store, with the content of this moment.
function emulatedCloudFront(content) {
  const has = (key) => Object.prototype.hasOwnProperty.call(content, key);
  const store = {
    get: async (key, options) => {
      if (!has(key)) throw new Error('KeyNotFound');
      const format = options && options.format;
      if (format === 'json') return JSON.parse(content[key]);
      return format === 'bytes' ? Buffer.from(content[key]) : content[key];
    },
    exists: async (key) => has(key),
    count: async () => Object.keys(content).length,
    meta: async () => ({ keyCount: Object.keys(content).length }),
  };
  return { kvs: () => store };
}
