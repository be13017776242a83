import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { beginLockdown } from '../../core/keys/lockdown.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { PASSPHRASE } from './open-test-state.ts';
import { TestFolder } from './run-program.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: TestFolder;
beforeEach(async () => {
  folder = new TestFolder();
  const { stateDir } = folder;
  const state = await openState({
    ...{ stateDir, passphrase: PASSPHRASE, create: true, clock: Date.now, kdf: KDF_FOR_TESTS_ONLY },
  });
  state.control.people.add({ id: '@ada:home.test', role: 'admin', language: 'en' });
  state[Symbol.dispose]();
});
afterEach(() => folder.remove());

test('in a lockdown nothing at the shell opens the state, although it has the passphrase file', async () => {
  const config = folder.settings();
  const zip = join(folder.path, 'kinkeeper-export-1-of-1.zip');
  writeFileSync(zip, 'any');
  const run = (args: string[]) => folder.start('ops/kinkeeper.ts', [...args, '--config', config], { input: 'x\n' });
  const list = await run(['keys', 'list']);
  expect(list.exitCode).toBe(0);
  beginLockdown(folder.stateDir, Date.now());
  for (const args of [
    ['audit', 'verify'],
    ['audit', 'export'],
    ['gdpr', '--out', join(folder.path, 'papers')],
    ['keys', 'list'],
    ['keys', 'rotate', '@ada:home.test'],
    ['keys', 'rotate-master'],
    ['keys', 'recovery-code'],
    ['receipt', 'key'],
    ['import', zip, '--person', '@ada:home.test'],
  ]) {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout], args.join(' ')).toEqual([1, '']);
    expect(stderr, args.join(' ')).toContain('an admin has locked the household down');
    expect(stderr, args.join(' ')).toContain('kinkeeper unlock');
  }
});
