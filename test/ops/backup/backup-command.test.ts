import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { generateKey } from 'openpgp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../core/clock.ts';
import { KDF_FOR_TESTS_ONLY } from '../../../core/keys/passphrase-key.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { holdLock } from '../../../core/sqlite/process-lock.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { PASSPHRASE } from '../open-test-state.ts';
import { TestFolder } from '../run-program.ts';

const KEY_PASSPHRASE = 'four words on paper';
const SETTINGS = 'keys: { passphraseFile: ./secrets/passphrase }\nbackup: { recipientsFile: ./recipients.asc }';

let folder: TestFolder;
let gnupg: string;
beforeEach(async () => {
  folder = new TestFolder();
  // Short: gpg's agent listens on a socket in it.
  gnupg = mkdtempSync(join(tmpdir(), 'g-'));
  using state = await openState({
    ...{ stateDir: folder.stateDir, passphrase: PASSPHRASE, create: true, clock: systemClock, kdf: KDF_FOR_TESTS_ONLY },
  });
  state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  const words = 'the violet lighthouse keeper pays seventeen crowns a year';
  const ada = state.control.people.callerFor('@ada:home.test')!;
  state.vault.write(ada, (writer) => writer.addDocument(sampleDocument('$one'), [samplePassage(0, words)]));
});
afterEach(async () => {
  await execa('gpgconf', ['--kill', 'all'], { env: { GNUPGHOME: gnupg }, reject: false });
  rmSync(gnupg, { recursive: true, force: true });
  await folder.remove();
});

const backup = (args: string[], input = '') =>
  folder.start('ops/kinkeeper.ts', ['backup', ...args, '--config', folder.settings(SETTINGS)], { input });
const gpg = (args: string[], options: { input?: string; cwd?: string } = {}) =>
  execa('gpg', ['--batch', '--yes', '--pinentry-mode', 'loopback', '--passphrase', KEY_PASSPHRASE, ...args], {
    ...options,
    env: { GNUPGHOME: gnupg },
    encoding: 'buffer',
  });
const recipients = () => join(folder.path, 'recipients.asc');

async function madeKey(): Promise<string> {
  const made = await backup(['keys'], `${KEY_PASSPHRASE}\n${KEY_PASSPHRASE}\nkept\n`);
  expect(made.exitCode, made.stderr).toBe(0);
  return /-----BEGIN PGP PRIVATE KEY BLOCK-----[\s\S]*?-----END PGP PRIVATE KEY BLOCK-----/.exec(made.stdout)![0];
}

test('a key made here opens a backup with gpg, and its private half is written nowhere', async () => {
  const privateKey = await madeKey();
  for (const entry of readdirSync(folder.path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = readFileSync(join(entry.parentPath, entry.name), 'latin1');
    expect(content.includes('PRIVATE KEY'), entry.name).toBe(false);
  }
  const made = await backup(['now', '--json']);
  expect(made.exitCode, made.stderr).toBe(0);
  const { file, name } = JSON.parse(made.stdout) as { file: string; name: string };
  await gpg(['--import'], { input: `${privateKey}\n` });
  const { stdout } = await gpg(['--decrypt', file]);
  const packed = join(folder.path, 'packed.tar.zst');
  writeFileSync(packed, stdout);
  const listed = await execa('tar', ['--zstd', '-tf', packed]);
  expect(listed.stdout.split('\n')).toEqual(
    expect.arrayContaining(['kinkeeper.json', 'state/control.db', 'state/keys.json', 'manifest.json']),
  );
  expect((await backup(['list'])).stdout).toContain(`${name}  `);
  const keyFile = join(folder.path, 'private.asc');
  writeFileSync(keyFile, privateKey);
  const verified = await backup(['verify', file, '--key', keyFile], `wrong\n${KEY_PASSPHRASE}\n`);
  expect(verified.stderr).toMatch(/^Passphrase of the backup key .*\nThat is not it\. Passphrase of the backup key/m);
  expect(verified.stdout).toMatch(/^Whole: \d+ files/);
  expect(verified.stdout).toContain('1 people, 1 papers');
});

test('a key of gpg 2 is added to the others, and every key of the file opens the next backup', async () => {
  const first = await madeKey();
  await gpg(['--quick-generate-key', 'Kinkeeper backups', 'future-default', 'default', 'never']);
  const { stdout: publicHalf } = await gpg(['--armor', '--export', 'Kinkeeper backups']);
  writeFileSync(recipients(), `${readFileSync(recipients(), 'utf8')}\n${Buffer.from(publicHalf).toString()}`);
  const { file } = JSON.parse((await backup(['now', '--json'])).stdout) as { file: string };
  const { stdout: secondHalf } = await gpg(['--armor', '--export-secret-keys', 'Kinkeeper backups']);
  for (const [index, key] of [first, Buffer.from(secondHalf).toString()].entries()) {
    const keyFile = join(folder.path, `private-${index}.asc`);
    writeFileSync(keyFile, key);
    const verified = await backup(['verify', file, '--key', keyFile], `${KEY_PASSPHRASE}\n`);
    expect(verified.stdout, verified.stderr).toMatch(/^Whole/);
  }
  // One more stands beside them; how the others are written is not touched.
  const before = readFileSync(recipients(), 'utf8').trimEnd();
  await madeKey();
  const after = readFileSync(recipients(), 'utf8');
  expect([after.startsWith(before), after.match(/^-----BEGIN/gm)]).toEqual([true, Array(3).fill('-----BEGIN')]);
  const other = await generateKey({ userIDs: [{ name: 'other' }], curve: 'curve25519Legacy', type: 'ecc' });
  writeFileSync(join(folder.path, 'other.asc'), other.privateKey);
  const refused = await backup(['verify', file, '--key', join(folder.path, 'other.asc')]);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('none of these keys opens this backup');
});

test('what is not confirmed, not the same twice or not set up changes nothing and says what to do', async () => {
  const differing = await backup(['keys'], 'one\ntwo\n');
  expect(differing.stderr).toContain('the two passphrases are not the same');
  const unconfirmed = await backup(['keys'], 'one\none\nno\nno\nno\n');
  expect(unconfirmed).toMatchObject({ exitCode: 1 });
  expect(unconfirmed.stdout).toContain('Nothing was changed');
  expect(existsSync(recipients())).toBe(false);
  const without = await folder.start('ops/kinkeeper.ts', ['backup', 'now', '--config', folder.settings()]);
  expect(without).toMatchObject({ exitCode: 2 });
  expect(without.stderr).toContain('kinkeeper backup keys');
  await madeKey();
  using _busy = holdLock(join(folder.stateDir, 'backup.lock'));
  const second = await backup(['now']);
  expect(second.stderr).toContain('a backup is being made already');
});
