import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IncidentDesk } from '../../../core/incident/incident-desk.ts';
import type { RotatedItem } from '../../../core/incident/rotation-guide.ts';
import { type RotationPlaces, seeRotation } from '../../../core/incident/rotation-sight.ts';
import { openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';

// What is changed after an incident, as it lies on a machine: real keys.json, real files.

const NOW = 1_800_000_000_000;

const armoured = (key: string) =>
  `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${key}\n-----END PGP PUBLIC KEY BLOCK-----\n`;

let place: ReturnType<typeof temporaryFolder>;
let places: RotationPlaces;
beforeEach(() => {
  place = temporaryFolder();
  const folder = join(place.stateDir, '..', 'rotation');
  mkdirSync(join(folder, 'etc', 'ssh'), { recursive: true });
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    utimesSync(path, 1, 1);
    return path;
  };
  file('etc/ssh/ssh_host_ed25519_key.pub', 'ssh-ed25519 OLD');
  places = {
    ...{ stateDir: place.stateDir, hasDatabase: false, databaseKeyFiles: [], hasHostHelper: false },
    ...{ passwordFile: file('bot-password', 'secret'), modelKeyFiles: [file('model-key', 'secret')] },
    accountsTokenFile: file('admin-token', 'secret'),
    apiKeys: ['0a/1', '0b/1'],
    ...{ recipientsFile: file('recipients.asc', armoured('OLD')), etc: join(folder, 'etc') },
  };
});
afterEach(() => place.remove());

test('what lies there as before is not changed; what is new is; what the household lacks is left out', async () => {
  using state = await openTestState(place.stateDir);
  const desk = new IncidentDesk(state.control, () => seeRotation(places));
  desk.beginRotation(NOW);
  expect(desk.rotatable()).not.toContain('database');
  expect(desk.rotatable()).not.toContain('wireguard');
  const say = (item: RotatedItem) => desk.noteDone(item, { at: NOW + 1, by: '@ada:home.test' });
  const seen: RotatedItem[] = [
    'passphrase',
    'recovery-code',
    'master-key',
    'bot-password',
    'accounts-token',
    'model-keys',
  ];
  for (const item of [...seen, 'ssh-host-keys', 'backup-key'] as const) expect(say(item), item).toBe(false);

  writeFileSync(places.passwordFile!, 'another secret');
  writeFileSync(places.accountsTokenFile!, 'another secret');
  writeFileSync(places.modelKeyFiles[0]!, 'another secret');
  writeFileSync(places.recipientsFile!, `The family’s\n${armoured('NEW')}`);
  rmSync(join(places.etc, 'ssh', 'ssh_host_ed25519_key.pub'));
  writeFileSync(join(places.etc, 'ssh', 'ssh_host_ed25519_key.pub'), 'ssh-ed25519 NEW');
  for (const item of ['bot-password', 'accounts-token', 'model-keys', 'ssh-host-keys', 'backup-key'] as const)
    expect([say(item), desk.rotation()?.items[item]?.seen], item).toEqual([true, true]);
  expect(say('passphrase')).toBe(false);
});

test('a backup key that is added beside the old one has not replaced it', async () => {
  using state = await openTestState(place.stateDir);
  const desk = new IncidentDesk(state.control, () => seeRotation(places));
  desk.beginRotation(NOW);
  writeFileSync(places.recipientsFile!, armoured('NEW') + armoured('OLD'));
  expect(desk.noteDone('backup-key', { at: NOW + 1, by: '@ada:home.test' })).toBe(false);
});

test('nothing secret is kept of what was seen', () => {
  expect(JSON.stringify(seeRotation(places))).not.toContain('secret');
});

test('a file that cannot be looked at is not seen, and keeps nothing else from being', () => {
  rmSync(places.passwordFile!);
  symlinkSync(places.passwordFile!, places.passwordFile!);
  const { prints } = seeRotation(places);
  expect([prints['bot-password'], prints['model-keys']]).toEqual([undefined, [expect.any(String)]]);
});
