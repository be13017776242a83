import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveName, LOCAL_PLACE, madeAtOf } from '../../../core/backup/generation.ts';
import { keepingPlaces } from '../../../core/backup/removal-note.ts';
import { AppError } from '../../../core/errors.ts';
import { createLogger } from '../../../core/log.ts';
import { adoptListed, adoptLocal } from '../../../ops/backup/adopt.ts';
import type { Remote } from '../../../ops/backup/remote.ts';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { type SendJobOptions, sendJob } from '../../../ops/jobs/send.ts';
import { openTestState } from '../open-test-state.ts';

const DAY = 86_400_000;
const MORNING = Date.parse('2026-11-30T04:00Z');
const RULE = { last: 1, daily: 3, weekly: 0, monthly: 0 };

let now = MORNING;
let home: Awaited<ReturnType<typeof openTestState>>;
let [localDir, nas, usb] = ['', '', ''];
beforeEach(async () => {
  now = MORNING;
  home = await openTestState(() => now);
  [localDir, nas, usb] = ['local', 'nas', 'usb'].map((name) => join(home.stateDir, '..', name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [localDir, nas, usb]) mkdirSync(folder);
});
afterEach(() => home.remove());

function remoteAt(name: string, path: string): Remote {
  return new OffsetRemote({ name, kind: folderStore({ name, path }) });
}

/** A backup of so many nights ago, as the job that makes them leaves it. */
function makeBackup(nightsAgo: number, { proven = true } = {}): string {
  const stamp = new Date(MORNING - nightsAgo * DAY).toISOString().replace(/[-:]|\.\d+/g, '');
  const name = `kin-${stamp}-${randomBytes(3).toString('hex')}`;
  const bytes = randomBytes(50_000 + nightsAgo);
  writeFileSync(join(localDir, archiveName(name)), bytes);
  const { backups } = home.state.control;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const madeAt = madeAtOf(name)!;
  backups.add({ name, madeAt, bytes: bytes.length, sha256, plainBytes: 1, entries: 1 }, randomBytes(32));
  backups.noteCopy(name, { place: LOCAL_PLACE, verifiedAt: madeAt });
  if (proven) backups.markProven(name, madeAt, {});
  return name;
}

function run(options: Partial<SendJobOptions> = {}, signal = new AbortController().signal) {
  const remotes = [remoteAt('nas', nas), remoteAt('usb', usb)];
  const { control } = home.state;
  const job = sendJob({ control, localDir, remotes, rule: RULE, zone: 'UTC', daysAt: {}, ...options });
  const log = createLogger({ name: 'test', level: 'silent' });
  const progress = () => {};
  return job.run({ ...{ signal, clock: () => now, log, previous: undefined, dry: false }, progress });
}

function alerts(): string[] {
  return home.state.control.alerts
    .recent(20)
    .filter(({ clearedAt }) => clearedAt === null)
    .map(({ code, facts }) => `${code} ${facts.remote} ${facts.count ?? ''}`.trim());
}

const files = (...names: string[]) => names.map(archiveName).sort();

test('every backup goes to every remote once, newest first', async () => {
  const [old, fresh] = [makeBackup(1), makeBackup(0)];
  const sent: string[] = [];
  const plain = remoteAt('nas', nas);
  const watched: Remote = {
    ...{ name: 'nas', list: (signal) => plain.list(signal), read: (name, signal) => plain.read(name, signal) },
    send: (file, how) => plain.send(file, how).then(() => void sent.push(file.name)),
    remove: (name, signal) => plain.remove(name, signal),
    removeUnfinished: (sort, signal) => plain.removeUnfinished(sort, signal),
  };
  const remotes = [watched, remoteAt('usb', usb)];
  expect(await run({ remotes })).toMatchObject({ sent: 4, bytes: 200_002, failed: 0, removed: 0 });
  expect(sent).toEqual([archiveName(fresh), archiveName(old)]);
  expect(readdirSync(nas).sort()).toEqual(files(old, fresh));
  expect(readdirSync(usb).sort()).toEqual(files(old, fresh));
  const copies = home.state.control.backups.find(old)!.copies;
  expect(copies.map(({ place, verifiedAt }) => [place, verifiedAt === now])).toEqual([
    ['local', false],
    ['nas', true],
    ['usb', true],
  ]);
  expect(await run({ remotes })).toEqual({ sent: 0, bytes: 0, removed: 0, missing: 0, failed: 0, nothingNew: 1 });
  expect(await run({ remotes: [] })).toMatchObject({ notSetUp: 1 });
  expect(alerts()).toEqual([]);
});

test('a remote that fails stops no other, is an alert, and is served when it is back', async () => {
  makeBackup(0);
  rmSync(nas, { recursive: true });
  expect(await run()).toMatchObject({ sent: 1, failed: 1 });
  expect(await run()).toMatchObject({ sent: 0, failed: 1 });
  expect(alerts()).toEqual(['remote-failing nas']);
  expect(JSON.stringify(home.state.control.alerts.recent(9))).not.toContain(nas);
  mkdirSync(nas);
  expect(await run()).toMatchObject({ sent: 1, failed: 0 });
  expect(alerts()).toEqual([]);
});

test('a copy that somebody removed is told, and sent again while it is here', async () => {
  const [old, fresh] = [makeBackup(1), makeBackup(0)];
  await run();
  for (const name of [old, fresh]) rmSync(join(nas, archiveName(name)));
  rmSync(join(localDir, archiveName(old)));
  expect(await run()).toMatchObject({ sent: 1, missing: 2 });
  expect(alerts().sort()).toEqual(['backup-copy-missing local 1', 'backup-copy-missing nas 2']);
  expect(readdirSync(nas)).toEqual(files(fresh));
  expect(home.state.control.backups.find(old)!.copies.map(({ place }) => place)).toEqual(['usb']);
  expect(await run()).toMatchObject({ sent: 0, missing: 0 });
  expect(alerts()).toHaveLength(2);
});

test('other bytes of another size under its name are no copy', async () => {
  const name = makeBackup(0);
  await run();
  writeFileSync(join(nas, archiveName(name)), 'short');
  expect(await run()).toMatchObject({ sent: 1, missing: 1 });
  expect(readFileSync(join(nas, archiveName(name))).length).toBe(50_000);
});

test('a list that breaks off says nothing about copies', async () => {
  const name = makeBackup(0);
  await run();
  const broken: Remote = {
    ...remoteAt('nas', nas),
    name: 'nas',
    list: () => Promise.reject(new Error('cut')),
  } as Remote;
  expect(await run({ remotes: [broken] })).toMatchObject({ failed: 1, missing: 0 });
  expect(home.state.control.backups.find(name)!.copies.map(({ place }) => place)).toContain('nas');
  expect(alerts()).toEqual(['remote-failing nas']);
});

test('old ones go everywhere by the rule; what is none of ours stays', async () => {
  const names = Array.from({ length: 6 }, (_, night) => makeBackup(night));
  const stale = ['kin-20261101T031500Z-aaaaaa.tar.zst.gpg.part', '.kin-20261101T031500Z-aaaaaa.tmp'];
  const young = 'kin-20261130T031500Z-bbbbbb.tar.zst.gpg.tmp';
  const foreign = ['notes.txt', 'kin-photo.jpg', 'old.part', 'kin-20261101T031500Z-aaaaaa.tar.zst.gpg.sha256'];
  for (const file of [...stale, ...foreign, young]) writeFileSync(join(localDir, file), 'x');
  for (const file of [...stale, ...foreign]) utimesSync(join(localDir, file), now / 1000 - 90_000, now / 1000 - 90_000);
  utimesSync(join(localDir, young), now / 1000 - 3600, now / 1000 - 3600);
  writeFileSync(join(nas, 'notes.txt'), 'x');
  // As an earlier rule would have sent it.
  const source = readFileSync(join(localDir, archiveName(names[5]!)));
  writeFileSync(join(nas, archiveName(names[5]!)), source);
  expect(await run()).toMatchObject({ sent: 6, removed: 3 + 1 });
  const kept = files(...names.slice(0, 3));
  expect(readdirSync(localDir).sort()).toEqual([...kept, ...foreign, young].sort());
  expect(readdirSync(nas).sort()).toEqual([...kept, 'notes.txt'].sort());
  expect(readdirSync(usb).sort()).toEqual(kept);
  expect(home.state.control.backups.all().map(({ name }) => name)).toEqual(names.slice(0, 3));
  expect(alerts()).toEqual([]);
});

test('a kill between removing a file and its record is made good without an alert', async () => {
  const names = Array.from({ length: 5 }, (_, night) => makeBackup(night));
  for (const name of names)
    writeFileSync(join(nas, archiveName(name)), readFileSync(join(localDir, archiveName(name))));
  for (const name of names) home.state.control.backups.noteCopy(name, { place: 'nas', verifiedAt: now });
  for (const folder of [localDir, nas]) rmSync(join(folder, archiveName(names[4]!)));
  await run();
  expect(home.state.control.backups.all().map(({ name }) => name)).toEqual(names.slice(0, 3));
  expect(alerts()).toEqual([]);
});

test('nothing goes while the last one is not proven, or the clock jumped', async () => {
  const names = [makeBackup(0, { proven: false }), ...[1, 2, 3].map((night) => makeBackup(night, { proven: false }))];
  expect(await run()).toMatchObject({ sent: 8, removed: 0 });
  for (const name of names) home.state.control.backups.markProven(name, now, {});
  now += 400 * DAY;
  expect(await run()).toMatchObject({ removed: 0, failed: 0 });
  expect(alerts()).toEqual(['clock-jumped undefined']);
  now = MORNING;
  expect(await run()).toMatchObject({ removed: 3 });
  now = MORNING - 20 * DAY;
  expect(await run()).toMatchObject({ removed: 0 });
});

test('where only the far side removes, what is too old for it is neither missed nor sent again', async () => {
  const names = [makeBackup(0), makeBackup(1), makeBackup(2)];
  await run();
  for (const name of names.slice(1)) rmSync(join(nas, archiveName(name)));
  expect(await run({ daysAt: { nas: 1 } })).toMatchObject({ sent: 0, missing: 0 });
  expect(alerts()).toEqual([]);
});

test('after the records were lost, what lies here and at remotes is known again', async () => {
  const [old, fresh] = [makeBackup(1), makeBackup(0)];
  await run();
  rmSync(join(localDir, archiveName(old)));
  writeFileSync(join(nas, 'kin-20990101T000000Z-aaaaaa.tar.zst.gpg'), 'of the future');
  const other = await openTestState(() => now, { ownKeys: true });
  try {
    const { backups } = other.state.control;
    const signal = new AbortController().signal;
    const adopting = async () => {
      let adopted = await adoptLocal(localDir, { backups, now });
      for (const remote of [remoteAt('nas', nas), remoteAt('usb', usb)])
        adopted += adoptListed(remote.name, await remote.list(signal), { backups, now });
      return adopted;
    };
    for (const file of readdirSync(localDir))
      utimesSync(join(localDir, file), now / 1000 - 90_000, now / 1000 - 90_000);
    expect(await adopting()).toBe(2);
    expect(await adopting()).toBe(0);
    const before = home.state.control.backups.find(fresh)!;
    expect(backups.all().map(({ name }) => name)).toEqual([fresh, old]);
    const { madeAt, bytes, sha256 } = before;
    expect(backups.find(fresh)).toMatchObject({ madeAt, bytes, sha256, provenAt: null, entries: 0 });
    expect(backups.find(fresh)!.copies.map(({ place }) => place)).toEqual(['local', 'nas', 'usb']);
    expect(backups.find(old)).toMatchObject({
      bytes: 50_001,
      sha256: '',
      copies: [{ place: 'nas', verifiedAt: 0 }, {}],
    });
    expect(backups.sessionKey(fresh)).toBeUndefined();
  } finally {
    other.remove();
  }
});

test('it ends when it is told to, and goes on at the next run', async () => {
  makeBackup(0);
  const stop = new AbortController();
  stop.abort(new Error('stopping'));
  await expect(run({}, stop.signal)).rejects.toThrow('stopping');
  expect(alerts()).toEqual([]);
  expect(await run()).toMatchObject({ sent: 2 });
});

test('a remote that refuses to remove is remembered as one that keeps, until it lets us', async () => {
  Array.from({ length: 5 }, (_, night) => makeBackup(night));
  const all = { last: 9, daily: 0, weekly: 0, monthly: 0 };
  const { facts } = home.state.control;
  const plain = remoteAt('nas', nas);
  const answering = (remove: Remote['remove']): Remote => ({
    ...{ name: 'nas', list: (signal) => plain.list(signal), read: (name, signal) => plain.read(name, signal) },
    ...{ send: (file, how) => plain.send(file, how), removeUnfinished: async () => {}, remove },
  });
  await run({ remotes: [plain], rule: all });
  expect(keepingPlaces(facts)).toEqual([]);
  const addOnly = answering(async () => false);
  expect(await run({ remotes: [addOnly] })).toMatchObject({ failed: 0 });
  expect(keepingPlaces(facts)).toEqual(['nas']);
  expect(readdirSync(nas)).toHaveLength(5);
  await run({ remotes: [answering((name, signal) => plain.remove(name, signal))], rule: { ...RULE, daily: 4 } });
  expect(readdirSync(nas)).toHaveLength(4);
  expect(keepingPlaces(facts)).toEqual([]);
  const closed = answering(() => Promise.reject(new AppError('forbidden', 'the remote nas does not allow that')));
  expect(await run({ remotes: [closed] })).toMatchObject({ failed: 1 });
  expect(keepingPlaces(facts)).toEqual(['nas']);
});
