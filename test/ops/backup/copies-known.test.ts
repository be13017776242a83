import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveName, LOCAL_PLACE, nameAt } from '../../../core/backup/generation.ts';
import { AppError } from '../../../core/errors.ts';
import { createLogger } from '../../../core/log.ts';
import { adoptListed, adoptLocal } from '../../../ops/backup/adopt.ts';
import { pruneAt } from '../../../ops/backup/prune.ts';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { sendJob } from '../../../ops/jobs/send.ts';
import { openTestState } from '../open-test-state.ts';
import { ORDINARY_RUN } from '../ordinary-run.ts';

// What the records say that lies somewhere decides what is sent, removed and told: only what is really there, and really ours, may
// count as a copy.

const NOW = Date.parse('2026-11-30T04:00Z');
const DAY = 86_400_000;
const ONE = { last: 1, daily: 0, weekly: 0, monthly: 0 };
const signal = new AbortController().signal;

let home: Awaited<ReturnType<typeof openTestState>>;
let [localDir, nas] = ['', ''];
beforeEach(async () => {
  home = await openTestState(() => NOW);
  [localDir, nas] = [join(home.stateDir, '..', 'local'), join(home.stateDir, '..', 'nas')];
  for (const folder of [localDir, nas]) mkdirSync(folder);
});
afterEach(() => home.remove());

const backups = () => home.state.control.backups;
const remote = () => new OffsetRemote({ name: 'nas', kind: folderStore({ name: 'nas', path: nas }) });
const pathOf = (folder: string, name: string) => join(folder, archiveName(name));
const copiesOf = (name: string) => backups().find(name)?.copies ?? [];

/** A backup that the records know at these places, with what its archive holds. */
function known(nightsAgo: number, places: readonly string[]): { name: string; bytes: Buffer } {
  const madeAt = NOW - nightsAgo * DAY;
  const name = nameAt(madeAt);
  const bytes = randomBytes(5_000 + nightsAgo);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  backups().add({ name, madeAt, bytes: bytes.length, sha256, plainBytes: 1, entries: 1 }, randomBytes(32));
  for (const place of places) {
    backups().noteCopy(name, { place, verifiedAt: madeAt });
    writeFileSync(pathOf(place === LOCAL_PLACE ? localDir : nas, name), bytes);
  }
  backups().markProven(name, madeAt, {});
  return { name, bytes };
}

function put(folder: string, name: string, { bytes, ageMs }: { bytes: Uint8Array; ageMs: number }): void {
  writeFileSync(pathOf(folder, name), bytes);
  utimesSync(pathOf(folder, name), (NOW - ageMs) / 1000, (NOW - ageMs) / 1000);
}

function send(to = remote()) {
  const log = createLogger({ name: 'test', level: 'silent' });
  const rule = { last: 9, daily: 0, weekly: 0, monthly: 0 };
  const job = sendJob({ control: home.state.control, localDir, remotes: [to], rule, zone: 'UTC', daysAt: {} });
  return job.run({ signal, clock: () => NOW, log, previous: undefined, ...ORDINARY_RUN });
}

test('what was found at a remote under a backup’s name is no copy until it was compared: ours takes its place', async () => {
  const { name, bytes } = known(1, [LOCAL_PLACE]);
  writeFileSync(pathOf(nas, name), randomBytes(bytes.length));
  expect(await send()).toMatchObject({ sent: 1, failed: 0 });
  expect(readFileSync(pathOf(nas, name)).equals(bytes)).toBe(true);
  expect(copiesOf(name)).toContainEqual({ place: 'nas', verifiedAt: NOW });
});

test('what has another size than the backup of its name is no copy of it', async () => {
  const { name, bytes } = known(1, [LOCAL_PLACE]);
  const listed = async () => adoptListed('nas', await remote().list(signal), { backups: backups(), now: NOW });
  writeFileSync(pathOf(nas, name), bytes.subarray(1));
  await listed();
  expect(copiesOf(name).map(({ place }) => place)).toEqual([LOCAL_PLACE]);
  writeFileSync(pathOf(nas, name), bytes);
  await listed();
  expect(copiesOf(name).map(({ place }) => place)).toEqual([LOCAL_PLACE, 'nas']);
});

test('an archive that was put here by hand is a copy of the backup of its name when it holds the same bytes', async () => {
  const { name, bytes } = known(3, ['nas']);
  const looked = () => adoptLocal(localDir, { backups: backups(), now: NOW });
  put(localDir, name, { bytes: randomBytes(bytes.length), ageMs: 2 * DAY });
  await looked();
  expect(copiesOf(name).map(({ place }) => place)).toEqual(['nas']);
  put(localDir, name, { bytes, ageMs: 2 * DAY });
  await looked();
  expect(copiesOf(name)).toContainEqual({ place: LOCAL_PLACE, verifiedAt: NOW });
});

test('an archive that is just being copied here is left alone for a day', async () => {
  const name = nameAt(NOW - 3 * DAY);
  const looked = () => adoptLocal(localDir, { backups: backups(), now: NOW });
  put(localDir, name, { bytes: Buffer.from('the first half'), ageMs: DAY - 60_000 });
  expect(await looked()).toBe(0);
  expect(backups().find(name)).toBeUndefined();
  put(localDir, name, { bytes: Buffer.from('the first half, and the second'), ageMs: DAY + 60_000 });
  expect(await looked()).toBe(1);
  expect(backups().find(name)).toMatchObject({ bytes: 30 });
});

test('an archive here that says it is of the future is none of this household', async () => {
  const name = nameAt(NOW + 400 * DAY);
  put(localDir, name, { bytes: Buffer.from('dated by a clock that was ahead'), ageMs: 2 * DAY });
  expect(await adoptLocal(localDir, { backups: backups(), now: NOW })).toBe(0);
  expect(backups().find(name)).toBeUndefined();
});

test('a backup that was cut off on this disk is told, is no copy any more, and is sent nowhere', async () => {
  const { name, bytes } = known(1, [LOCAL_PLACE]);
  truncateSync(pathOf(localDir, name), bytes.length - 1);
  expect(await send()).toMatchObject({ sent: 0, failed: 0 });
  const told = home.state.control.alerts.recent(5);
  expect(told).toMatchObject([{ severity: 'critical', facts: { remote: LOCAL_PLACE } }]);
  expect(copiesOf(name)).toEqual([]);
});

test('copies that are known to be damaged keep no new backup waiting while they are read again', async () => {
  const rotten = [5, 4, 3].map((nights) => known(nights, ['nas']));
  for (const { name } of rotten) {
    backups().noteCopy(name, { place: 'nas', verifiedAt: 0 });
    writeFileSync(pathOf(nas, name), randomBytes(backups().find(name)!.bytes));
  }
  const fresh = known(1, [LOCAL_PLACE]);
  const read: string[] = [];
  const watched = remote();
  const reading = watched.read.bind(watched);
  watched.read = (name, ...more) => {
    read.push(copiesOf(fresh.name).some(({ place }) => place === 'nas') ? 'after' : 'before');
    return reading(name, ...more);
  };
  await send(watched);
  expect(read).toEqual(['after']);
  // One that is whole again counts again.
  for (const { name, bytes } of rotten) writeFileSync(pathOf(nas, name), bytes);
  await send();
  expect(rotten.filter(({ name }) => copiesOf(name)[0]!.verifiedAt > 0)).toHaveLength(1);
});

test('a damaged file that somebody deleted here is no copy any more, and a whole one in its place is', async () => {
  const { name, bytes } = known(3, [LOCAL_PLACE, 'nas']);
  backups().noteCopy(name, { place: LOCAL_PLACE, verifiedAt: 0 });
  await send();
  expect(copiesOf(name)).toHaveLength(2);
  rmSync(pathOf(localDir, name));
  await send();
  expect(copiesOf(name).map(({ place }) => place)).toEqual(['nas']);
  expect(home.state.control.alerts.recent(5)).toEqual([]);
  put(localDir, name, { bytes, ageMs: 2 * DAY });
  await send();
  expect(copiesOf(name)).toContainEqual({ place: LOCAL_PLACE, verifiedAt: NOW });
});

/** Removes what the rule lets go of at the NAS, whose answer to each removal is `answer`. */
function prune(answer: (file: string) => Promise<boolean>) {
  return pruneAt('nas', answer, { backups: backups(), rule: ONE, zone: 'UTC', now: NOW });
}

test('a backup that could not be removed is still known, and removed when that works again', async () => {
  const [old] = [known(2, ['nas']), known(1, ['nas'])];
  const before = copiesOf(old.name);
  const cut = () => Promise.reject(new AppError('unavailable', 'the remote nas cannot be reached'));
  await expect(prune(cut)).rejects.toMatchObject({ code: 'unavailable' });
  expect(copiesOf(old.name)).toEqual(before);
  expect(await prune((file) => remote().remove(file, signal))).toBe(1);
  expect(copiesOf(old.name)).toEqual([]);
});

test('what a remote keeps from being removed is still a backup there', async () => {
  const [old] = [known(2, ['nas']), known(1, ['nas'])];
  const before = copiesOf(old.name);
  expect(await prune(async () => false)).toBe(0);
  expect(copiesOf(old.name)).toEqual(before);
});
