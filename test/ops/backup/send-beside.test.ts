import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { besideName } from '../../../core/backup/beside.ts';
import { archiveName } from '../../../core/backup/generation.ts';
import { keepingPlaces } from '../../../core/backup/removal-note.ts';
import { rememberEvidence } from '../../../core/incident/evidence-list.ts';
import { createLogger } from '../../../core/log.ts';
import type { ArchiveKeys } from '../../../ops/backup/archive/read-archive.ts';
import type { BackupPlan } from '../../../ops/backup/backup-plan.ts';
import type { Remote } from '../../../ops/backup/remote.ts';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { sendJob } from '../../../ops/jobs/send.ts';
import { sendBesideJob } from '../../../ops/jobs/send-beside.ts';
import { openTestState, PASSPHRASE } from '../open-test-state.ts';
import { ORDINARY_RUN } from '../ordinary-run.ts';
import { addWithPapers, backupTo, erasePerson, listIn, ownKeyOf, tombstonesOf } from './beside-household.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const MORNING = Date.parse('2026-11-30T04:00Z');
const BEN = '@ben:home.test';

let now = MORNING;
let home: Awaited<ReturnType<typeof openTestState>>;
let plan: BackupPlan;
let keys: ArchiveKeys;
let [nas, usb] = ['', ''];
beforeEach(async () => {
  now = MORNING;
  home = await openTestState(() => now);
  addWithPapers(home.state, BEN, 2);
  ({ plan, keys } = await backupTo(join(home.stateDir, '..', 'backups')));
  [nas, usb] = ['nas', 'usb'].map((name) => join(home.stateDir, '..', name)) as [string, string];
  for (const folder of [nas, usb]) mkdirSync(folder);
});
afterEach(() => home.remove());

const signal = new AbortController().signal;
const remoteAt = (name: string, path: string): Remote => new OffsetRemote({ name, kind: folderStore({ name, path }) });
const context = () => ({
  ...ORDINARY_RUN,
  ...{ signal, clock: () => now, previous: undefined, log: createLogger({ name: 'test', level: 'silent' }) },
});

function run(remotes: readonly Remote[] = [remoteAt('nas', nas), remoteAt('usb', usb)]) {
  return sendBesideJob({ state: home.state, backup: plan, remotes }).run(context());
}

function forget(number: number): void {
  const { vault, control } = home.state;
  vault.write(control.people.callerFor(BEN)!, (writer) => void writer.forgetDocument(number));
}

const openAlerts = () =>
  home.state.control.alerts
    .recent(20)
    .filter(({ clearedAt }) => clearedAt === null)
    .map(({ code, facts }) => `${code} ${facts.remote}`);
const listsAt = (folder: string) => readdirSync(folder).filter((file) => file.startsWith('kin-erased-'));
const nameOf = (file: string) => file.replace('.tar.zst.gpg', '');

test('what was erased goes to every remote when it changed: sealed to the keys of the backups, and open to whoever opens one', async () => {
  forget(1);
  expect(tombstonesOf(home.stateDir)).toContain('\npaper ');
  expect(await run()).toMatchObject({ sent: 2, failed: 0 });
  const [first] = listsAt(nas);
  expect(listsAt(usb)).toEqual([first]);
  expect(listsAt(join(plan.localDir, 'erased'))).toEqual([first]);
  for (const opening of [keys, ownKeyOf(home.state, nameOf(first!))])
    expect(await listIn(join(nas, first!), opening)).toBe(tombstonesOf(home.stateDir));
  const other = await openTestState(() => now, { ownKeys: true });
  await expect(listIn(join(nas, first!), ownKeyOf(other.state, nameOf(first!)))).rejects.toMatchObject({
    reason: 'backup-damaged',
  });
  other.remove();
  now += 5 * MINUTE;
  expect(await run()).toMatchObject({ sent: 0, failed: 0 });
  erasePerson(home.state, BEN, () => now);
  now += 5 * MINUTE;
  expect(await run()).toMatchObject({ sent: 2, failed: 0 });
  const [newest] = listsAt(nas).toSorted().reverse();
  expect(await listIn(join(nas, newest!), keys)).toBe(tombstonesOf(home.stateDir));
  expect(openAlerts()).toEqual([]);
});

test('a list that was cut short on this machine is sent whole', async () => {
  forget(1);
  const whole = tombstonesOf(home.stateDir);
  truncateSync(join(home.stateDir, 'tombstones'), 40);
  await run();
  expect(await listIn(join(nas, listsAt(nas)[0]!), keys)).toBe(whole);
});

test('the newest three stay; generations and what is somebody else’s are left alone, and leave them alone', async () => {
  const generation = archiveName('kin-20261130T031500Z-1a2b3c');
  const others = [generation, `${generation}.part`, 'notes.txt', 'kin-erased-by-ben.txt'];
  for (const file of others) writeFileSync(join(nas, file), 'x');
  for (let count = 0; count < 5; count++) {
    now += MINUTE;
    addWithPapers(home.state, `@one${count}:home.test`, 0);
    erasePerson(home.state, `@one${count}:home.test`, () => now);
    expect(await run()).toMatchObject({ sent: 2, removed: count < 3 ? 0 : 2 });
  }
  const lists = listsAt(nas).filter((file) => file.endsWith('.gpg'));
  expect(lists).toHaveLength(3);
  expect(listsAt(join(plan.localDir, 'erased'))).toHaveLength(3);
  expect(await listIn(join(nas, lists.toSorted().at(-1)!), keys)).toBe(tombstonesOf(home.stateDir));
  expect(readdirSync(nas)).toEqual(expect.arrayContaining(others));
  // The job that sends backups: everything but the newest may go by its rule.
  const { control } = home.state;
  const rule = { last: 1, daily: 0, weekly: 0, monthly: 0 };
  const send = sendJob({ control, localDir: plan.localDir, remotes: [remoteAt('nas', nas)], rule, daysAt: {} });
  await send.run(context());
  expect(listsAt(nas)).toEqual(expect.arrayContaining(lists));
  expect(control.backups.all().map(({ name }) => name)).toEqual(['kin-20261130T031500Z-1a2b3c']);
});

test('a remote that is away stops no other, is the alert of backups, and gets the list when it is back', async () => {
  forget(1);
  rmSync(nas, { recursive: true });
  expect(await run()).toMatchObject({ sent: 1, failed: 1 });
  now += 5 * MINUTE;
  expect(await run()).toMatchObject({ sent: 0, failed: 1 });
  expect(openAlerts()).toEqual(['remote-failing nas']);
  mkdirSync(nas);
  now += 5 * MINUTE;
  expect(await run()).toMatchObject({ sent: 1, failed: 0 });
  expect(openAlerts()).toEqual([]);
  expect(listsAt(nas)).toEqual(listsAt(usb));
});

test('one that somebody removed there is sent again within a day', async () => {
  await run();
  for (const file of listsAt(nas)) rmSync(join(nas, file));
  now += DAY;
  expect(await run()).toMatchObject({ sent: 1 });
  expect(listsAt(nas)).toEqual(listsAt(usb));
});

test('where our key can only add, they stay', async () => {
  const plain = remoteAt('nas', nas);
  const addOnly: Remote = {
    ...{ name: 'nas', list: (stop) => plain.list(stop), send: (file, how) => plain.send(file, how) },
    ...{ read: (name, stop) => plain.read(name, stop), removeUnfinished: async () => {}, remove: async () => false },
  };
  for (let count = 0; count < 5; count++) {
    now += MINUTE;
    addWithPapers(home.state, `@one${count}:home.test`, 0);
    erasePerson(home.state, `@one${count}:home.test`, () => now);
    expect(await run([addOnly])).toMatchObject({ sent: 1, removed: 0, failed: 0 });
  }
  expect(keepingPlaces(home.state.control.facts)).toEqual(['nas']);
  expect(listsAt(nas)).toHaveLength(5);
});

test('killed in the middle of sending, nothing half counts, and the next run sends it whole', async () => {
  forget(1);
  const stateDir = join(home.stateDir, '..', 'copy');
  cpSync(home.stateDir, stateDir, { recursive: true });
  const child = new URL('send-beside.child.ts', import.meta.url).pathname;
  const parts = { stateDir, passphrase: PASSPHRASE, plan, nas };
  const killed = await execa('node', [child, JSON.stringify(parts)], { reject: false });
  expect(killed.signal, killed.stderr).toBe('SIGKILL');
  expect(listsAt(nas).every((file) => file.endsWith('.part'))).toBe(true);
  expect(listsAt(nas)).toHaveLength(1);
  expect(await remoteAt('nas', nas).list(signal)).toEqual([]);
  expect(await run()).toMatchObject({ sent: 2, failed: 0 });
  expect(listsAt(nas)).toHaveLength(1);
  expect(await listIn(join(nas, listsAt(nas)[0]!), keys)).toBe(tombstonesOf(home.stateDir));
});

/** Evidence as the job that keeps it leaves it. */
function keepEvidence(cause: 'asked' | 'rehearsal' = 'asked'): string {
  const folder = join(plan.localDir, 'evidence');
  mkdirSync(folder, { recursive: true });
  const name = besideName('evidence', now);
  const content = randomBytes(5000);
  writeFileSync(join(folder, archiveName(name)), content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  rememberEvidence(home.state.control.facts, { name, madeAt: now, bytes: 5000, sha256, files: 3, cause });
  return name;
}

test('evidence goes to every remote too, which the ops room is told; of a rehearsal none', async () => {
  const [made] = [keepEvidence(), keepEvidence('rehearsal')];
  expect(await run()).toMatchObject({ sent: 4, failed: 0 });
  const file = archiveName(made!);
  expect(readdirSync(nas).filter((name) => name.startsWith('kin-evidence-'))).toEqual([file]);
  expect(readFileSync(join(nas, file))).toEqual(readFileSync(join(plan.localDir, 'evidence', file)));
  const told = home.state.control.alerts.recent(9).filter(({ code }) => code === 'evidence-sent');
  expect(told.map(({ facts }) => `${facts.archive} ${facts.remote}`).sort()).toEqual([`${made} nas`, `${made} usb`]);
  now += 5 * MINUTE;
  expect(await run()).toMatchObject({ sent: 0 });
  expect(home.state.control.alerts.recent(9)).toHaveLength(told.length);
});

test('of evidence the newest five stay at a remote, and all of it here', async () => {
  for (let count = 0; count < 7; count++) {
    now += MINUTE;
    keepEvidence();
    await run();
  }
  const here = readdirSync(join(plan.localDir, 'evidence')).sort();
  expect(here).toHaveLength(7);
  expect(
    readdirSync(nas)
      .filter((name) => name.startsWith('kin-evidence-'))
      .sort(),
  ).toEqual(here.slice(2));
});

test('without backups nothing is made or sent', async () => {
  const job = sendBesideJob({ state: home.state, backup: undefined, remotes: [remoteAt('nas', nas)] });
  expect(await job.run(context())).toEqual({ notSetUp: 1 });
  expect(readdirSync(nas)).toEqual([]);
});
