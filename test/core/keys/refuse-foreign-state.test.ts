import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { refuseForeignState } from '../../../core/keys/refuse-foreign-state.ts';
import { PATIENCE_MS } from '../../patience.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can give a folder to another account.');

function folderOf(uid: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'kin-foreign-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (isRoot) chownSync(folder, uid, uid);
  return folder;
}

test.runIf(isRoot)('root is refused on the state of another account, and told how to start it; nobody else is', () => {
  const folder = folderOf(10_001);
  expect(() => refuseForeignState(folder, 0)).toThrow('belongs to account 10001');
  refuseForeignState(folder, 10_001);
  refuseForeignState(folderOf(0), 0);
  refuseForeignState(join(folder, 'not', 'there'), 0);
});

test.runIf(isRoot).each(['bot', 'ops'])('%s does not start so', async (program) => {
  const stateDir = folderOf(10_001);
  const main = fileURLToPath(new URL(`../../../${program}/main.ts`, import.meta.url));
  const env = {
    ...{
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      KINKEEPER_STATE_DIR: stateDir,
      KINKEEPER_MATRIX_HOMESERVER: 'http://127.0.0.1:9',
    },
    ...{ KINKEEPER_MATRIX_USER_ID: '@kin:home.test', KINKEEPER_API_LISTEN: '' },
  };
  const ended = await execa(process.execPath, [main], {
    cwd: stateDir,
    env,
    extendEnv: false,
    reject: false,
    timeout: PATIENCE_MS,
  });
  expect(ended.exitCode).toBe(1);
  expect(ended.stderr).toContain('belongs to account 10001');
});
