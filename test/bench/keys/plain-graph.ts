import { registerHooks } from 'node:module';

// The product's own modules once more in this process, with one word put into two functions of them: files get no key.
// So the unencrypted side is the same code to the letter, and no setting of the product can ever make a store like it.

const MARK = '?unencrypted';
const OPENING = '/core/sqlite/open-encrypted.ts';
const KEYING = [
  'function applyKey(db: Database.Database, key: Uint8Array): void {',
  'export function rekey(path: string, from: Uint8Array, to: Uint8Array): void {',
];
const SCHEMES = /^file:(?!.*\/node_modules\/)/;

let isHooked = false;

/**
 * A module of the product by its path from this folder, with everything that it imports, over files without encryption.
 * For `bench:keys` alone.
 */
export async function unencrypted<M>(path: string): Promise<M> {
  if (!isHooked) hook();
  isHooked = true;
  return (await import(`${new URL(path, import.meta.url).href}${MARK}`)) as M;
}

function hook(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const isOurs = context.parentURL?.endsWith(MARK) && SCHEMES.test(found.url);
      return isOurs && !found.url.endsWith(MARK) ? { ...found, url: `${found.url}${MARK}` } : found;
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(MARK) || !url.includes(OPENING)) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
      return { ...loaded, source: KEYING.reduce(withoutBody, source) };
    },
  });
}

function withoutBody(source: string, head: string): string {
  const parts = source.split(head);
  if (parts.length !== 2)
    throw new Error(`${OPENING} gives files their keys in another way now: look at plain-graph.ts`);
  return parts.join(`${head} return;`);
}
