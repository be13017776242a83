import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const TITLE = /(?:\b(?:test|it)(?:\.\w+\([^)]*\))?\(|\]\)\()\s*(['"`])(.*?)\1,/g;

/** Whether a file has a test of that title; a title that ends with its seed may leave that out. For tests that name others. */
export function hasTest(file: string, title: string): boolean {
  const path = `${ROOT}${file}`;
  if (!existsSync(path)) return false;
  const titles = [...readFileSync(path, 'utf8').matchAll(TITLE)];
  return titles.some(
    ([, , found]) =>
      found === title || found!.replace(/,? \(?seed \$\{.*$| \(seed.*$/, '') === title || startsCode(found!, title),
  );
}

/** A title with a word set as code in it is named up to that word. */
function startsCode(found: string, title: string): boolean {
  return found.startsWith(`${title} \``);
}
