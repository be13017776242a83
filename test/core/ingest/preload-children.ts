import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes every Node process that this one starts by `process.execPath` run some code before its own. The product hands its
 * children no environment and decides their command line, so the program itself is wrapped; the code travels in a data
 * URL, because a child may read nothing but the product. The code can tell its parent things by signals: they need no
 * descriptor. Returns what takes the wrapper away.
 */
export function preloadChildren(code: string): () => void {
  const own = process.execPath;
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-wrapper-'));
  const wrapper = join(folder, 'node');
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  writeFileSync(wrapper, `#!/bin/sh\nexec '${own}' '--import=${url}' "$@"\n`);
  chmodSync(wrapper, 0o700);
  process.execPath = wrapper;
  return () => {
    process.execPath = own;
    rmSync(folder, { recursive: true });
  };
}
