import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KDF_FOR_TESTS_ONLY } from '../../../core/keys/passphrase-key.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { PASSPHRASE } from '../open-test-state.ts';
import { TestFolder } from '../run-program.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: TestFolder;
beforeEach(async () => {
  folder = new TestFolder();
  const { stateDir } = folder;
  using _made = await openState({
    ...{ stateDir, passphrase: PASSPHRASE, create: true, clock: Date.now, kdf: KDF_FOR_TESTS_ONLY },
  });
});
afterEach(() => folder.remove());

test('while an update is on trial, the shell writes nothing that going back would lose', async () => {
  const config = folder.settings(
    'keys: { passphraseFile: ./secrets/passphrase }\nbackup: { recipientsFile: ./recipients.asc }',
  );
  const [zip, key, archive] = ['kinkeeper-export-1-of-1.zip', 'key.asc', 'kin.tar.zst.gpg'].map((name) => {
    writeFileSync(join(folder.path, name), 'any');
    return join(folder.path, name);
  }) as [string, string, string];
  const run = (args: string[]) => folder.start('ops/kinkeeper.ts', [...args, '--config', config], { input: 'x\n' });
  const mark = join(folder.stateDir, 'update-trial');
  writeFileSync(mark, 'update=u1\nfrom=1.0.0\nto=1.1.0\n');
  for (const args of [
    ['backup', 'now'],
    ['keys', 'rotate', '@ada:home.test'],
    ['restore', archive, '--key', key, '--person', '@ada:home.test'],
    ['import', zip, '--person', '@ada:home.test'],
  ]) {
    const { exitCode, stdout, stderr } = await run(args);
    expect([exitCode, stdout], args.join(' ')).toEqual([1, '']);
    expect(stderr, args.join(' ')).toContain('the update from 1.0.0 to 1.1.0 is being tried');
  }
  rmSync(mark);
  expect((await run(['keys', 'list'])).exitCode).toBe(0);
});
