// matrix-bot-sdk reads StoreType while it loads; everything else of the native binding must stay unused.
module.exports = new Proxy(
  { StoreType: { Sled: 0, Sqlite: 1 } },
  {
    get(known, name) {
      if (name in known || typeof name === 'symbol' || name === '__esModule' || name === 'then') return known[name];
      return class {
        constructor() {
          throw new Error(`the native Matrix crypto binding is not part of Kinkeeper (${String(name)})`);
        }
      };
    },
  },
);
