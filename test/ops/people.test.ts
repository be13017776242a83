import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { fingerprintOf, seeIdentity } from '../../core/identities.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { personId } from '../../core/person-id.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { AdminServer } from '../bot/admin-server.ts';
import { PASSPHRASE } from './open-test-state.ts';
import { TestFolder } from './run-program.ts';

// Starting Node several times takes its while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const ADA = '@ada:home.test';
const KEY = 'Q'.repeat(43);
let folder: TestFolder;
const open = () =>
  openState({
    ...{ stateDir: folder.stateDir, passphrase: PASSPHRASE, create: true },
    ...{ clock: systemClock, kdf: KDF_FOR_TESTS_ONLY },
  });

beforeEach(async () => {
  folder = new TestFolder();
  folder.settings();
  using state = await open();
  state.control.people.seed([{ id: ADA, role: 'admin', language: 'en' }]);
  for (const key of ['first', KEY]) seeIdentity(state.control, ADA, key);
});
afterEach(() => folder.remove());

const confirm = (person: string, input = '') =>
  folder.start('ops/kinkeeper.ts', ['people', 'confirm', person, '--config', 'kinkeeper.yaml'], { input });

test('an admin’s own identity is confirmed at the shell, beside a running bot, by typing the address', async () => {
  // Open, as the bot has it.
  using state = await open();
  const refused = await confirm(ADA, 'yes\n');
  expect([refused.exitCode, refused.stdout]).toEqual([1, expect.stringMatching(/Nothing was changed\.\n$/)]);
  expect(state.control.people.find(ADA)?.identityChanged).toBe(true);
  const done = await confirm('ada', 'ada\n');
  expect(done.stdout).toContain(`It begins with: ${fingerprintOf(KEY)}\n`);
  expect([done.exitCode, done.stdout]).toEqual([0, expect.stringContaining('Confirmed.')]);
  expect(state.control.people.find(ADA)?.identityChanged).toBe(false);
  expect(seeIdentity(state.control, ADA, KEY)).toBe(false);
  expect(state.control.audit.recent(2)).toMatchObject([
    { actor: 'shell', action: 'identity.confirmed', target: ADA, outcome: 'done' },
    { outcome: 'refused' },
  ]);
  expect((await confirm(ADA)).stdout).toContain('There is nothing to confirm');
});

test('nobody unknown is confirmed, and a slip of typing is explained', async () => {
  const unknown = await confirm('@eve:home.test');
  expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringContaining('@eve:home.test is not known')]);
  expect((await confirm('eve')).stderr).toContain('@eve:home.test is not known');
  expect((await confirm('ada:home.test')).stderr).toContain('A user id looks like @ada:home.example.');
});

test('the only admin who lost the card gets a new one at the shell, in their language', async () => {
  const server = await AdminServer.start();
  onTestFinished(() => server.stop());
  server.accounts.set(ADA, { password: 'lost', admin: false, deactivated: false, devices: 2 });
  {
    using state = await open();
    state.control.people.setLanguage(personId(ADA), 'de');
  }
  folder.secret('admin-token', server.token);
  const file = join(folder.path, 'right.yaml');
  writeFileSync(
    file,
    [
      `matrix: { homeserver: "${server.url}", userId: "@kin:home.test" }`,
      'keys: { passphraseFile: ./secrets/passphrase }',
      'homeserver: { adminTokenFile: ./secrets/admin-token }',
    ].join('\n'),
  );
  const reset = (input: string, config = file) =>
    folder.start('ops/kinkeeper.ts', ['people', 'reset', 'Ada', '--config', config], { input });
  const refused = await reset('yes\n');
  expect([refused.exitCode, server.accounts.get(ADA)?.password]).toEqual([1, 'lost']);
  const done = await reset(`${ADA}\n`);
  expect(done.exitCode, done.stderr).toBe(0);
  expect(done.stdout).toContain('Karte mit neuem Passwort für @ada:home.test');
  expect(done.stdout).toMatch(/dasselbe Konto[\s\S]*wartet er auf:\s+kinkeeper people confirm @ada:home\.test/);
  expect(done.stdout).not.toContain('Einrichtungskarte');
  expect(done.stdout).toContain('Server    https://matrix.home.test\n');
  expect(done.stdout).toContain('Bot       @kin:home.test');
  const [, password] = /Passwort {2}(\S+)/.exec(done.stdout) ?? [];
  expect(server.accounts.get(ADA)).toMatchObject({ password, devices: 0 });
  using state = await open();
  expect(state.control.audit.recent(2)).toMatchObject([
    { actor: 'shell', action: 'account.reset', target: ADA, outcome: 'done' },
    { outcome: 'refused' },
  ]);
  const without = await reset(`${ADA}\n`, 'kinkeeper.yaml');
  expect([without.exitCode, without.stderr]).toEqual([1, expect.stringContaining('makesAccounts: true')]);
});
