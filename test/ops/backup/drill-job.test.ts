import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generateKey } from 'openpgp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveName, type Generation } from '../../../core/backup/generation.ts';
import type { OpenState } from '../../../core/control.ts';
import { createLogger } from '../../../core/log.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { lookLocally } from '../../../ops/backup/local-copies.ts';
import type { Remote } from '../../../ops/backup/remote.ts';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { remoteFault } from '../../../ops/backup/remotes/remote-fault.ts';
import { RsyncRemote } from '../../../ops/backup/remotes/rsync-remote.ts';
import { backupJob } from '../../../ops/jobs/backup.ts';
import { drillJob } from '../../../ops/jobs/drill.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { ORDINARY_RUN } from '../ordinary-run.ts';

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let localDir: string;
let remotes: Remote[];
let jobs: { backup: () => Promise<unknown>; drill: (isAsked?: boolean) => Promise<unknown> };

beforeEach(async () => {
  place = temporaryFolder();
  localDir = join(place.folder, 'backups');
  state = await openTestState(place.stateDir, { opensCopies: true, clock: Date.now });
  state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  const ada = state.control.people.callerFor('@ada:home.test')!;
  const words = 'the violet lighthouse keeper wrote to the harbour office about seventeen lamps';
  state.vault.write(ada, (writer) => writer.addDocument(sampleDocument('$letter'), [samplePassage(0, words)]));
  const { publicKey } = await generateKey({ userIDs: [{ name: 'kin' }], curve: 'curve25519Legacy', type: 'ecc' });
  const recipientsFile = join(place.folder, 'recipients.asc');
  writeFileSync(recipientsFile, publicKey);
  remotes = [];
  const options = {
    ...{ state, stateDir: place.stateDir, vectors: loadTokenVectors, remotes },
    backup: { localDir, recipientsFile, homeserver: { kind: 'none' }, version: '0.1.0' } as const,
  };
  const log = createLogger({ name: 'test', level: 'silent' });
  const context = { signal: new AbortController().signal, clock: Date.now, log, previous: undefined, ...ORDINARY_RUN };
  jobs = {
    backup: async () => backupJob(options).run(context),
    drill: async (isAsked = false) => drillJob(options).run({ ...context, isAsked }),
  };
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

const alerts = () =>
  state.control.alerts.recent(10).map(({ code, clearedAt }) => `${code}${clearedAt === null ? '' : ' over'}`);

test('a backup that proves itself is told with what it answered; without a new one nothing is said', async () => {
  expect(await jobs.drill()).toEqual({ nothingNew: 1 });
  expect(alerts()).toEqual([]);
  await jobs.backup();
  await jobs.drill();
  expect(alerts()).toEqual(['backup-proven']);
  expect(state.control.alerts.recent(1)[0]?.facts).toMatchObject({
    tenants: 1,
    questions: 1,
    leftOut: 0,
    place: 'local',
  });
  expect(await jobs.drill()).toEqual({ nothingNew: 1 });
  expect(alerts()).toEqual(['backup-proven']);
});

test('a backup that was damaged on the disk is told at once, leaves nothing behind, and the next good one ends the alert', async () => {
  await jobs.backup();
  const archive = join(localDir, readdirSync(localDir)[0]!);
  const bytes = readFileSync(archive);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(archive, bytes);
  await expect(jobs.drill()).rejects.toMatchObject({ reason: 'backup-damaged' });
  expect(alerts()).toEqual(['drill-failed']);
  expect(readdirSync(localDir)).toHaveLength(1);
  expect(state.control.backups.all()[0]?.provenAt).toBeNull();
  await jobs.backup();
  await jobs.drill();
  expect(alerts().toSorted()).toEqual(['backup-proven', 'drill-failed over']);
});

test('a backup that is only known from a list, without its key, is no fault and keeps no other from its drill', async () => {
  await jobs.backup();
  const name = 'kin-29991231T235959Z-0000aa';
  state.control.backups.adopt({ name, madeAt: Date.UTC(2999, 11, 31), bytes: 5, sha256: '' });
  state.control.backups.noteCopy(name, { place: 'attic', verifiedAt: 0 });
  await jobs.drill();
  expect(alerts()).toEqual(['backup-proven']);
});

test('a backup that was made and proven under a clock that was ahead ends no proofs', async () => {
  const { backups } = state.control;
  const future = { name: 'kin-29991231T235959Z-0000aa', madeAt: Date.UTC(2999, 11, 31) };
  backups.add({ ...future, bytes: 5, sha256: 'ab', plainBytes: 5, entries: 1 }, randomBytes(32));
  backups.noteCopy(future.name, { place: 'local', verifiedAt: future.madeAt });
  backups.markProven(future.name, future.madeAt, {});
  await jobs.backup();
  expect(await jobs.drill()).toMatchObject({ tenants: 1, questions: 1 });
  expect(alerts()).toEqual(['backup-proven']);
  expect(await jobs.drill()).toEqual({ nothingNew: 1 });
});

test('a backup that also lies where our key can only add is proven from the copy here', async () => {
  await jobs.backup();
  const ssh = { name: 'safe', user: 'kin', host: 'safe.test', keyFile: '/none', knownHostsFile: '/none' };
  remotes.push(new RsyncRemote({ ssh, path: '', addOnly: true, scratchDir: localDir }));
  state.control.backups.noteCopy(state.control.backups.all()[0]!.name, { place: 'safe', verifiedAt: 1 });
  await jobs.drill();
  expect(alerts()).toEqual(['backup-proven']);
  expect(state.control.alerts.recent(1)[0]?.facts).toMatchObject({ place: 'local' });
});

test('a remote that gives garbage, or nothing, stops no proof: the next place is taken, and the bad one told', async () => {
  const folders = ['first', 'second', 'third'].map((name) => join(place.folder, name));
  for (const path of folders) mkdirSync(path);
  remotes.push(
    ...folders.map(
      (path) => new OffsetRemote({ name: basename(path), kind: folderStore({ name: basename(path), path }) }),
    ),
  );
  const lies = (change: (bytes: Buffer) => Buffer | undefined) => {
    const { name } = state.control.backups.all()[0]!;
    const bytes = readFileSync(join(localDir, archiveName(name)));
    const copies = [change(Buffer.from(bytes)), undefined, bytes];
    for (const [index, copy] of copies.entries()) {
      if (copy !== undefined) writeFileSync(join(folders[index]!, archiveName(name)), copy);
      state.control.backups.noteCopy(name, { place: basename(folders[index]!), verifiedAt: 1 });
    }
  };
  await jobs.backup();
  lies((bytes) => randomBytes(bytes.length));
  expect(await jobs.drill()).toMatchObject({ place: 'third', badCopies: 2 });
  expect(alerts().toSorted()).toEqual(['backup-copy-bad', 'backup-copy-bad', 'backup-proven']);
  const told = state.control.alerts.recent(10).filter(({ code }) => code === 'backup-copy-bad');
  expect(told.map(({ facts }) => `${facts.remote} ${facts.reason}`).toSorted()).toEqual([
    'first backup-damaged',
    'second not-found',
  ]);
  const [{ copies }] = state.control.backups.all() as [Generation];
  expect(copies.filter(({ verifiedAt }) => verifiedAt === 0)).toEqual([{ place: 'first', verifiedAt: 0 }]);
  // A copy that is good again ends it.
  await jobs.backup();
  lies((bytes) => bytes);
  expect(await jobs.drill()).toMatchObject({ place: 'first' });
  expect(alerts().filter((one) => one === 'backup-copy-bad over')).toHaveLength(1);
});

test('asked for when nothing is new, it reads every copy of the newest proven one again and tells what rotted', async () => {
  expect(await jobs.drill(true)).toEqual({ nothingNew: 1 });
  const folder = join(place.folder, 'nas');
  mkdirSync(folder);
  remotes.push(new OffsetRemote({ name: 'nas', kind: folderStore({ name: 'nas', path: folder }) }));
  await jobs.backup();
  const { backups } = state.control;
  const { name } = backups.all()[0]!;
  const bytes = readFileSync(join(localDir, archiveName(name)));
  writeFileSync(join(folder, archiveName(name)), bytes);
  backups.noteCopy(name, { place: 'nas', verifiedAt: 1 });
  await jobs.drill();
  expect(await jobs.drill(true)).toEqual({ generation: name, whole: 2, changed: 0, failed: 0 });
  expect(alerts()).toEqual(['backup-proven']);
  const rotten = Buffer.from(bytes);
  rotten[bytes.length >> 1]! ^= 1;
  writeFileSync(join(folder, archiveName(name)), rotten);
  expect(await jobs.drill()).toEqual({ nothingNew: 1 });
  expect(await jobs.drill(true)).toEqual({ generation: name, whole: 1, changed: 1, failed: 0 });
  expect(alerts()).toEqual(['backup-copy-changed', 'backup-proven']);
  expect(state.control.alerts.recent(1)[0]!.facts).toEqual({ generation: name, remote: 'nas' });
  writeFileSync(join(localDir, archiveName(name)), rotten);
  for (const _time of [1, 2])
    expect(await jobs.drill(true)).toEqual({ generation: name, whole: 0, changed: 2, failed: 0 });
  expect(backups.find(name)!.copies.map(({ verifiedAt }) => verifiedAt)).toEqual([0, 0]);
  // No copy is known to be whole any more, so the files that are there are no backup to send.
  expect(await lookLocally(localDir, backups)).toEqual({ there: [], gone: [], changed: [] });
});

test('a place that lets nobody in is no damaged copy, and its copy still counts', async () => {
  const kind = folderStore({ name: 'nas', path: place.folder });
  const refused = () => Promise.reject(remoteFault('wrong-machine', 'nas', 'is another machine than before'));
  remotes.push(new OffsetRemote({ name: 'nas', kind: { ...kind, open: refused } }));
  await jobs.backup();
  const { backups } = state.control;
  const { name } = backups.all()[0]!;
  await jobs.drill();
  backups.noteCopy(name, { place: 'nas', verifiedAt: 1 });
  expect(await jobs.drill(true)).toEqual({ generation: name, whole: 1, changed: 0, failed: 1, failedAt: 'nas' });
  expect(alerts()).toEqual(['backup-proven']);
  expect(backups.find(name)!.copies).toContainEqual({ place: 'nas', verifiedAt: 1 });
});

test('nothing is unpacked in the folder of the backups, and what a killed drill left in the state folder goes', async () => {
  await jobs.backup();
  mkdirSync(join(place.stateDir, 'drill-aB3dE6'));
  const before = statSync(localDir).mtimeMs;
  await jobs.drill();
  expect(statSync(localDir).mtimeMs).toBe(before);
  expect(readdirSync(place.stateDir).filter((name) => name.startsWith('drill'))).toEqual([]);
});

test('the job that makes backups keeps nobody’s papers open', async () => {
  await jobs.backup();
  const { tenant } = state.control.people.callerFor('@ada:home.test')!;
  const opened = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  expect(opened.filter((path) => path.includes(tenant))).toEqual([]);
});
