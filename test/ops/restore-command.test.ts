import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { generateKey } from 'openpgp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { besideName } from '../../core/backup/beside.ts';
import { inMemory } from '../../core/backup/frozen-state.ts';
import { archiveName, nameAt } from '../../core/backup/generation.ts';
import { readPapersBack } from '../../core/backup/papers-back.ts';
import { readRestored } from '../../core/backup/restored.ts';
import { systemClock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { createLogger } from '../../core/log.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { readRecipients } from '../../ops/backup/archive/recipients.ts';
import { sessionKeyOf } from '../../ops/backup/archive/session-key.ts';
import { writeArchive } from '../../ops/backup/archive/write-archive.ts';
import { makeErasedCopy } from '../../ops/backup/beside/make-erased-copy.ts';
import { folderStore } from '../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../ops/backup/remotes/offset-remote.ts';
import { sendJob } from '../../ops/jobs/send.ts';
import { sendBesideJob } from '../../ops/jobs/send-beside.ts';
import { sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { openTestState, PASSPHRASE } from './open-test-state.ts';
import { ORDINARY_RUN } from './ordinary-run.ts';
import { TestFolder } from './run-program.ts';

const KEY_PASSPHRASE = 'four words on paper';
const ADA = '@ada:home.test';
const BEN = '@ben:home.test';
const SETTINGS = [
  'keys: { passphraseFile: ./secrets/passphrase }',
  'backup: { recipientsFile: ./schlüssel.asc, localDir: ./backups }',
  'homeserver: { kind: sqlite, database: ./synapse/homeserver.db, folder: ./synapse, media: ./synapse/media }',
].join('\n');

let folder: TestFolder;
let recoveryCode: string;
let apiKey: string;
let archive: string;
let kept: string;
let generation: string;
/** A household, and what lies elsewhere, as every test finds a copy of it: all paths in its settings are relative. */
let made: { readonly folder: string; readonly kept: string };

beforeAll(async () => {
  folder = new TestFolder();
  made = { folder: folder.path, kept: `${folder.path}-kept` };
  kept = made.kept;
  mkdirSync(kept);
  await makeAll();
});
afterAll(() => {
  for (const path of Object.values(made)) rmSync(path, { recursive: true, force: true });
});
beforeEach(() => {
  folder = new TestFolder();
  kept = `${folder.path}-kept`;
  cpSync(made.folder, folder.path, { recursive: true });
  cpSync(made.kept, kept, { recursive: true });
  archive = join(kept, 'kin.tar.zst.gpg');
});
afterEach(async () => {
  await folder.remove();
  rmSync(kept, { recursive: true, force: true });
});

async function makeAll(): Promise<void> {
  const pair = await generateKey({
    ...{ userIDs: [{ name: 'kin' }], type: 'ecc', curve: 'curve25519Legacy', passphrase: KEY_PASSPHRASE },
  });
  writeFileSync(join(folder.path, 'schlüssel.asc'), pair.publicKey);
  writeFileSync(join(kept, 'key.asc'), pair.privateKey);
  await makeHousehold();
  makeHomeserver();
  const backup = await run(['backup', 'now', '--json']);
  expect(backup.exitCode, backup.stderr).toBe(0);
  const { file, name } = JSON.parse(backup.stdout) as { file: string; name: string };
  generation = name;
  cpSync(file, join(kept, 'kin.tar.zst.gpg'));
}

async function makeHousehold(): Promise<void> {
  using state = await openState({
    ...{ stateDir: folder.stateDir, passphrase: PASSPHRASE, create: true, clock: systemClock, kdf: KDF_FOR_TESTS_ONLY },
  });
  recoveryCode = state.newRecoveryCode!;
  state.recoveryCodeTold();
  state.control.people.seed([
    { id: ADA, role: 'admin', language: 'en' },
    { id: BEN, role: 'member', language: 'de' },
  ]);
  const wish = { name: 'scanner', scopes: ['upload'], endsAt: systemClock() + 1e9, source: '$key' } as const;
  apiKey = state.control.apiKeys.make(state.control.people.callerFor(ADA)!, wish).text;
  for (const who of [ADA, BEN])
    for (const number of [1, 2]) {
      const words = `paper ${number} of the violet lighthouse keeper who pays ${number * 17} crowns`;
      state.vault.write(state.control.people.callerFor(who)!, (writer) =>
        writer.addDocument(sampleDocument(`$${who}-${number}`), [samplePassage(0, words)]),
      );
    }
}

function makeHomeserver(): void {
  const synapse = join(folder.path, 'synapse');
  mkdirSync(join(synapse, 'media', 'local_content', 'ab'), { recursive: true });
  writeFileSync(join(synapse, 'homeserver.yaml'), 'server_name: home.test\n');
  writeFileSync(join(synapse, 'homeserver (copy).yaml'), 'server_name: before.test\n');
  writeFileSync(join(synapse, 'signing.key'), 'ed25519 a_key\n');
  writeFileSync(join(synapse, 'media', 'local_content', 'ab', '.nfs0001'), 'a picture that was open');
  writeFileSync(join(synapse, 'media', 'local_content', 'ab', 'cd'), 'a picture');
  symlinkSync('cd', join(synapse, 'media', 'local_content', 'ab', 'link'));
  const db = new Database(join(synapse, 'homeserver.db'));
  db.pragma('journal_mode = WAL');
  db.exec("CREATE TABLE e2e_one_time_keys_json (k TEXT); INSERT INTO e2e_one_time_keys_json VALUES ('used');");
  db.exec("CREATE TABLE events (k TEXT); INSERT INTO events VALUES ('said');");
  db.close();
}

const run = (args: string[], input = '', env: Record<string, string> = {}) => {
  const file = join(folder.path, 'kinkeeper.yaml');
  if (args[0] !== 'restore') folder.settings(SETTINGS);
  return folder.start('ops/kinkeeper.ts', [...args, '--config', file], { input, env });
};
const restore = (args: string[] = [], input = `${KEY_PASSPHRASE}\n${PASSPHRASE}\n`, env: Record<string, string> = {}) =>
  run(['restore', archive, '--key', join(kept, 'key.asc'), ...args], input, env);
/** The machine is gone: nothing of the household is left but what lies elsewhere. */
function emptyMachine(): void {
  cpSync(folder.stateDir, join(kept, 'state-before'), { recursive: true });
  for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name), { recursive: true });
}
const open = (passphrase = PASSPHRASE) =>
  openState({ stateDir: folder.stateDir, passphrase, create: false, clock: systemClock });
const papersOf = (state: OpenState, who: string) => {
  const caller = state.control.people.callerFor(who);
  return caller === undefined ? undefined : state.vault.read(caller, (reader) => reader.documents().length);
};

function expectHomeserver(): void {
  const synapse = join(folder.path, 'synapse');
  expect(readFileSync(join(synapse, 'homeserver.yaml'), 'utf8')).toContain('home.test');
  expect(readFileSync(join(synapse, 'homeserver (copy).yaml'), 'utf8')).toContain('before.test');
  expect(readFileSync(join(synapse, 'signing.key'), 'utf8')).toContain('a_key');
  expect(readFileSync(join(synapse, 'media', 'local_content', 'ab', '.nfs0001'), 'utf8')).toContain('that was open');
  expect(readFileSync(join(synapse, 'media', 'local_content', 'ab', 'cd'), 'utf8')).toBe('a picture');
  const db = new Database(join(synapse, 'homeserver.db'), { readonly: true });
  expect(db.prepare('SELECT k FROM events').pluck().all()).toEqual(['said']);
  expect(db.prepare('SELECT k FROM e2e_one_time_keys_json').pluck().all()).toEqual([]);
  db.close();
}

test('everything comes back to an empty machine, and who was erased meanwhile does not', async () => {
  await erase(BEN);
  emptyMachine();
  const checked = await restore(['--check'], `${KEY_PASSPHRASE}\n`);
  expect(checked.stdout).toContain(
    '2 people, 4 papers, with the homeserver (sqlite).\nLEFT OUT when it was made: homeserver/media/local_content/ab/link (it is a link). Nothing was written.',
  );
  expect(readdirSync(folder.path)).toEqual([]);
  const restored = await restore(['--tombstones', join(kept, 'state-before', 'tombstones')]);
  expect(restored.exitCode, restored.stderr).toBe(0);
  expect(restored.stdout).toContain('Erased again: 1 people');
  expectHomeserver();
  expect(readdirSync(folder.path).toSorted()).toEqual(['kinkeeper.yaml', 'schlüssel.asc', 'state', 'synapse']);
  using state = await open();
  expect([papersOf(state, ADA), papersOf(state, BEN)]).toEqual([2, undefined]);
  const { tenant } = state.control.people.callerFor(ADA)!;
  expect(readRestored(state.control.facts)).toMatchObject({ madeAt: expect.any(Number), endedKeys: [`${tenant}/1`] });
  expect(state.control.apiKeys.open(apiKey)).toBe('ended');
  expect(state.control.audit.recent(3)[0]).toMatchObject({ actor: 'shell', action: 'backup.restored' });
});

test('a kill at any step goes on with the same command, and nothing opens what is half there', async () => {
  emptyMachine();
  const steps = ['noted', 'unpacked-one', 'unpacked', 'proven', 'moved', 'placed'];
  for (const step of steps) {
    const killed = await restore([], undefined, { NODE_OPTIONS: killAt(`restore-${step}`) });
    expect(killed.signal, `${step}: ${killed.stderr}`).toBe('SIGKILL');
    if (step === 'placed') break;
    await expect(open(), step).rejects.toMatchObject({ reason: 'restore-unfinished' });
  }
  expectHomeserver();
  using state = await open();
  expect([papersOf(state, ADA), papersOf(state, BEN)]).toEqual([2, 2]);
});

test('what was begun without the homeserver is no half of a restore with it', async () => {
  emptyMachine();
  const cut = (step: string) =>
    restore(['--without-homeserver'], undefined, { NODE_OPTIONS: killAt(`restore-${step}`) });
  expect((await cut('unpacked')).signal).toBe('SIGKILL');
  expect((await restore([], undefined, { NODE_OPTIONS: killAt('restore-proven') })).signal).toBe('SIGKILL');
  const refused = await cut('moved');
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('with the same options')]);
  const restored = await restore([]);
  expect(restored.exitCode, restored.stderr).toBe(0);
  expectHomeserver();
});

test('a restore without the homeserver leaves nothing of one that was begun with it', async () => {
  emptyMachine();
  const left = () => readdirSync(folder.path, { recursive: true }).filter((name) => `${name}`.includes('.restoring'));
  const cut = await restore([], undefined, { NODE_OPTIONS: killAt('restore-unpacked') });
  expect([cut.signal, left()]).toEqual(['SIGKILL', expect.arrayContaining([expect.stringContaining('synapse')])]);
  const restored = await restore(['--without-homeserver']);
  expect(restored.exitCode, restored.stderr).toBe(0);
  expect(left()).toEqual([]);
});

test('the recovery code opens a restored household and sets a new passphrase', async () => {
  emptyMachine();
  const input = `${KEY_PASSPHRASE}\nno such words\n${recoveryCode.toLowerCase()}\nnew words\nnew words\n`;
  const restored = await restore(['--without-homeserver', '--json'], input);
  expect(restored.exitCode, restored.stderr).toBe(0);
  expect(JSON.parse(restored.stdout)).toMatchObject({ ok: true, homeserver: 'none', people: 2, documents: 4 });
  expect(existsSync(join(folder.path, 'synapse'))).toBe(false);
  using state = await open('new words');
  expect(papersOf(state, BEN)).toBe(2);
});

test('a backup is read from a remote, the newest one there or the one that is named', async () => {
  emptyMachine();
  const disk = join(kept, 'disk');
  mkdirSync(disk);
  cpSync(archive, join(disk, archiveName(generation)));
  writeFileSync(join(disk, 'kin-20200101T000000Z-aaaaaa.tar.zst.gpg'), 'an old one');
  folder.settings(
    `${SETTINGS.replace('localDir:', `remotes: [{ name: disk, kind: folder, path: ${disk} }], localDir:`)}`,
  );
  const from = (args: string[]) =>
    run(
      ['restore', ...args, '--remote', 'disk', '--key', join(kept, 'key.asc')],
      `${KEY_PASSPHRASE}\nyes\n${PASSPHRASE}\n`,
    );
  const unknown = await from(['kin-20210101T000000Z-bbbbbb']);
  expect(unknown.stderr).toContain(`The newest there: ${generation}, kin-20200101T000000Z-aaaaaa`);
  const restored = await from([]);
  expect(restored.exitCode, restored.stderr).toBe(0);
  using state = await open();
  expect(papersOf(state, ADA)).toBe(2);
});

/** A disk that is no part of the machine, with the backup on it, and the settings that name it. */
function withDisk(): string {
  const disk = join(kept, 'disk');
  mkdirSync(disk, { recursive: true });
  cpSync(archive, join(disk, archiveName(generation)));
  return disk;
}
const restoreFromDisk = (args: string[] = []) => {
  const remotes = `remotes: [{ name: disk, kind: folder, path: ${join(kept, 'disk')} }]`;
  folder.settings(SETTINGS.replace('localDir:', `${remotes}, localDir:`));
  const input = `${KEY_PASSPHRASE}\n${PASSPHRASE}\n`;
  return run(['restore', '--remote', 'disk', '--yes', '--key', join(kept, 'key.asc'), ...args], input);
};

test('a remote that gives an old backup for the newest is found out, whatever date it gives it', async () => {
  const disk = withDisk();
  const [ahead, later] = ['kin-20991231T000000Z-aaaaaa', nameAt(systemClock() + 120_000)];
  cpSync(archive, join(disk, archiveName(ahead)));
  emptyMachine();
  const settings = SETTINGS.replace('localDir:', `remotes: [{ name: disk, kind: folder, path: ${disk} }], localDir:`);
  folder.settings(settings);
  const ask = (args: string[], answers: string[]) =>
    run(
      ['restore', ...args, '--remote', 'disk', '--key', join(kept, 'key.asc')],
      [KEY_PASSPHRASE, ...answers, ''].join('\n'),
    );
  const before = readdirSync(folder.path);
  // From the future: refused, and told beside the one that is taken instead. Who does not agree changes nothing.
  const declined = await ask([], ['no']);
  expect(declined).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Nothing was restored') });
  expect(declined.stderr).toContain(`disk: ${archiveName(generation)}`);
  expect(declined.stderr).toMatch(/from \d{4}-\d\d-\d\d \d\d:\d\d UTC.*\n2 people, 4 papers/);
  expect(declined.stderr).toContain('It is less than an hour old');
  expect(declined.stderr).toContain(`REFUSED: ${ahead} at disk says that it was made in the future`);
  expect((await ask([ahead, '--yes'], [PASSPHRASE])).stderr).toContain('says that it was made in the future');
  expect((await ask([generation], ['yes'])).stderr).toContain('Passphrase of the household');
  // A time that could be: its sealed head has another.
  cpSync(archive, join(disk, archiveName(later)));
  const renamed = await ask(['--yes'], [PASSPHRASE]);
  expect(renamed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('another time than its name says') });
  expect((await ask([generation], ['no'])).stderr).toContain(`NEWER there: ${later}`);
  archive = join(disk, archiveName(later));
  expect((await restore(['--check'])).stderr).toContain('another time than its name says');
  expect(readdirSync(folder.path).filter((name) => !name.endsWith('.lock'))).toEqual(before);
});

const diskRemote = (path: string) => new OffsetRemote({ name: 'disk', kind: folderStore({ name: 'disk', path }) });

/** What the job `send` does, to a folder. Returns the alerts that are open then. */
async function sendBackups(to: string): Promise<string[]> {
  using state = await open();
  const { control } = state;
  const rule = { last: 5, daily: 30, weekly: 0, monthly: 0 };
  const parts = { control, localDir: join(folder.path, 'backups'), rule, zone: 'UTC', daysAt: {} };
  const log = createLogger({ name: 'test', level: 'silent' });
  const context = {
    ...ORDINARY_RUN,
    signal: new AbortController().signal,
    clock: systemClock,
    previous: undefined,
    log,
  };
  mkdirSync(parts.localDir, { recursive: true });
  await sendJob({ ...parts, remotes: [diskRemote(to)] }).run(context);
  return control.alerts.recent(20).flatMap(({ code, clearedAt }) => (clearedAt === null ? [code] : []));
}
const placesOf = (state: OpenState) =>
  state.control.backups.all().map(({ name, copies, provenAt }) => ({
    name,
    at: copies.map(({ place, verifiedAt }) => `${place} ${verifiedAt > 0}`),
    isProven: provenAt !== null,
  }));

test('the records of backups fit the new machine at once: what went with the old one is no theft, and the backup that was opened counts', async () => {
  const disk = join(kept, 'disk');
  mkdirSync(disk);
  expect(await sendBackups(disk)).toEqual([]);
  const { file, name } = JSON.parse((await run(['backup', 'now', '--json'])).stdout) as { file: string; name: string };
  archive = join(kept, archiveName(name));
  cpSync(file, archive);
  cpSync(file, join(disk, archiveName(name)));
  emptyMachine();
  const restored = await restore();
  expect(restored.exitCode, restored.stderr).toBe(0);
  {
    using state = await open();
    expect(placesOf(state)).toEqual([{ name: generation, at: ['disk true'], isProven: false }]);
    expect(state.control.backups.find(name)).toMatchObject({ proof: { documents: 4, questions: 2 } });
  }
  expect(await sendBackups(disk)).toEqual([]);
  {
    using state = await open();
    expect(placesOf(state)).toEqual([
      { name, at: ['disk true'], isProven: true },
      { name: generation, at: ['disk true'], isProven: false },
    ]);
  }
  rmSync(join(disk, archiveName(generation)));
  expect(await sendBackups(disk)).toEqual(['backup-copy-missing']);
});

test('a backup that lies in the folder of backups, or at a remote that it was read from, is there at once', async () => {
  withDisk();
  emptyMachine();
  archive = join(folder.path, 'backups', archiveName(generation));
  cpSync(join(kept, 'disk', archiveName(generation)), archive);
  expect((await restore()).exitCode).toBe(0);
  {
    using state = await open();
    expect(placesOf(state)).toEqual([{ name: generation, at: ['local true'], isProven: true }]);
  }
  emptyMachine();
  const restored = await restoreFromDisk();
  expect(restored.exitCode, restored.stderr).toBe(0);
  using state = await open();
  expect(placesOf(state)).toEqual([{ name: generation, at: ['disk true'], isProven: true }]);
});

/** What the job `sendBeside` does, to a folder. Returns the copies that lie there, newest first. */
async function sendLists(to: string): Promise<string[]> {
  using state = await open();
  const plan = {
    ...{ localDir: join(folder.path, 'backups'), recipientsFile: join(folder.path, 'schlüssel.asc') },
    ...({ homeserver: { kind: 'none' }, version: '0.1.0' } as const),
  };
  const remotes = [diskRemote(to)];
  const log = createLogger({ name: 'test', level: 'silent' });
  const signal = new AbortController().signal;
  const context = { ...ORDINARY_RUN, signal, clock: systemClock, previous: undefined, log };
  expect(await sendBesideJob({ state, backup: plan, remotes }).run(context)).toMatchObject({ failed: 0 });
  return readdirSync(to)
    .filter((name) => name.startsWith('kin-erased-'))
    .toSorted()
    .reverse();
}

async function forget(who: string, number: number): Promise<void> {
  using state = await open();
  state.vault.write(state.control.people.callerFor(who)!, (writer) => void writer.forgetDocument(number));
}

/** The name of a copy as of so many minutes from now. */
const copyLater = (minutes: number) => archiveName(besideName('erased', systemClock() + minutes * 60_000));

test('after a total loss, what was erased after the backup stays erased: its place has the list', async () => {
  const disk = withDisk();
  await erase(BEN);
  await forget(ADA, 1);
  // Keys of backups may change; whoever opens the backup opens the list.
  const pair = await generateKey({ userIDs: [{ name: 'new' }], type: 'ecc', curve: 'curve25519Legacy' });
  writeFileSync(join(folder.path, 'schlüssel.asc'), pair.publicKey);
  const [copy] = await sendLists(disk);
  emptyMachine();
  rmSync(join(kept, 'state-before'), { recursive: true });
  const restored = await restoreFromDisk();
  expect(restored.exitCode, restored.stderr).toBe(0);
  expect(restored.stdout).toContain('Erased again: 1 people; forgotten again: 3 papers');
  expect(restored.stdout).toContain(
    `The list of what was erased ${copy!.replace('.tar.zst.gpg', '')} at disk was used`,
  );
  expect(restored.stdout).not.toContain('NOT USED');
  using state = await open();
  expect([papersOf(state, ADA), papersOf(state, BEN)]).toEqual([1, undefined]);
});

test('a list that is damaged, cut short, under another’s name or foreign is refused in words, and hides no good one', async () => {
  const disk = withDisk();
  const [empty] = await sendLists(disk);
  await erase(BEN);
  const good = (await sendLists(disk)).find((name) => name !== empty)!;
  const whole = readFileSync(join(disk, good));
  const bent = Buffer.from(whole);
  bent[bent.length - 60]! ^= 1;
  const [renamed, damaged, cut, foreign] = [copyLater(4), copyLater(3), copyLater(2), await foreignCopy(disk)];
  cpSync(join(disk, empty!), join(disk, renamed));
  writeFileSync(join(disk, damaged), bent);
  writeFileSync(join(disk, cut), whole.subarray(0, whole.length - 30));
  const bad = [renamed, damaged, cut, foreign].map((name) => name.replace('.tar.zst.gpg', ''));
  emptyMachine();
  const restored = await restoreFromDisk();
  expect(restored.exitCode, restored.stderr).toBe(0);
  for (const name of bad)
    expect(restored.stdout).toMatch(new RegExp(`NOT USED: .*${name} at disk: it is (damaged|not whole)`));
  expect(restored.stdout).toContain('Erased again: 1 people');
  {
    using state = await open();
    expect(papersOf(state, BEN)).toBeUndefined();
  }
  // With none that is good it says what may be back.
  for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name), { recursive: true });
  for (const name of [good, empty!]) rmSync(join(disk, name));
  const without = await restoreFromDisk();
  expect(without.exitCode, without.stderr).toBe(0);
  expect(without.stdout).toContain(
    'no list that is newer than the backup was had from disk: what was erased since may be back',
  );
  using state = await open();
  expect(papersOf(state, BEN)).toBe(2);
});

test('a newer list by hand counts beside the one of the place, and a place without any is told', async () => {
  const disk = withDisk();
  const older = join(kept, 'older-tombstones');
  await forget(BEN, 1);
  cpSync(join(folder.stateDir, 'tombstones'), older);
  await forget(BEN, 2);
  const copies = await sendLists(disk);
  await forget(ADA, 2);
  emptyMachine();
  const newer = join(kept, 'state-before', 'tombstones');
  for (const [list, papers] of [
    [newer, [1, 0]],
    [older, [2, 0]],
  ] as const) {
    const restored = await restoreFromDisk(['--tombstones', list, '--json']);
    expect(restored.exitCode, restored.stderr).toBe(0);
    const name = copies[0]!.replace('.tar.zst.gpg', '');
    expect(JSON.parse(restored.stdout).lists).toMatchObject({ place: 'disk', older: 0, used: [{ name }], refused: [] });
    {
      using state = await open();
      expect([papersOf(state, ADA), papersOf(state, BEN)]).toEqual(papers);
    }
    for (const file of readdirSync(folder.path)) rmSync(join(folder.path, file), { recursive: true });
  }
  for (const name of copies) rmSync(join(disk, name));
  const none = await restoreFromDisk();
  expect(none.stdout).toContain('There is no list of what was erased at disk; only the backup’s own could be used');
});

test('an archive of this machine finds the newer list beside it', async () => {
  const backups = join(kept, 'backups');
  mkdirSync(backups);
  await sendLists(backups);
  await forget(BEN, 2);
  await sendLists(backups);
  cpSync(archive, join(backups, archiveName(generation)));
  mkdirSync(join(backups, 'erased'));
  for (const name of readdirSync(backups).filter((one) => one.startsWith('kin-erased')))
    renameSync(join(backups, name), join(backups, 'erased', name));
  archive = join(backups, archiveName(generation));
  emptyMachine();
  const restored = await restore();
  expect(restored.stdout, restored.stderr).toContain('forgotten again: 1 papers');
  using state = await open();
  expect([papersOf(state, ADA), papersOf(state, BEN)]).toEqual([2, 1]);
});

/** A whole list of another household, dated later than any of ours. */
async function foreignCopy(disk: string): Promise<string> {
  const other = await openTestState(systemClock, { ownKeys: true });
  const plan = {
    ...{ localDir: join(kept, 'foreign'), recipientsFile: join(folder.path, 'schlüssel.asc') },
    ...({ homeserver: { kind: 'none' }, version: '0.1.0' } as const),
  };
  const { erasing } = other.state;
  const making = { erasing, list: erasing.erasedList(), at: systemClock() + 60_000 };
  const { name } = await makeErasedCopy(plan, { ...making, signal: new AbortController().signal });
  cpSync(join(kept, 'foreign', 'erased', archiveName(name)), join(disk, archiveName(name)));
  other.remove();
  return archiveName(name);
}

test('nothing is written over, and nothing comes from a backup that is not whole', async () => {
  const refused = await restore();
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.stderr).toContain(`mv ${folder.stateDir} ${folder.stateDir}.before`);
  emptyMachine();
  const whole = readFileSync(archive);
  const bent = Buffer.from(whole);
  bent[Math.floor(bent.length / 2)]! ^= 1;
  writeFileSync(archive, bent);
  const damaged = await restore();
  expect(damaged.stderr).toContain('this backup is damaged');
  writeFileSync(archive, whole.subarray(0, whole.length - 100));
  expect((await restore()).stderr).toContain('this backup is damaged');
  expect(readdirSync(folder.path)).toEqual([]);
  writeFileSync(archive, whole);
  const foreign = join(kept, 'foreign-tombstones');
  writeFileSync(foreign, 'kinkeeper tombstones v2\nnothing\n');
  const other = await restore(['--tombstones', foreign]);
  expect(other.stderr).toContain('no whole list of what was erased');
  await expect(open()).rejects.toMatchObject({ reason: 'restore-unfinished' });
  expect((await restore()).exitCode).toBe(0);
  using state = await open();
  expect(papersOf(state, ADA)).toBe(2);
});

/** A whole archive by somebody who has the public half of the key, which lies on the server, and nothing else. */
async function forge(files: Readonly<Record<string, string>>): Promise<string> {
  const recipients = await readRecipients(join(kept, 'schlüssel.asc'), systemClock());
  const forged = join(kept, 'forged.tar.zst.gpg');
  const auditAnchor = { rows: 0, hash: '0'.repeat(64), at: 0 };
  const head = { format: 1 as const, version: '0.1.0', madeAt: systemClock(), people: 2, auditAnchor, tenants: [] };
  await writeArchive(
    forged,
    {
      head: { ...head, homeserver: 'sqlite' },
      files: Object.entries(files).map(([name, text]) => inMemory(name, Buffer.from(text))),
    },
    { seal: { recipients, sessionKey: sessionKeyOf() }, signal: new AbortController().signal },
  );
  return forged;
}

test('nothing of a forged archive stays, and the good one after it brings its own settings', async () => {
  const good = archive;
  cpSync(join(folder.path, 'schlüssel.asc'), join(kept, 'schlüssel.asc'));
  const settings = `${SETTINGS}\nanswering: { kind: openai, url: "https://evil.example/v1", model: x }\n`;
  const own = readFileSync(join(folder.stateDir, 'keys.json'), 'utf8');
  emptyMachine();
  const foreign = join(kept, 'foreign-state');
  const others = { stateDir: foreign, passphrase: 'words of somebody else', clock: systemClock };
  (await openState({ ...others, create: true, kdf: KDF_FOR_TESTS_ONLY }))[Symbol.dispose]();
  const theirs = readFileSync(join(foreign, 'keys.json'), 'utf8');
  for (const [keyFile, says] of [
    ['{}', 'keys.json is damaged'],
    [theirs, 'this passphrase does not open'],
  ] as const) {
    archive = await forge({ 'state/keys.json': keyFile, 'settings/kinkeeper.yaml': settings });
    const forged = await restore([], `${KEY_PASSPHRASE}\n${PASSPHRASE}\n${PASSPHRASE}\n${PASSPHRASE}\n`);
    expect(forged).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(says) });
    expect(readdirSync(folder.path)).toEqual([]);
    rmSync(archive);
  }
  // Also where the thief has keys.json of the server: it opens, but nothing under it does, and its settings do not stay.
  archive = await forge({ 'state/keys.json': own, 'state/control.db': 'x', 'settings/kinkeeper.yaml': settings });
  expect((await restore()).exitCode).toBe(1);
  expect(existsSync(join(folder.path, 'kinkeeper.yaml'))).toBe(false);
  expect(readdirSync(folder.path)).toContain('state.restoring.json');
  archive = good;
  const restored = await restore();
  expect(restored.exitCode, restored.stderr).toBe(0);
  expect(restored.stdout).toContain('The restore of another backup was not at its end');
  expect(readdirSync(folder.path).filter((name) => name.includes('restoring'))).toEqual([]);
  expect(readFileSync(join(folder.path, 'kinkeeper.yaml'), 'utf8')).not.toContain('evil');
});

async function erase(who: string): Promise<void> {
  using state = await open();
  const { erasing, control } = state;
  const person = control.people.find(who)!;
  const wish = { kind: 'person', cause: 'self', language: 'en', dueAt: systemClock() } as const;
  const erasure = erasing.book.plan({ ...wish, person: person.id, tenant: person.tenant });
  control.people.remove(who);
  erasing.shred(person.tenant);
  erasing.bury(erasure, systemClock());
}

/** Kills the process when it names a step. */
function killAt(name: string): string {
  const code = `import{subscribe}from'node:diagnostics_channel';subscribe('kinkeeper:step',(s)=>{if(s===${JSON.stringify(name)})process.kill(process.pid,'SIGKILL')})`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

test('one person’s papers come back into the living household, but what they had forgotten only at their wish', async () => {
  {
    using state = await open();
    const forget = (who: string, number: number) =>
      state.vault.write(state.control.people.callerFor(who)!, (writer) => void writer.forgetDocument(number));
    forget(BEN, 1);
    forget(ADA, 1);
  }
  const one = (more: string[], input = `${KEY_PASSPHRASE}\n`, env = {}) =>
    run(['restore', archive, '--key', join(kept, 'key.asc'), '--person', BEN, ...more], input, env);
  folder.settings(SETTINGS);
  for (const alone of [['--check'], ['--to', 'elsewhere'], ['--tombstones', 'newer'], ['--without-homeserver']]) {
    const mixed = await one(alone);
    expect(mixed, alone[0]).toMatchObject({ exitCode: 2, stdout: '' });
    expect(mixed.stderr).toContain('do not go with --person');
  }
  {
    using state = await open();
    expect([papersOf(state, ADA), papersOf(state, BEN)]).toEqual([1, 1]);
  }
  const left = await one([]);
  expect(left.stdout, left.stderr).toContain('0 papers brought back; 1 paper had been here');
  expect(left.stdout).toContain('1 paper left out, because they were forgotten since');
  const refused = await one(['--also-forgotten'], `${ADA}\n`);
  expect(refused).toMatchObject({ exitCode: 2 });
  const asked = (env = {}) => one(['--also-forgotten', '--document', '1'], `${BEN}\n${KEY_PASSPHRASE}\n`, env);
  expect((await asked({ NODE_OPTIONS: killAt('import-read') })).signal).toBe('SIGKILL');
  // The paper is in, and nothing says so yet.
  expect((await asked({ NODE_OPTIONS: killAt('import-stored') })).signal).toBe('SIGKILL');
  const again = await asked();
  expect(again.stdout, again.stderr).toContain('0 papers brought back; 1 paper had been here');
  const missing = await one(['--document', 'no such paper.pdf']);
  expect(missing.stderr).toContain('holds nothing of');
  {
    using state = await open();
    expect([papersOf(state, ADA), papersOf(state, BEN)]).toEqual([1, 2]);
    // Of runs that brought nothing there is nothing to tell.
    const { person } = state.control.people.callerFor(BEN)!;
    expect(readPapersBack(state.control.facts, person)).toMatchObject({ papers: 1, alsoForgotten: true });
    expect(state.control.audit.recent(50).filter(({ action }) => action === 'data.restored')).toHaveLength(1);
  }
  expect(readdirSync(folder.stateDir).filter((name) => name.startsWith('restore.'))).toEqual([]);
  await erase(BEN);
  const gone = await one([]);
  expect(gone).toMatchObject({ exitCode: 2 });
});
