import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { archiveName } from '../../../core/backup/generation.ts';
import { restoringOf } from '../../../core/backup/restoring.ts';
import type { OpenState } from '../../../core/control.ts';
import { holdLock } from '../../../core/sqlite/process-lock.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { ArchiveKeys } from '../../../ops/backup/archive/read-archive.ts';
import {
  type ArchiveSource,
  archiveFile,
  type VerifiedArchive,
  verifyArchive,
} from '../../../ops/backup/verify-archive.ts';
import { copiesBeside } from '../../../ops/restore/erased-copies.ts';
import { restoreHousehold } from '../../../ops/restore/restore.ts';
import { restorePerson } from '../../../ops/restore/restore-person.ts';
import { openTestState, PASSPHRASE, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { type DrilledHouse, type OpenBackup, openBackup, rawPapers, sealAgain } from '../backup/altered-backup.ts';
import { addWithPapers, backupTo, erasePerson } from '../backup/beside-household.ts';

const [ADA, BEN] = ['@ada:home.test', '@ben:home.test'] as const;
const clock = Date.now;
const signal = new AbortController().signal;
const household = async () => ({ passphrase: PASSPHRASE, settle: async () => {} });

let place: ReturnType<typeof temporaryFolder>;
let house: DrilledHouse;
let made: OpenBackup;
let keys: ArchiveKeys;
let backup: OpenBackup;
let target = '';
let tries = 0;

beforeAll(async () => {
  place = temporaryFolder();
  const { stateDir } = place;
  const to = await backupTo(join(place.folder, 'backups'));
  keys = to.keys;
  const state = await openTestState(stateDir, { clock });
  house = { state, stateDir, plan: to.plan };
  for (const id of [ADA, BEN]) addWithPapers(state, id, 2);
  // Longer than a page of the file, so that the last pages hold nothing else.
  const turn = { event: '$asked', room: '!kin', question: 'which lamp?', at: 1, passages: [], model: null };
  state.vault.write(state.control.people.callerFor(BEN)!, (writer) =>
    writer.addTurn({ ...turn, answer: 'the seventeenth, '.repeat(2_000) }),
  );
  made = await openBackup(house, join(place.folder, 'made'));
});
afterAll(() => {
  house.state[Symbol.dispose]();
  place.remove();
});
beforeEach(() => {
  backup = { folder: join(place.folder, `copy${tries}`), head: made.head };
  target = join(place.folder, `restored${tries++}`, 'state');
  cpSync(made.folder, backup.folder, { recursive: true });
});

async function sealed(): Promise<ArchiveSource> {
  const { name } = await sealAgain(backup, house);
  return archiveFile(join(house.plan.localDir, archiveName(name)));
}

/** Two whose names tell the same second: one that was made at another is refused for that alone. */
async function twoOfOneSecond(): Promise<[ArchiveSource, ArchiveSource]> {
  for (;;) {
    const [first, second] = [await sealed(), await sealed()];
    if (first.saysMadeAt === second.saysMadeAt) return [first, second];
  }
}

async function restore(source: ArchiveSource, more: Partial<VerifiedArchive> = {}) {
  const verified = { ...(await verifyArchive(source, { keys, signal })), ...more };
  return restoreHousehold({
    ...{ source, keys, verified, household, clock, signal, onProgress: () => {} },
    places: { stateDir: target, homeserver: { kind: 'none' }, settings: [] },
    copies: copiesBeside(source.name),
    vectors: loadTokenVectors,
  });
}

/** What the restored household has of somebody. */
async function papersOf(id: string): Promise<number> {
  using state = await openTestState(target, { create: false, clock });
  return documentsOf(state, id).length;
}
const documentsOf = ({ vault, control }: OpenState, id: string) =>
  vault.read(control.people.callerFor(id)!, (reader) => reader.documents());

test('a backup whose archive is whole, but a store in it damaged, becomes no household', async () => {
  const { tenant } = house.state.control.people.callerFor(BEN)!;
  rawPapers(backup, house, tenant).close();
  const path = join(backup.folder, 'state', 'tenants', `${tenant}.db`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
  await expect(restore(await sealed())).rejects.toMatchObject({ reason: 'backup-damaged', facts: { count: 1 } });
  expect(existsSync(target)).toBe(false);
});

async function cutOff(source: ArchiveSource): Promise<void> {
  const restoring = restoreHousehold({
    ...{ source, keys, verified: await verifyArchive(source, { keys, signal }), household, clock, signal },
    places: { stateDir: target, homeserver: { kind: 'none' }, settings: [] },
    vectors: loadTokenVectors,
    copies: { ...copiesBeside(source.name), list: () => Promise.reject(new Error('the power went')) },
    onProgress: () => {},
  });
  await expect(restoring).rejects.toThrow('the power went');
}

test('nothing that a restore has left when it was cut off comes into one of another backup, which says so', async () => {
  await cutOff(await sealed());
  writeFileSync(join(restoringOf(target), 'state', 'left-over'), 'of the first');
  expect(await restore(await sealed())).toMatchObject({ replaced: true, stores: { people: 2 } });
  expect(existsSync(join(target, 'left-over'))).toBe(false);
  expect([await papersOf(ADA), await papersOf(BEN)]).toEqual([2, 2]);
});

test('a restore that was cut off while it put things in their places is not ended with another backup', async () => {
  const [first, second] = [await sealed(), await sealed()];
  await cutOff(first);
  const note = `${restoringOf(target)}.json`;
  writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, 'utf8')), step: 'placing' }));
  const refused = restore(second);
  await expect(refused).rejects.toMatchObject({ code: 'conflict', reason: 'restore-other' });
  await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining(restoringOf(target)) });
  expect(existsSync(target)).toBe(false);
  expect(await restore(first)).toMatchObject({ replaced: false });
  expect([await papersOf(ADA), await papersOf(BEN)]).toEqual([2, 2]);
});

test('a place that gives another backup the second time it is read restores neither', async () => {
  const [first, second] = await twoOfOneSecond();
  let times = 0;
  const lying = { ...first, open: () => (times++ === 0 ? first : second).open(), bytes: undefined };
  await expect(restore(lying)).rejects.toMatchObject({
    reason: 'backup-damaged',
    facts: { problem: 'it is another file than the one that was checked' },
  });
  expect(existsSync(target)).toBe(false);
});

test('a restore that has no room for all of it begins nothing', async () => {
  const refused = restore(await sealed(), { plainBytes: 2 ** 50 });
  await expect(refused).rejects.toMatchObject({ reason: 'disk-full' });
  expect(readdirSync(restoringOf(target))).toEqual([]);
});

test('while another restore into the same place is at work, none begins', async () => {
  const source = await sealed();
  mkdirSync(dirname(target));
  {
    using _other = holdLock(`${restoringOf(target)}.lock`);
    await expect(restore(source)).rejects.toMatchObject({ reason: 'already-running' });
  }
  await restore(source);
  expect(await papersOf(BEN)).toBe(2);
});

/** One person's papers, back into the household that lies at `target`. */
function bringBackFrom(source: ArchiveSource, person: string) {
  return restorePerson({
    ...{ source, keys, person, alsoForgotten: true, stateDir: target, passphrase: PASSPHRASE, clock, signal },
    prompt: { secret: async () => PASSPHRASE, line: async () => '', close() {} },
    say: () => {},
    onProgress: () => {},
  });
}

test('nobody’s papers are brought back while the bot is at work, or an update on trial', async () => {
  const source = await sealed();
  cpSync(join(backup.folder, 'state'), target, { recursive: true });
  {
    using _bot = holdLock(join(target, 'bot.lock'));
    await expect(bringBackFrom(source, ADA)).rejects.toMatchObject({ reason: 'already-running' });
  }
  writeFileSync(join(target, 'update-trial'), 'update=u1\nfrom=1.0.0\nto=1.1.0\n');
  await expect(bringBackFrom(source, ADA)).rejects.toMatchObject({ reason: 'update-trial' });
  rmSync(join(target, 'update-trial'));
  expect(await bringBackFrom(source, ADA)).toMatchObject({ known: 2 });
});

test('somebody who was erased and came again is somebody new: what was theirs comes back from no backup', async () => {
  const source = await sealed();
  // Any household of which the backup is.
  cpSync(join(backup.folder, 'state'), target, { recursive: true });
  {
    using living = await openTestState(target, { create: false, clock });
    erasePerson(living, BEN, clock);
    addWithPapers(living, BEN, 1);
  }
  const bringBack = (person: string) => bringBackFrom(source, person);
  await expect(bringBack(BEN)).rejects.toMatchObject({ code: 'not-found', reason: 'restore-person' });
  expect(await papersOf(BEN)).toBe(1);
  expect(await bringBack(ADA)).toMatchObject({ kept: 0, known: 2 });
  expect(readdirSync(target).filter((name) => name.startsWith('restore'))).toEqual([]);
});
