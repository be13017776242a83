import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKey } from 'openpgp';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { evidenceList } from '../../../core/incident/evidence-list.ts';
import { lastLockdown } from '../../../core/incident/last-lockdown.ts';
import { readLockedWork, writeLockedWork } from '../../../core/incident/locked-work.ts';
import { beginLockdown, liftLockdown } from '../../../core/keys/lockdown.ts';
import { createLogger } from '../../../core/log.ts';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { HostHelper } from '../../../ops/host/host-helper.ts';
import { readRecords } from '../../../ops/incident/evidence-records.ts';
import { LockedDesk } from '../../../ops/incident/locked-desk.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { TestHost } from '../host/test-host.ts';

vi.setConfig({ testTimeout: 120_000 });

let place: ReturnType<typeof temporaryFolder>;
let host: TestHost;
let stop: AbortController;
let serving: Promise<void>;
const log = createLogger({ name: 'test', level: 'silent' });
const AT = 1_800_000_000_000;

beforeEach(() => {
  place = temporaryFolder();
  host = TestHost.make();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await serving;
  host.remove();
  place.remove();
});

/** The real helper, started as its path unit would; `nft` is a stand-in that keeps what it was told. */
function serve(): void {
  serving = host.serveUntil(stop.signal);
}

async function backupPlan() {
  const { publicKey } = await generateKey({
    ...{ userIDs: [{ name: 'kin' }], curve: 'curve25519Legacy', type: 'ecc', format: 'armored' },
  });
  const recipientsFile = join(place.folder, 'recipients.asc');
  writeFileSync(recipientsFile, publicKey);
  const homeserver = { kind: 'none' } as const;
  return { localDir: join(place.folder, 'backups'), recipientsFile, homeserver, version: '1' };
}

function deskOf(more: Partial<ConstructorParameters<typeof LockedDesk>[0]>): LockedDesk {
  const evidence = { settings: {}, logFiles: [] };
  const none = { helper: undefined, backup: undefined, remotes: [] };
  return new LockedDesk({ stateDir: place.stateDir, ...none, evidence, clock: () => AT, log, ...more });
}

test('in a lockdown the outside is closed and evidence is kept, without any key; unlocking opens again', async () => {
  host.fake('nft', `[ "$1" = list ] || cat >>${host.dir}/nft`);
  serve();
  const backup = await backupPlan();
  const desk = deskOf({ backup, helper: new HostHelper(host.spool) });
  {
    using state = await openTestState(place.stateDir);
    const records = readRecords(state.control, AT);
    beginLockdown(place.stateDir, AT);
    desk.begin(records, stop.signal);
  }
  await vi.waitFor(() => expect(readLockedWork(place.stateDir)?.evidence).toBe('ok'), { timeout: 60_000 });
  const work = readLockedWork(place.stateDir)!;
  expect(work).toMatchObject({ at: AT, outside: 'ok', archive: { cause: 'lockdown' } });
  expect(readdirSync(join(backup.localDir, 'evidence'))).toEqual([`${work.archive!.name}.tar.zst.gpg`]);
  expect(readFileSync(join(host.dir, 'nft'), 'utf8')).toContain('policy drop');
  expect(existsSync(join(host.var, 'closed'))).toBe(true);

  liftLockdown(place.stateDir);
  using state = await openTestState(place.stateDir);
  await desk.settle(state.control, stop.signal);
  expect(existsSync(join(host.var, 'closed'))).toBe(false);
  const acts = state.control.audit.recent(10).map(({ action, outcome }) => `${action} ${outcome}`);
  expect(acts).toEqual(['outside.opened done', 'evidence.made done', 'outside.closed done']);
  expect(evidenceList(state.control.facts)).toEqual([work.archive]);
  expect(lastLockdown(state.control.facts)).toMatchObject({ at: AT, outside: 'ok' });
  expect(state.control.alerts.undelivered().map(({ code }) => code)).toEqual(['outside-open']);
  expect(readLockedWork(place.stateDir)).toBeUndefined();
  await desk.settle(state.control, stop.signal);
  expect(state.control.audit.recent(10)).toHaveLength(3);
});

test('what a household lacks is told, what fails is told, and a restart does nothing twice', async () => {
  serving = Promise.resolve();
  using state = await openTestState(place.stateDir);
  beginLockdown(place.stateDir, AT);
  deskOf({}).begin(undefined, stop.signal);
  await vi.waitFor(() => expect(readLockedWork(place.stateDir)?.evidence).toBe('not-set-up'));
  expect(readLockedWork(place.stateDir)?.outside).toBe('not-set-up');
  const again = deskOf({ backup: await backupPlan() });
  again.begin(undefined, stop.signal);
  await again.settle(state.control, stop.signal);
  expect(existsSync(join(place.folder, 'backups'))).toBe(false);
  expect(state.control.alerts.undelivered()).toEqual([]);

  host.fake('nft', 'exit 1');
  serve();
  liftLockdown(place.stateDir);
  beginLockdown(place.stateDir, AT + 1);
  const failing = deskOf({ helper: new HostHelper(host.spool) });
  failing.begin(undefined, stop.signal);
  await vi.waitFor(() => expect(readLockedWork(place.stateDir)?.outside).toBe('failed'), { timeout: 30_000 });
  await failing.settle(state.control, stop.signal);
  expect(state.control.alerts.undelivered().map(({ code }) => code)).toEqual(['outside-closed']);
});

test('closing is tried again while the helper is busy; a disk that takes no note keeps nothing back', async () => {
  host.fake('nft', `[ -e ${host.dir}/free ] || exit 1; cat >>${host.dir}/nft`);
  serve();
  using state = await openTestState(place.stateDir);
  beginLockdown(place.stateDir, AT);
  // What cannot be replaced by a file stands for a disk that takes none.
  mkdirSync(join(place.stateDir, 'locked-work.json', 'x'), { recursive: true });
  const desk = deskOf({ helper: new HostHelper(host.spool), retryMs: 50 });
  desk.begin(undefined, stop.signal);
  await vi.waitFor(() => expect(host.acts().match(/close-outside: failed/g)?.length).toBeGreaterThan(1), {
    timeout: 30_000,
  });
  writeFileSync(join(host.dir, 'free'), '');
  await vi.waitFor(() => expect(host.acts()).toMatch(/close-outside: ok/), { timeout: 30_000 });
  rmSync(join(place.stateDir, 'locked-work.json'), { recursive: true });
  liftLockdown(place.stateDir);
  await desk.settle(state.control, stop.signal);
  expect(existsSync(join(host.var, 'closed'))).toBe(false);
  expect(state.control.alerts.undelivered().map(({ code }) => code)).toEqual(['outside-open']);
});

test('a helper that was asked, and a process that died before it heard: unlocking opens', async () => {
  host.fake('nft', `cat >>${host.dir}/nft`);
  serve();
  using state = await openTestState(place.stateDir);
  mkdirSync(host.var, { recursive: true });
  writeFileSync(join(host.var, 'closed'), '');
  writeLockedWork(place.stateDir, { at: AT });
  await deskOf({ helper: new HostHelper(host.spool) }).settle(state.control, stop.signal);
  expect(existsSync(join(host.var, 'closed'))).toBe(false);
});

test('a second lockdown ends the settling of the first', async () => {
  serving = Promise.resolve();
  using state = await openTestState(place.stateDir);
  beginLockdown(place.stateDir, AT);
  // Nobody serves: what was asked hangs.
  const desk = deskOf({ helper: new HostHelper(host.spool) });
  desk.begin(undefined, stop.signal);
  const second = new AbortController();
  const settling = desk.settle(state.control, second.signal);
  second.abort();
  await expect(settling).rejects.toThrow(/abort/i);
});

test('evidence goes to the remotes at once, also to one that is away at first, and no further once unlocked', async () => {
  serving = Promise.resolve();
  const [nas, usb, attic] = ['nas', 'usb', 'attic'].map((name) => join(place.folder, name)) as [string, string, string];
  mkdirSync(nas);
  const remotes = Object.entries({ nas, usb, attic }).map(
    ([name, path]) => new OffsetRemote({ name, kind: folderStore({ name, path }) }),
  );
  const backup = await backupPlan();
  const desk = deskOf({ backup, remotes, retryMs: 20 });
  (await openTestState(place.stateDir))[Symbol.dispose]();
  beginLockdown(place.stateDir, AT);
  desk.begin(undefined, stop.signal);
  const sentTo = () => readLockedWork(place.stateDir)?.sentTo;
  await vi.waitFor(() => expect(sentTo()).toEqual(['nas']), { timeout: 60_000 });
  mkdirSync(usb);
  await vi.waitFor(() => expect(sentTo()).toEqual(['nas', 'usb']), { timeout: 60_000 });
  const here = readdirSync(join(backup.localDir, 'evidence'));
  expect([readdirSync(nas), readdirSync(usb)]).toEqual([here, here]);
  expect(readFileSync(join(usb, here[0]!))).toEqual(readFileSync(join(backup.localDir, 'evidence', here[0]!)));
  // A restart goes on with what is left; being unlocked ends it, and the job that sends is told of it all.
  const again = deskOf({ backup, remotes, retryMs: 20 });
  again.begin(undefined, stop.signal);
  liftLockdown(place.stateDir);
  using state = await openTestState(place.stateDir);
  for (const one of [desk, again]) await one.settle(state.control, stop.signal);
  expect(evidenceList(state.control.facts).map(({ name }) => `${name}.tar.zst.gpg`)).toEqual(here);
  mkdirSync(attic);
  expect(readdirSync(nas)).toEqual(here);
  expect(readdirSync(attic)).toEqual([]);
});
