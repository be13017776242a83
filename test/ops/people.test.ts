import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { fingerprintOf, seeIdentity } from '../../core/identities.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
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
  const done = await confirm(ADA, `${ADA}\n`);
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
  expect((await confirm('ada')).stderr).toContain('A user id looks like @ada:home.example.');
});
