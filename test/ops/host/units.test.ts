import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { HOST_UNITS } from '../../../ops/setup/compose-acts.ts';

// What systemd lets the helper do. Whoever gets the better of the script gets no further than its unit.

const unit = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../ops/host/systemd/${name}.service`, import.meta.url)), 'utf8');

/** Folders that a fresh household's settings name. */
const SETTINGS = readFileSync(
  fileURLToPath(new URL('../../../ops/host/helper/kinkeeper-host.conf', import.meta.url)),
  'utf8',
);

test('the example of the settings shows the safer way in, and what its absence means', () => {
  expect(SETTINGS).toMatch(/^#web_from=vpn$/m);
  expect(SETTINGS).toMatch(/anywhere:\n# .*left out/);
});

test('many requests within seconds do not have systemd give the helper up', () => {
  expect(unit('kinkeeper-host').split('[Service]')[0]).toContain('\nStartLimitIntervalSec=0\n');
});

describe.each([
  'kinkeeper-host',
  'kinkeeper-host-resume',
  'kinkeeper-host-facts',
  'kinkeeper-host-posture',
])('%s', (name) => {
  const lines = unit(name).split('\n');

  test('gets no network, no further rights, and writes to named folders only', () => {
    for (const line of [
      'ProtectSystem=strict',
      'NoNewPrivileges=yes',
      'IPAddressDeny=any',
      'PrivateTmp=yes',
      'ProtectHome=yes',
    ])
      expect(lines).toContain(line);
    expect(lines).toContain('RestrictAddressFamilies=AF_UNIX AF_NETLINK');
  });

  test('may write where the settings, as they come, have it write', () => {
    const folders = /^ReadWritePaths=(.*)$/m
      .exec(unit(name))![1]!
      .split(' ')
      .map((folder) => folder.replace(/^-/, ''));
    expect(lines).toContain('StateDirectory=kinkeeper-host');
    const named = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(SETTINGS)![1]!;
    const keys = /-(facts|posture)$/.test(name) ? ['spool'] : ['spool', 'state_dir', 'releases_dir'];
    for (const key of keys)
      expect(
        folders.some((folder) => `${named(key)}/`.startsWith(`${folder}/`)),
        key,
      ).toBe(true);
    expect(named('var')).toBe('/var/lib/kinkeeper-host');
  });
});

test('set-up starts every unit that wants to be started by itself', () => {
  const folder = fileURLToPath(new URL('../../../ops/host/systemd/', import.meta.url));
  const wanted = readdirSync(folder).filter((name) => /^\[Install\]$/m.test(readFileSync(folder + name, 'utf8')));
  expect(HOST_UNITS.toSorted()).toEqual(wanted.sort());
});
