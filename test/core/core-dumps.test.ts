import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const CHILD = fileURLToPath(new URL('./core-dumps.child.ts', import.meta.url));
/** Where this machine writes dumps into the crashing process's folder and lets us raise the limit, so that there is something to miss. */
const DUMPS_HERE =
  process.geteuid!() === 0 && /^core$/.test(readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-core-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function crash(how: 'on' | 'off') {
  const args = ['--core=unlimited', process.execPath, CHILD, how];
  return spawnSync('prlimit', args, { cwd: folder, encoding: 'utf8' });
}

if (!DUMPS_HERE)
  console.log('Left out: this machine writes no dumps into the folder of who crashes, so none can be missed there.');
test.runIf(DUMPS_HERE)('a crash leaves a dump of the memory, unless dumps were turned off', () => {
  expect(crash('on').signal).toBe('SIGSEGV');
  expect(readdirSync(folder)).toHaveLength(1);
  rmSync(folder, { recursive: true });
  folder = mkdtempSync(join(tmpdir(), 'kin-core-'));
  expect(crash('off').signal).toBe('SIGSEGV');
  expect(readdirSync(folder)).toEqual([]);
});

test('where the limit is 0 already, dumps count as off', () => {
  const args = ['--core=0:0', process.execPath, CHILD, 'off'];
  expect(spawnSync('prlimit', args, { cwd: folder }).signal).toBe('SIGSEGV');
});

test('where nothing can turn them off, that is said', () => {
  const env = { ...process.env, PATH: '/nowhere' };
  const args = ['--core=5000000:5000000', process.execPath, CHILD, 'off'];
  expect(spawnSync('/usr/bin/prlimit', args, { cwd: folder, env }).status).toBe(3);
});
