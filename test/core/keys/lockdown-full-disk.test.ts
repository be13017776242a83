import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isLockedDown, liftLockdown, lockdownAt } from '../../../core/keys/lockdown.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-lockdown-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a disk that takes no byte more, but a name still, keeps nobody from locking the household down for good', async () => {
  const module = new URL('../../../core/keys/lockdown.ts', import.meta.url).href;
  const lock = `(await import(${JSON.stringify(module)})).beginLockdown(${JSON.stringify(folder)}, 1_800_000_000_000)`;
  // No file may grow, as on a full disk: what writes gets an error, and an empty file can be made.
  const limited = ['-c', 'ulimit -f 0; exec "$0" --input-type=module -e "$1"', process.execPath, lock];
  await execa('sh', limited, { env: { NODE_DISABLE_COMPILE_CACHE: '1' } });
  expect(isLockedDown(folder)).toBe(true);
  // When it began could not be written.
  expect(lockdownAt(folder)).toBe(0);
  expect(readdirSync(folder)).toEqual(['lockdown']);
  liftLockdown(folder);
  expect(isLockedDown(folder)).toBe(false);
});
