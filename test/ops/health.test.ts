import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Control } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import { createLogger } from '../../core/log.ts';
import {
  meminfoBytes,
  type Readings,
  readControl,
  readDisk,
  readLoad,
  readMemory,
} from '../../ops/health/health-readings.ts';
import { WATCHES } from '../../ops/health/health-watches.ts';
import { answers, homeserverProbe, type ProbePlan } from '../../ops/health/probe.ts';
import { SettingsWatch } from '../../ops/health/settings-watch.ts';
import type { HostFacts } from '../../ops/host/host-facts.ts';
import { type HealthOptions, healthJob } from '../../ops/jobs/health.ts';
import { listen } from '../listen.ts';
import { openTestState } from './open-test-state.ts';
import { ORDINARY_RUN } from './ordinary-run.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const HOUR = 3600;
const NOW = 1_800_000_000_000;
const NIGHTLY = { backup: '15 3 * * *', drill: '45 3 * * *' };
const LIMITS = { ageSeconds: 36 * HOUR, provenSeconds: 9 * 24 * HOUR };
const log = createLogger({ name: 'test', level: 'silent' });

const WELL: Readings = {
  diskFreeBytes: 40 * GIB,
  diskBytes: 80 * GIB,
  inodesFreeShare: 0.9,
  memoryFreeBytes: 2 * GIB,
  memoryBytes: 4 * GIB,
  loadPerCore: 0.3,
  ...{ diskFullDays: 400, backupDiskFreeBytes: 40 * GIB, backupDiskBytes: 80 * GIB, backupDiskFullDays: 400 },
  swapUsedShare: 0.1,
  homeserverDownSeconds: 0,
  ...{ databaseDownSeconds: 0, answeringDownSeconds: 0, embeddingDownSeconds: 0, indexDownSeconds: 0 },
  certificateDays: 60,
  botSilentSeconds: 20,
  ...{ workWaiting: 0, workSeconds: 0, repliesWaiting: 0, replySeconds: 0, oneTimeKeys: 50, deviceSigned: 1 },
  ...{ backups: 9, backupAgeSeconds: 9 * HOUR, provenAgeSeconds: 30 * HOUR, backupBytes: 5 * MIB, backupsAhead: 0 },
  ...{ hostSilentSeconds: 60, clockSynchronised: 1, failedLogins: 0, bans: 0, imageDays: 20 },
  undeliveredAlerts: 0,
  oldestUndeliveredSeconds: 0,
};

const WELL_BOT = {
  ...{ filesWaiting: 0, questionsWaiting: 1, repliesWaiting: 0 },
  ...{ workSeconds: 3, replySeconds: 0, oneTimeKeys: 50, deviceSigned: 1 },
};
const HOST_CODES =
  'host-silent clock-unsynchronised failed-logins address-banned certificate-ends image-old container-stopped'.split(
    ' ',
  );

function verdict(code: string, readings: Partial<Readings>) {
  return WATCHES.find((watch) => watch.code === code)?.judge({ ...WELL, ...readings }, LIMITS);
}

describe('watches', () => {
  test('a healthy machine clears everything', () => {
    expect(WATCHES.map((watch) => watch.judge(WELL, LIMITS))).toEqual(WATCHES.map(() => false));
  });

  test.each<[string, Partial<Readings>, boolean | undefined]>([
    ['disk-low', { diskFreeBytes: 4.9 * GIB }, true],
    ['disk-low', { diskFreeBytes: 5.5 * GIB }, undefined],
    ['disk-low', { diskFreeBytes: 6 * GIB }, false],
    ['disk-low', { diskBytes: 4 * GIB, diskFreeBytes: 1.1 * GIB }, undefined],
    ['disk-low', { diskBytes: 4 * GIB, diskFreeBytes: 0.9 * GIB }, true],
    ['disk-low', { diskBytes: 8192 * GIB, diskFreeBytes: 7 * GIB }, false],
    ['disk-critical', { diskFreeBytes: 255 * MIB }, true],
    ['disk-critical', { diskFreeBytes: 300 * MIB }, undefined],
    ['disk-critical', { diskFreeBytes: 512 * MIB }, false],
    ['inodes-low', { inodesFreeShare: 0.04 }, true],
    ['inodes-low', { inodesFreeShare: 0.07 }, undefined],
    ['inodes-low', { inodesFreeShare: null }, undefined],
    ['memory-low', { memoryFreeBytes: 199 * MIB }, true],
    ['memory-low', { memoryFreeBytes: 300 * MIB }, undefined],
    ['memory-low', { memoryFreeBytes: 400 * MIB }, false],
    ['memory-low', { memoryFreeBytes: null }, undefined],
    ['load-high', { loadPerCore: 4.1 }, true],
    ['load-high', { loadPerCore: 3 }, undefined],
    ['load-high', { loadPerCore: 2 }, false],
    ['disk-full-soon', { diskFullDays: 13.9 }, true],
    ['disk-full-soon', { diskFullDays: 18 }, undefined],
    ['disk-full-soon', { diskFullDays: null }, undefined],
    ['backup-disk-low', { backupDiskFreeBytes: 4.9 * GIB }, true],
    ['backup-disk-low', { backupDiskFreeBytes: null, backupDiskBytes: null }, undefined],
    ['backup-disk-full-soon', { backupDiskFullDays: 3 }, true],
    ['swap-full', { swapUsedShare: 0.81 }, true],
    ['swap-full', { swapUsedShare: 0.6 }, undefined],
    ['swap-full', { swapUsedShare: null }, undefined],
    ['homeserver-database-failing', { databaseDownSeconds: 1 }, true],
    ['homeserver-database-failing', { databaseDownSeconds: null }, undefined],
    ['answering-unreachable', { answeringDownSeconds: 301 }, true],
    ['answering-unreachable', { answeringDownSeconds: 200 }, undefined],
    ['answering-unreachable', { answeringDownSeconds: null }, undefined],
    ['embedding-unreachable', { embeddingDownSeconds: 301 }, true],
    ['index-unreachable', { indexDownSeconds: 301 }, true],
    ['certificate-ends', { certificateDays: 13 }, true],
    ['certificate-ends', { certificateDays: -1 }, true],
    ['certificate-ends', { certificateDays: 20 }, undefined],
    ['certificate-ends', { certificateDays: null }, undefined],
    ['work-waiting', { workSeconds: 3601 }, true],
    ['work-waiting', { workSeconds: 1800 }, undefined],
    ['replies-waiting', { replySeconds: 1801 }, true],
    ['replies-waiting', { replySeconds: null }, undefined],
    ['one-time-keys-low', { oneTimeKeys: 4 }, true],
    ['one-time-keys-low', { oneTimeKeys: 10 }, undefined],
    ['one-time-keys-low', { oneTimeKeys: null }, undefined],
    ['device-unsigned', { deviceSigned: 0 }, true],
    ['device-unsigned', { deviceSigned: null }, undefined],
    ['backup-missing', { backups: 0, backupAgeSeconds: 37 * HOUR }, true],
    ['backup-missing', { backups: 0, backupAgeSeconds: 35 * HOUR }, false],
    ['backup-missing', { backups: null, backupAgeSeconds: null }, false],
    ['backup-old', { backupAgeSeconds: 37 * HOUR }, true],
    ['backup-old', { backups: 0, backupAgeSeconds: 37 * HOUR }, false],
    ['backup-unproven', { provenAgeSeconds: 10 * 24 * HOUR }, true],
    ['backup-ahead', { backupsAhead: 1 }, true],
    ['backup-ahead', { backupsAhead: null }, undefined],
    ['backup-unproven', { backups: null, provenAgeSeconds: null }, false],
    ['host-silent', { hostSilentSeconds: 3601 }, true],
    ['host-silent', { hostSilentSeconds: null }, undefined],
    ['clock-unsynchronised', { clockSynchronised: 0 }, true],
    ['clock-unsynchronised', { clockSynchronised: null }, undefined],
    ['failed-logins', { failedLogins: 51 }, true],
    ['failed-logins', { failedLogins: 30 }, undefined],
    ['address-banned', { bans: 1 }, true],
    ['image-old', { imageDays: 91 }, true],
    ['image-old', { imageDays: 70 }, undefined],
    ['homeserver-unreachable', { homeserverDownSeconds: 1 }, true],
    ['bot-silent', { botSilentSeconds: 301 }, true],
    ['bot-silent', { botSilentSeconds: 200 }, undefined],
    ['bot-silent', { botSilentSeconds: 120 }, false],
    ['alerts-waiting', { oldestUndeliveredSeconds: 901 }, true],
    ['alerts-waiting', { oldestUndeliveredSeconds: 100 }, undefined],
  ])('%s at %o: %s', (code, readings, expected) => {
    expect(verdict(code, readings)).toBe(expected);
  });

  test('facts are numbers only', () => {
    for (const watch of WATCHES) {
      for (const value of Object.values(watch.facts(WELL, NOW))) expect(typeof value).toBe('number');
    }
  });
});

describe('readings of this machine', () => {
  test('disk, memory and load are there and plausible', async () => {
    const disk = await readDisk('.');
    expect(disk.diskFreeBytes).toBeGreaterThan(0);
    expect(disk.diskFreeBytes).toBeLessThanOrEqual(disk.diskBytes);
    const memory = await readMemory();
    expect(memory.memoryFreeBytes).toBeGreaterThan(10 * MIB);
    expect(memory.memoryFreeBytes).toBeLessThanOrEqual(memory.memoryBytes ?? 0);
    expect(readLoad()).toBeGreaterThanOrEqual(0);
    await expect(readDisk('./no-such-folder')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('a field of meminfo is in bytes, or null', () => {
    const text = 'MemTotal:       24684092 kB\nMemAvailable:      2048 kB\n';
    expect(meminfoBytes(text, 'MemAvailable')).toBe(2 * MIB);
    expect(meminfoBytes(text, 'SwapFree')).toBeNull();
  });
});

describe('with homeserver and control store', () => {
  let server: Server;
  let answer: RequestListener;
  let asked: string[];
  let homeserver: string;
  let control: Control;
  let stateDir: string;
  let remove: () => void;
  let now: number;
  const probe: ProbePlan = { tries: 3, pauseMs: 0, timeoutMs: 5000 };
  const asks = (plan: ProbePlan, signal: AbortSignal) => answers(homeserverProbe(homeserver), plan, signal);
  const never = new AbortController().signal;

  beforeEach(async () => {
    now = NOW;
    asked = [];
    answer = (_request, response) => response.end('{"versions":["v1.11"]}');
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      answer(request, response);
    });
    homeserver = `http://127.0.0.1:${await listen(server)}`;
    const opened = await openTestState(() => now);
    control = opened.state.control;
    stateDir = opened.stateDir;
    remove = opened.remove;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    remove();
  });

  const fail: RequestListener = (_request, response) => response.writeHead(502).end();
  const hang: RequestListener = () => {};
  const cut: RequestListener = (request) => request.socket.destroy();

  test.each([
    ['errors', fail, 5000],
    ['cut connections', cut, 5000],
    // Long enough for the request to arrive on a busy machine.
    ['silence', hang, 1000],
  ])('%s are no answer, after every try', async (_name, listener, timeoutMs) => {
    answer = listener;
    expect(await asks({ ...probe, timeoutMs }, never)).toBe(false);
    expect(asked).toEqual(Array(3).fill('/_matrix/client/versions'));
  });

  test('a homeserver that comes back between two tries answers', async () => {
    answer = (request, response) => (asked.length < 3 ? fail(request, response) : response.end('{}'));
    expect(await asks(probe, never)).toBe(true);
  });

  test('an abort ends the tries at once', async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error('stopped'));
    await expect(asks({ ...probe, pauseMs: 3_600_000 }, stop.signal)).rejects.toThrow('stopped');
    expect(asked).toHaveLength(1);
  });

  test('the bot is silent since its last beat, but never longer than this process looks', () => {
    expect(readControl(control, NOW - 40_000, () => NOW).botSilentSeconds).toBe(40);
    control.heartbeats.beat({ process: 'bot', at: NOW - 10_000, figures: {} });
    expect(readControl(control, NOW - 40_000, () => NOW).botSilentSeconds).toBe(10);
    control.heartbeats.beat({ process: 'bot', at: NOW - 3_600_000, figures: {} });
    expect(readControl(control, NOW - 40_000, () => NOW).botSilentSeconds).toBe(40);
  });

  test('alerts wait since they were raised, and one about waiting does not keep itself alive', () => {
    control.alerts.raise({ code: 'alerts-waiting', severity: 'warning' });
    now = NOW + 60_000;
    control.alerts.raise({ code: 'disk-low', severity: 'warning' });
    now = NOW + 120_000;
    expect(readControl(control, NOW, () => now)).toMatchObject({ undeliveredAlerts: 1, oldestUndeliveredSeconds: 60 });
  });

  async function runHealth(previous?: JobRun, changes: Partial<HealthOptions> = {}) {
    const job = healthJob({
      ...{ stateDir, homeserver, server: 'home.test', control, startedAt: NOW, probe },
      backups: { isExpected: false, schedules: NIGHTLY },
      ...{ servers: {}, host: async () => undefined, settings: { changes: () => [] } },
      ...changes,
    });
    return job.run({ signal: never, clock: () => now, log, previous, ...ORDINARY_RUN });
  }

  const codes = () => control.alerts.open().map(({ code }) => code);
  const hostFacts = (changes: Partial<HostFacts> = {}): HostFacts => ({
    ...{ at: now, timeSynchronised: true, failedLogins: 0, bans: 0, sshLogins: [], securityUpdates: 0 },
    containers: [{ name: 'synapse', restarts: 0, running: true, imageMadeAt: now - 20 * 24 * HOUR * 1000 }],
    ...{ certificateEndsAt: now + 60 * 24 * HOUR * 1000, rebootRequired: false },
    ...changes,
  });
  function madeBackup(name: string, madeAt: number, provenAt?: number): void {
    const sizes = { bytes: 5 * MIB, sha256: 'ab', plainBytes: 9 * MIB, entries: 4 };
    control.backups.add({ name, madeAt, ...sizes }, new Uint8Array(32));
    control.backups.noteCopy(name, { place: 'local', verifiedAt: madeAt });
    if (provenAt !== undefined) control.backups.markProven(name, provenAt, { questions: 3 });
  }

  const open = () =>
    control.alerts.recent(20).filter((alert) => alert.clearedAt === null && alert.code.match(/^(homes|bot)/));

  test('what is wrong becomes an alert once, and ends when it is right again', async () => {
    answer = fail;
    now = NOW + 301_000;
    const first = await runHealth();
    expect(open().map(({ code, severity, repeats }) => ({ code, severity, repeats }))).toEqual([
      { code: 'bot-silent', severity: 'critical', repeats: open()[0]!.repeats },
      { code: 'homeserver-unreachable', severity: 'critical', repeats: open()[1]!.repeats },
    ]);
    const ended = now;
    now += 300_000;
    const previous = { endedAt: ended, figures: first } as unknown as JobRun;
    const second = await runHealth(previous);
    expect(second.homeserverDownSeconds).toBe(301);
    expect(open()).toHaveLength(2);
    answer = (_request, response) => response.end('{}');
    control.heartbeats.beat({ process: 'bot', at: now, figures: {} });
    expect(await runHealth()).toMatchObject({ homeserverDownSeconds: 0, botSilentSeconds: 0 });
    expect(open()).toEqual([]);
  });

  test('all well, with everything there: no alert at all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kin-backups-'));
    control.heartbeats.beat({ process: 'bot', at: now, figures: { ...WELL_BOT } });
    madeBackup('kin-20270115T031500Z-1a2b3c', now - 9 * HOUR * 1000, now - 8 * HOUR * 1000);
    const servers = { answering: `${homeserver}/api/version`, index: `${homeserver}/healthz` };
    const options = {
      servers,
      backups: { isExpected: true, schedules: NIGHTLY, folder },
      host: async () => hostFacts(),
    };
    const figures = await runHealth(undefined, options);
    // What this machine itself says (it may be loaded, or full) is none of this test's.
    const machine = /^(disk|inodes|memory|swap|load|backup-disk)/;
    expect(control.alerts.open().filter(({ code }) => !machine.test(code))).toEqual([]);
    expect(figures).toMatchObject({
      databaseDownSeconds: 0,
      answeringDownSeconds: 0,
      indexDownSeconds: 0,
      oneTimeKeys: 50,
    });
    rmSync(folder, { recursive: true });
  });

  test('a homeserver that answers from memory alone: its database is what fails', async () => {
    answer = (request, response) =>
      request.url?.includes('/directory/') ? response.writeHead(500).end() : response.end('{}');
    expect(await runHealth()).toMatchObject({ homeserverDownSeconds: 0, databaseDownSeconds: 1 });
    expect(codes()).toContain('homeserver-database-failing');
    answer = (request, response) =>
      request.url?.includes('/directory/')
        ? response.writeHead(404).end('{"errcode":"M_NOT_FOUND"}')
        : response.end('{}');
    expect(await runHealth()).toMatchObject({ databaseDownSeconds: 0 });
    expect(codes()).not.toContain('homeserver-database-failing');
    expect(asked.at(-1)).toBe('/_matrix/client/v3/directory/room/%23kinkeeper-health-check%3Ahome.test');
  });

  test('servers of models and Qdrant that do not answer for minutes are told of, each', async () => {
    const servers = {
      answering: 'http://127.0.0.1:1/api/version',
      embedding: 'http://127.0.0.1:1/models',
      index: 'http://127.0.0.1:1/healthz',
    };
    const first = await runHealth(undefined, { servers });
    expect(codes()).not.toContain('index-unreachable');
    const ended = now;
    now += 400_000;
    await runHealth({ endedAt: ended, figures: first } as unknown as JobRun, { servers });
    expect(codes()).toEqual(
      expect.arrayContaining(['answering-unreachable', 'embedding-unreachable', 'index-unreachable']),
    );
    await runHealth(undefined, { servers: { answering: homeserver, embedding: homeserver, index: homeserver } });
    expect(codes().filter((code) => /^(answering|embedding|index)-/.test(code))).toEqual([]);
  });

  test('a bot that says that work waits, replies do not leave, keys run out and its device is unsigned', async () => {
    const figures = { ...WELL_BOT, filesWaiting: 4, workSeconds: 4000, repliesWaiting: 2, replySeconds: 2000 };
    control.heartbeats.beat({ process: 'bot', at: now, figures: { ...figures, oneTimeKeys: 1, deviceSigned: 0 } });
    await runHealth();
    const found = control.alerts.open().map(({ code, facts }) => [code, facts]);
    expect(found).toContainEqual(['work-waiting', { count: 5, seconds: 4000 }]);
    expect(found).toContainEqual(['replies-waiting', { count: 2, seconds: 2000 }]);
    expect(found).toContainEqual(['one-time-keys-low', { count: 1 }]);
    expect(found).toContainEqual(['device-unsigned', {}]);
    now += 60_000;
    control.heartbeats.beat({ process: 'bot', at: now, figures: { ...WELL_BOT } });
    await runHealth();
    expect(codes().filter((code) => /^(work|replies|one|device)-/.test(code))).toEqual([]);
  });

  test('what the bot does not know (-1), or said long ago, is not told of', async () => {
    control.heartbeats.beat({ process: 'bot', at: now, figures: { ...WELL_BOT, oneTimeKeys: -1, deviceSigned: -1 } });
    const figures = await runHealth();
    expect(Object.keys(figures)).not.toContain('oneTimeKeys');
    now += 130_000;
    expect(Object.keys(await runHealth())).not.toContain('workSeconds');
  });

  describe('backups', () => {
    const backups = { isExpected: true, schedules: NIGHTLY };
    const kinds = () => codes().filter((code) => code.startsWith('backup-'));

    test('that are set up and never made, counted from when they were', async () => {
      await runHealth(undefined, { backups });
      now += 35 * HOUR * 1000;
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual([]);
      now += 2 * HOUR * 1000;
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-missing']);
      await runHealth();
      expect(kinds()).toEqual([]);
    });

    test('that are old, or were not proven for long', async () => {
      madeBackup('kin-20270115T031500Z-aaaaaa', now, now);
      now += 37 * HOUR * 1000;
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-old']);
      madeBackup('kin-20270116T031500Z-bbbbbb', now);
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual([]);
      now += 9 * 24 * HOUR * 1000;
      madeBackup('kin-20270125T031500Z-cccccc', now);
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-unproven']);
      await runHealth(undefined, { backups: { ...backups, schedules: { ...NIGHTLY, drill: '' } } });
      expect(kinds()).toEqual([]);
    });

    test('of the future count for nothing, keep nothing quiet, and are told until they are gone or their time has come', async () => {
      const future = now + 365 * 24 * HOUR * 1000;
      madeBackup('kin-20280115T031500Z-aaaaaa', future, future);
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-ahead']);
      now += 37 * HOUR * 1000;
      const { provenAgeSeconds } = await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-ahead', 'backup-missing']);
      expect(provenAgeSeconds).toBe(37 * HOUR);
      madeBackup('kin-20270117T031500Z-bbbbbb', now, now);
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-ahead']);
      now += 37 * HOUR * 1000;
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-ahead', 'backup-old']);
      control.backups.dropCopy('kin-20280115T031500Z-aaaaaa', 'local');
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-old']);
    });

    test('that are expected since a day in the future are expected since today', async () => {
      now += 365 * 24 * HOUR * 1000;
      await runHealth(undefined, { backups });
      now -= 365 * 24 * HOUR * 1000;
      await runHealth(undefined, { backups });
      now += 37 * HOUR * 1000;
      await runHealth(undefined, { backups });
      expect(kinds()).toEqual(['backup-missing']);
    });

    test('that are made once a week are old half a day after the next was due', async () => {
      const at = (day: number, hour: number) => new Date(2027, 0, day, hour).getTime();
      const backups = { isExpected: true, schedules: { backup: '0 3 * * 1', drill: '0 4 * * *' } };
      // A Monday.
      now = at(4, 3);
      await runHealth(undefined, { backups });
      madeBackup('kin-20270104T030000Z-aaaaaa', at(4, 3), at(4, 4));
      const told = async (day: number, hour: number) => {
        now = at(day, hour);
        await runHealth(undefined, { backups });
        return kinds();
      };
      expect(await told(10, 23)).toEqual([]);
      expect(await told(11, 14)).toEqual([]);
      expect(await told(11, 16)).toEqual(['backup-old']);
    });
  });

  describe('the host', () => {
    const runWith = (changes: Partial<HostFacts> | undefined) =>
      runHealth(undefined, { host: async () => (changes ? hostFacts(changes) : undefined) });

    test('without a helper nothing of it is said', async () => {
      const figures = await runWith(undefined);
      expect(Object.keys(figures).filter((name) => /host|clock|login|bans|image|certificate/i.test(name))).toEqual([]);
      expect(codes().filter((code) => HOST_CODES.includes(code))).toEqual([]);
    });

    test('its faults are told, and end', async () => {
      const old = now - 100 * 24 * HOUR * 1000;
      await runWith({});
      await runWith({
        ...{ timeSynchronised: false, failedLogins: 99, bans: 2, certificateEndsAt: now + 3 * 24 * HOUR * 1000 },
        containers: [{ name: 'synapse', restarts: 0, running: false, imageMadeAt: old }],
      });
      const found = control.alerts.open().map(({ code, facts }) => [code, facts]);
      expect(found).toContainEqual(['clock-unsynchronised', {}]);
      expect(found).toContainEqual(['failed-logins', { count: 99 }]);
      expect(found).toContainEqual(['address-banned', { count: 2 }]);
      expect(found).toContainEqual(['certificate-ends', { days: 3 }]);
      expect(found).toContainEqual(['image-old', { days: 100 }]);
      expect(found).toContainEqual(['container-stopped', { name: 'synapse' }]);
      await runWith({});
      expect(codes().filter((code) => HOST_CODES.includes(code))).toEqual([]);
    });

    test('facts of more than an hour ago say only that they are old', async () => {
      await runWith({ at: now - 2 * HOUR * 1000, failedLogins: 99, timeSynchronised: false });
      expect(codes().filter((code) => HOST_CODES.includes(code))).toEqual(['host-silent']);
      await runWith({});
      expect(codes()).not.toContain('host-silent');
    });

    test('each new login is told once, and none that was there before the first look', async () => {
      const login = (at: number) => ({ at, user: 'ada', from: '10.8.0.2' });
      const told = () => control.alerts.recent(99).filter(({ code }) => code === 'ssh-login');
      await runWith({ sshLogins: [login(now - 5000)] });
      expect(told()).toEqual([]);
      await runWith({ sshLogins: [login(now - 5000), login(now), { ...login(now), user: 'root' }] });
      await runWith({ sshLogins: [login(now - 5000), login(now), { ...login(now), user: 'root' }] });
      expect(told().map(({ facts }) => facts.user)).toEqual(['root', 'ada']);
      await runWith({ sshLogins: [login(now)] });
      await runWith({ sshLogins: [login(now), login(now + 1000)] });
      expect(told()).toHaveLength(3);
    });

    test('a container that never ran when it was looked at is no alert', async () => {
      const container = (name: string, running: boolean) => ({ name, restarts: 0, running, imageMadeAt: null });
      const stopped = () =>
        control.alerts.open().flatMap(({ code, facts }) => (/stopped/.test(code) ? facts.name : []));
      await runWith({ containers: [container('bot', true), container('setup', false)] });
      await runWith({ containers: [container('bot', true), container('setup', false)] });
      expect(stopped()).toEqual([]);
      await runWith({ containers: [container('bot', false), container('setup', false)] });
      await runWith({ containers: [container('bot', false), container('setup', false)] });
      expect(stopped()).toEqual(['bot']);
    });

    test('a container that restarted by itself is told once for each look that found more', async () => {
      const container = (restarts: number) => ({ name: 'bot', restarts, running: true, imageMadeAt: null });
      const told = () => control.alerts.recent(99).filter(({ code }) => code === 'container-restarted');
      await runWith({ containers: [container(4)] });
      await runWith({ containers: [container(4)] });
      expect(told()).toEqual([]);
      await runWith({ containers: [container(6)] });
      await runWith({ containers: [container(6)] });
      expect(told()).toMatchObject([{ facts: { name: 'bot', restarts: 2 } }]);
      await runWith({ containers: [container(0)] });
      expect(told()).toHaveLength(1);
    });
  });

  test('changed settings are told once, by name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kin-settings-'));
    const [file, secret] = [join(folder, 'kinkeeper.yaml'), join(folder, 'passphrase')];
    writeFileSync(file, 'log: info\n');
    writeFileSync(secret, 'correct horse', { mode: 0o600 });
    const settings = new SettingsWatch([
      { name: 'kinkeeper.yaml', path: file, isSecret: false },
      { name: 'keys.passphraseFile', path: secret, isSecret: true },
    ]);
    const told = () =>
      control.alerts.recent(99).flatMap(({ code, facts }) => (code === 'settings-changed' ? [facts.file] : []));
    await runHealth(undefined, { settings });
    expect(told()).toEqual([]);
    writeFileSync(file, 'log: warn\n');
    await runHealth(undefined, { settings });
    await runHealth(undefined, { settings });
    expect(told()).toEqual(['kinkeeper.yaml']);
    chmodSync(secret, 0o644);
    await runHealth(undefined, { settings });
    expect(told()).toEqual(['keys.passphraseFile', 'kinkeeper.yaml']);
    rmSync(folder, { recursive: true });
    await runHealth(undefined, { settings });
    expect(told()).toHaveLength(4);
  });

  test('figures are numbers only', async () => {
    const figures = await runHealth();
    expect(Object.keys(WELL)).toEqual(expect.arrayContaining(Object.keys(figures)));
    for (const value of Object.values(figures)) expect(typeof value).toBe('number');
  });
});
