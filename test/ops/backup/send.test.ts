import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveName, generationOf, LOCAL_PLACE, madeAtOf, nameAt } from '../../../core/backup/generation.ts';
import { keepingPlaces } from '../../../core/backup/removal-note.ts';
import { AppError } from '../../../core/errors.ts';
import { createLogger } from '../../../core/log.ts';
import { sayAlert } from '../../../core/wording/alerts/say-alert.ts';
import { adoptListed, adoptLocal } from '../../../ops/backup/adopt.ts';
import type { Remote } from '../../../ops/backup/remote.ts';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { type SendJobOptions, sendJob } from '../../../ops/jobs/send.ts';
import { openTestState } from '../open-test-state.ts';
import { NEVER } from './remote-contract.ts';

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

test('what went by the rule before a restore is no theft: the backup that the household came from is looked for first', async () => {
  const { backups } = home.state.control;
  const old = makeBackup(5);
  await run();
  const fresh = makeBackup(0);
  // As a restore leaves it whose records are those of the last night but one.
  for (const place of [nas, usb]) {
    writeFileSync(join(place, archiveName(fresh)), readFileSync(join(localDir, archiveName(fresh))));
    rmSync(join(place, archiveName(old)));
  }
  rmSync(join(localDir, archiveName(old)));
  backups.dropCopy(old, LOCAL_PLACE);
  expect(await run()).toMatchObject({ sent: 0 });
  expect(alerts()).toEqual([]);
  expect(backups.find(fresh)?.copies.filter(({ verifiedAt }) => verifiedAt > 0)).toHaveLength(3);
});

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
  expect(await run({ remotes })).toEqual({
    sent: 0,
    bytes: 0,
    removed: 0,
    missing: 0,
    changed: 0,
    failed: 0,
    nothingNew: 1,
  });
  expect(await run({ remotes: [] })).toMatchObject({ notSetUp: 1 });
  expect(alerts()).toEqual([]);
});

test('a remote that fails stops no other, is an alert, and is served when it is back', async () => {
  makeBackup(0);
  rmSync(nas, { recursive: true });
  expect(await run()).toMatchObject({ sent: 1, failed: 1, failedAt: 'nas' });
  expect(await run()).toMatchObject({ sent: 0, failed: 1 });
  const [told] = home.state.control.alerts.open();
  expect(sayAlert('en', told!)).toMatch(
    /^No backup gets to \*\*nas\*\*: its folder is not there\. See whether the disk/,
  );
  expect(sayAlert('de', told!)).toMatch(/^Zu \*\*nas\*\* kommt keine Sicherung\. Sein Ordner ist nicht da\. Sieh nach/);
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
  const [name, older] = [makeBackup(0), makeBackup(1)];
  await run();
  writeFileSync(join(nas, archiveName(name)), 'short');
  writeFileSync(join(localDir, archiveName(older)), 'short');
  expect(await run()).toMatchObject({ sent: 1, missing: 0, changed: 1 });
  expect(readFileSync(join(nas, archiveName(name))).length).toBe(50_000);
  // Told as damaged, which is something else than gone.
  expect(alerts().sort()).toEqual(['backup-copy-changed local', 'backup-copy-changed nas']);
  expect(home.state.control.backups.find(older)!.copies.map(({ place }) => place)).toEqual(['nas', 'usb']);
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

/** Puts files of any content at a remote, named as backups of so many hours ago. */
function plant(folder: string, hoursAgo: readonly number[]): string[] {
  return hoursAgo.map((hours) => {
    const file = archiveName(nameAt(MORNING - hours * 3_600_000));
    writeFileSync(join(folder, file), 'not ours');
    return file;
  });
}

test('names at a remote, however many, have us remove no backup that was read back there', async () => {
  const rule = { last: 3, daily: 0, weekly: 0, monthly: 0 };
  const names = [0, 1, 2].map((night) => makeBackup(night));
  await run({ rule });
  const planted = plant(
    nas,
    Array.from({ length: 130 }, (_, at) => -(at + 1) / 1000),
  );
  expect(await run({ rule })).toMatchObject({ removed: 0, sent: 0, failed: 0 });
  expect(readdirSync(nas).sort()).toEqual([...planted, ...files(...names)].sort());
  // The next night the oldest goes, as it would without them.
  now += DAY;
  const fresh = makeBackup(-1);
  await run({ rule });
  expect(readdirSync(nas).filter((file) => !planted.includes(file))).toEqual(files(fresh, names[0]!, names[1]!));
});

test('of what a remote only lists the newest hundred are known, and forgotten with the list or the remote', async () => {
  // Not proven: so far nothing goes by the rule.
  const name = makeBackup(0, { proven: false });
  plant(
    nas,
    Array.from({ length: 300 }, (_, at) => 24 + at),
  );
  const { backups } = home.state.control;
  await run();
  const listed = () => backups.all().filter(({ copies }) => copies.every(({ verifiedAt }) => verifiedAt === 0));
  expect(listed()).toHaveLength(100);
  expect(Math.min(...listed().map(({ madeAt }) => madeAt))).toBe(MORNING - 123 * 3_600_000);
  for (const file of readdirSync(nas).filter((one) => one !== archiveName(name))) rmSync(join(nas, file));
  const [left] = plant(nas, [500]);
  expect(await run()).toMatchObject({ missing: 0 });
  expect(listed().map((one) => archiveName(one.name))).toEqual([left]);
  // The remote leaves the settings: what was sent there is still known to lie there.
  await run({ remotes: [remoteAt('usb', usb)] });
  expect(listed()).toEqual([]);
  expect(backups.find(generationOf(left!)!)).toBeUndefined();
  expect(backups.find(name)!.copies.map(({ place }) => place)).toEqual(['local', 'nas', 'usb']);
  expect(alerts()).toEqual([]);
});

test('a remote that never gets done keeps no other waiting, nor what is old here', async () => {
  const names = Array.from({ length: 5 }, (_, night) => makeBackup(night));
  let seen: string[] = [];
  const never = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const tarpit: Remote = {
    ...{ name: 'tar', read: () => never(NEVER), send: () => never(NEVER), remove: () => never(NEVER) },
    removeUnfinished: async () => {},
    list: (signal) => {
      seen = readdirSync(localDir);
      return never(signal);
    },
  };
  for (const { name } of home.state.control.backups.all().slice(3))
    home.state.control.backups.noteCopy(name, { place: 'tar', verifiedAt: now });
  const remotes = [tarpit, remoteAt('usb', usb)];
  expect(await run({ remotes, limitSeconds: 8 })).toMatchObject({ sent: 3, failed: 1 });
  const kept = files(...names.slice(0, 3));
  expect([seen.sort(), readdirSync(usb).sort(), readdirSync(localDir).sort()]).toEqual([kept, kept, kept]);
  expect(home.state.control.alerts.open()).toMatchObject([{ facts: { remote: 'tar', trouble: 'slow' } }]);
});

test('a copy that rotted at a remote is found, told, and sent again', async () => {
  const name = makeBackup(0);
  await run();
  const file = join(nas, archiveName(name));
  const whole = readFileSync(file);
  writeFileSync(file, Buffer.from(whole).fill(whole[25_000]! ^ 1, 25_000, 25_001));
  expect(await run()).toMatchObject({ sent: 0, changed: 0 });
  now += 3 * DAY;
  expect(await run()).toMatchObject({ sent: 1, missing: 0, changed: 1, failed: 0 });
  expect(readFileSync(file).equals(whole)).toBe(true);
  const told = home.state.control.alerts.recent(9).filter(({ code }) => code === 'backup-copy-changed');
  expect(told).toMatchObject([{ severity: 'critical', facts: { remote: 'nas', generation: name } }]);
  expect(await run()).toMatchObject({ sent: 0, changed: 0 });
});

test('each night two copies at a remote are read again, those first that were not looked at for longest', async () => {
  const rule = { last: 9, daily: 0, weekly: 0, monthly: 0 };
  const plain = remoteAt('nas', nas);
  const read: string[] = [];
  const watched: Remote = {
    ...{ name: 'nas', list: (signal) => plain.list(signal), remove: (name, signal) => plain.remove(name, signal) },
    ...{ send: (file, how) => plain.send(file, how), removeUnfinished: async () => {} },
    read: (name, signal) => {
      read.push(name);
      return plain.read(name, signal);
    },
  };
  const remotes = [watched];
  // One was sent under a clock that was ahead: it does not wait for that.
  now += 400 * DAY;
  const ahead = makeBackup(4);
  await run({ remotes, rule });
  now = MORNING;
  const others = [makeBackup(3), makeBackup(2)];
  await run({ remotes, rule });
  expect(read).toEqual(files(ahead));
  now += 3 * DAY;
  const fresh = makeBackup(0);
  await run({ remotes, rule });
  expect(read).toHaveLength(3);
  await run({ remotes, rule });
  await run({ remotes, rule });
  expect(read.slice(1).toSorted()).toEqual(files(ahead, ...others));
  now += 3 * DAY;
  for (let night = 0; night < 3; night++) await run({ remotes, rule });
  expect(read.slice(4).toSorted()).toEqual(files(ahead, fresh, ...others));
});

test('a remote that gives nothing back in time has what was sent, and is no fault', async () => {
  const name = makeBackup(0);
  const plain = remoteAt('nas', nas);
  const slow: Remote = {
    ...{ name: 'nas', list: (signal) => plain.list(signal), remove: (file, signal) => plain.remove(file, signal) },
    ...{ send: (file, how) => plain.send(file, how), removeUnfinished: async () => {} },
    read: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  };
  await run({ remotes: [slow] });
  now += DAY;
  const fresh = makeBackup(-1);
  home.state.control.backups.noteCopy(name, { place: 'nas', verifiedAt: 1 });
  const figures = await run({ remotes: [slow, remoteAt('usb', usb)], limitSeconds: 12 });
  expect(figures).toMatchObject({ sent: 3, changed: 0, failed: 0 });
  expect(readdirSync(usb).sort()).toEqual(files(fresh, name));
  expect(alerts()).toEqual([]);
});
