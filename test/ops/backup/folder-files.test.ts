import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LeftOut } from '../../../ops/backup/archive/manifest.ts';
import { namedFile } from '../../../ops/backup/folder-files.ts';
import { homeserverFiles } from '../../../ops/backup/homeserver/homeserver-part.ts';
import { makeBackupKey } from '../../../ops/backup/make-key.ts';
import { checkBackup } from '../../../ops/doctor/check-backup.ts';
import { temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { TELLING } from '../doctor/telling.ts';

const backupKey = makeBackupKey('of the paper');
let place: ReturnType<typeof temporaryFolder>;
let [folder, media] = ['', ''];
const signal = new AbortController().signal;

beforeEach(async () => {
  place = temporaryFolder();
  folder = join(place.folder, 'synapse');
  media = join(folder, 'media');
  mkdirSync(join(media, 'local_content', 'ab'), { recursive: true });
  writeFileSync(join(folder, 'homeserver.yaml'), 'server_name: home.test\n');
  writeFileSync(join(folder, 'homeserver.db'), '');
  writeFileSync(join(folder, 'signing.key'), 'ed25519 a_key\n');
  writeFileSync(join(media, 'local_content', 'ab', 'cd'), 'a picture');
  writeFileSync(join(place.folder, 'kinkeeper.yaml'), 'stateDir: ./state\n');
  writeFileSync(join(place.folder, 'recipients.asc'), (await backupKey).publicKey);
});
afterEach(() => place.remove());

const homeserver = () => ({ kind: 'sqlite', database: join(folder, 'homeserver.db'), folder, media }) as const;
const doctor = () =>
  checkBackup(
    {
      ...{ localDir: place.folder, recipientsFile: join(place.folder, 'recipients.asc'), homeserver: homeserver() },
      ...{ settingsFile: join(place.folder, 'kinkeeper.yaml'), version: '0.1.0' },
    },
    TELLING,
  );

async function taken() {
  const [names, leftOut]: [string[], LeftOut[]] = [[], []];
  const tell = (one: LeftOut) => void leftOut.push(one);
  for await (const file of homeserverFiles(homeserver(), { signal, tell })) {
    let text = '';
    for await (const chunk of file.read()) text += Buffer.from(chunk).toString();
    names.push(`${file.name}: ${text.trim()}`);
  }
  return { names: names.toSorted(), leftOut };
}

const ALL = [
  'homeserver/media/local_content/ab/cd: a picture',
  'homeserver/settings/homeserver.yaml: server_name: home.test',
  'homeserver/settings/signing.key: ed25519 a_key',
];

test('all of a homeserver is taken, and folders that hold nothing of it are not even entered', async () => {
  mkdirSync(join(folder, 'postgres'));
  symlinkSync('loop', join(folder, 'postgres', 'loop'));
  expect(await taken()).toEqual({ names: ALL, leftOut: [] });
  expect(await doctor()).toMatchObject([{ status: 'ok', says: expect.stringContaining('all 5 files') }]);
});

test('a settings file or key that is a link is taken from where it leads; a link among media is told', async () => {
  for (const name of ['homeserver.yaml', 'signing.key']) {
    execFileSync('mv', [join(folder, name), join(place.folder, name)]);
    symlinkSync(join(place.folder, name), join(folder, name));
  }
  execFileSync('mv', [join(place.folder, 'kinkeeper.yaml'), join(place.folder, 'real.yaml')]);
  symlinkSync('real.yaml', join(place.folder, 'kinkeeper.yaml'));
  symlinkSync('/etc/hostname', join(media, 'local_content', 'ab', 'link'));
  const leftOut = [{ name: 'homeserver/media/local_content/ab/link', why: 'link' }];
  expect(await taken()).toEqual({ names: ALL, leftOut });
  expect(await doctor()).toMatchObject([{ status: 'warn', says: expect.stringContaining('ab/link (link)') }]);
  const found = [];
  for await (const { name } of namedFile(join(place.folder, 'kinkeeper.yaml'), 'settings')) found.push(name);
  expect(found).toEqual(['settings/kinkeeper.yaml']);
});

test('what is expected and not there is told: media of a mistyped folder, the signing key, a link that leads nowhere', async () => {
  media = join(folder, 'medai');
  rmSync(join(folder, 'signing.key'));
  symlinkSync('nowhere', join(folder, 'old.yaml'));
  expect((await taken()).leftOut).toEqual([
    { name: 'homeserver/settings/old.yaml', why: 'link' },
    { name: 'homeserver/settings/*.key', why: 'missing' },
    { name: 'homeserver/media', why: 'missing' },
  ]);
  expect(await doctor()).toMatchObject([{ status: 'warn', fix: expect.stringContaining('homeserver.media') }]);
});

test('a pipe among media is told, and nobody waits for it', async () => {
  execFileSync('mkfifo', [join(media, 'local_content', 'ab', 'pipe'), join(folder, 'pipe.key')]);
  expect((await taken()).leftOut).toEqual([
    { name: 'homeserver/settings/pipe.key', why: 'no-file' },
    { name: 'homeserver/media/local_content/ab/pipe', why: 'no-file' },
  ]);
});

/** What a system refuses to read for another reason than that it is not there; root may read what has no rights. */
const UNREADABLE: Readonly<Record<string, () => string>> = {
  'a key that cannot be opened': () => loop(join(folder, 'signing.key')),
  'media that cannot be entered': () => loop(join(media, 'local_content')),
  'a homeserver’s folder that is none': () => {
    folder = join(place.folder, 'kinkeeper.yaml');
    return folder;
  },
  'a homeserver’s folder that is not there': () => {
    folder = join(place.folder, 'synaspe');
    return folder;
  },
  'a medium whose name is no UTF-8': () => {
    writeFileSync(Buffer.concat([Buffer.from(`${join(media, 'local_content')}/gr`), Buffer.from([0xfc])]), 'x');
    return join(media, 'local_content', 'gr');
  },
};

for (const [what, make] of Object.entries(UNREADABLE)) {
  test(`${what} ends the backup with its path and what to do, and the doctor says it before`, async () => {
    const path = make();
    const trying = taken();
    await expect(trying).rejects.toMatchObject({
      reason: 'backup-unreadable',
      hint: expect.stringContaining('doctor'),
    });
    await expect(trying).rejects.toThrow(path);
    expect(await doctor()).toMatchObject([{ status: 'fail' }]);
  });
}

test('settings that are not there, or cannot be read, end the backup', async () => {
  const first = async (path: string) => {
    for await (const _file of namedFile(path, 'settings')) return;
  };
  await expect(first(join(place.folder, 'none.yaml'))).rejects.toMatchObject({ reason: 'backup-unreadable' });
  await expect(first(loop(join(place.folder, 'kinkeeper.yaml')))).rejects.toThrow('ELOOP');
});

function loop(path: string): string {
  rmSync(path, { recursive: true });
  symlinkSync(path, path);
  return path;
}

test('the doctor says before a backup that there is nobody to seal it to', async () => {
  writeFileSync(join(place.folder, 'recipients.asc'), 'no key');
  expect(await doctor()).toMatchObject([{ status: 'fail', fix: expect.any(String) }]);
  rmSync(join(place.folder, 'recipients.asc'));
  expect(await doctor()).toMatchObject([{ status: 'fail', fix: expect.stringContaining('backup keys') }]);
});
