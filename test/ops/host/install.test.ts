import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOST_FOLDER, HOST_SETTINGS, hostHelperFiles } from '../../../ops/setup/plan/host-helper-files.ts';
import { readTemplates } from '../../../ops/setup/read-templates.ts';

const PRODUCT = fileURLToPath(new URL('../../../', import.meta.url));
const ANSWERS = { kind: 'bare', start: 'systemd', data: '/srv/kinkeeper' } as Parameters<typeof readTemplates>[0];

let dest: string;
beforeEach(() => {
  dest = mkdtempSync(join(tmpdir(), 'kin-install-'));
});
afterEach(() => rmSync(dest, { recursive: true, force: true }));

const install = (...args: string[]) =>
  execa('/bin/sh', [join(PRODUCT, 'ops/host/install'), ...args], { env: { DESTDIR: dest }, reject: false });

/** Below a folder: each file with its mode. */
function filesIn(folder: string): Record<string, number> {
  const entries = readdirSync(join(dest, folder), { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(dest.length), statSync(path).mode & 0o7777]));
}

test('lays what set-up lays, and what it lays runs', async () => {
  expect(await install()).toMatchObject({ exitCode: 0 });
  const facts = { ...readTemplates(ANSWERS, PRODUCT), product: PRODUCT, hostSettings: '' } as Parameters<
    typeof hostHelperFiles
  >[1];
  const planned = hostHelperFiles(ANSWERS, facts);
  expect({ ...filesIn('usr'), ...filesIn('etc') }).toEqual(
    Object.fromEntries(planned.map(({ path, mode }) => [path, mode])),
  );
  for (const { path, content } of planned)
    if (path !== HOST_SETTINGS) expect(readFileSync(join(dest, path), 'utf8')).toBe(content);
  const conf = join(dest, HOST_SETTINGS);
  const listed = await execa(join(dest, HOST_FOLDER, 'kinkeeper-harden'), [conf, 'list']);
  expect(listed.stdout).toContain('luks\t');
  expect(readFileSync(conf, 'utf8')).toMatch(/^spool_user=10001$/m);
  expect(statSync(join(dest, 'var/lib/kinkeeper-spool/requests')).mode & 0o7777).toBe(0o700);
});

test('settings that are there stay, and what another folder of data needs is added', async () => {
  await install('--data', '/mnt/papers', '--account', '990');
  const before = readFileSync(join(dest, HOST_SETTINGS), 'utf8');
  expect(before).toMatch(/^spool_user=990\nspool_group=990$/m);
  for (const unit of ['kinkeeper-host.service', 'kinkeeper-host-resume.service'])
    expect(readFileSync(join(dest, `etc/systemd/system/${unit}.d/data.conf`), 'utf8')).toBe(
      '[Service]\nReadWritePaths=-/mnt/papers\n',
    );
  await install();
  expect(readFileSync(join(dest, HOST_SETTINGS), 'utf8')).toBe(before);
});

test.each([
  ['--data', 'papers'],
  ['--data', '/srv/a b'],
  ['--account', 'kinkeeper'],
  ['--nothing', 'x'],
  ['--data'],
])('says how it goes where it is called otherwise: %s %s', async (...args) => {
  const { exitCode, stderr } = await install(...args.filter((arg) => arg !== undefined));
  expect(exitCode).toBe(2);
  expect(stderr).toContain('usage: ops/host/install');
  expect(readdirSync(dest)).toEqual([]);
});
