import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Control } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import { createLogger } from '../../core/log.ts';
import { healthJob } from '../../ops/jobs/health.ts';
import {
  homeserverAnswers,
  meminfoBytes,
  type Readings,
  readControl,
  readDisk,
  readLoad,
  readMemory,
} from '../../ops/jobs/health-readings.ts';
import { WATCHES } from '../../ops/jobs/health-watches.ts';
import { openTestState } from './open-test-state.ts';
import { ORDINARY_RUN } from './ordinary-run.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const NOW = 1_800_000_000_000;
const log = createLogger({ name: 'test', level: 'silent' });

const WELL: Readings = {
  diskFreeBytes: 40 * GIB,
  diskBytes: 80 * GIB,
  inodesFreeShare: 0.9,
  memoryFreeBytes: 2 * GIB,
  memoryBytes: 4 * GIB,
  loadPerCore: 0.3,
  homeserverDownSeconds: 0,
  botSilentSeconds: 20,
  undeliveredAlerts: 0,
  oldestUndeliveredSeconds: 0,
};

function verdict(code: string, readings: Partial<Readings>) {
  return WATCHES.find((watch) => watch.code === code)?.judge({ ...WELL, ...readings });
}

describe('watches', () => {
  test('a healthy machine clears everything', () => {
    expect(WATCHES.map((watch) => watch.judge(WELL))).toEqual(WATCHES.map(() => false));
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
      for (const value of Object.values(watch.facts(WELL))) expect(typeof value).toBe('number');
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
  const probe = { tries: 3, pauseMs: 0, timeoutMs: 5000 };
  const never = new AbortController().signal;

  beforeEach(async () => {
    now = NOW;
    asked = [];
    answer = (_request, response) => response.end('{"versions":["v1.11"]}');
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    homeserver = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
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
    expect(await homeserverAnswers(homeserver, { ...probe, timeoutMs }, never)).toBe(false);
    expect(asked).toEqual(Array(3).fill('/_matrix/client/versions'));
  });

  test('a homeserver that comes back between two tries answers', async () => {
    answer = (request, response) => (asked.length < 3 ? fail(request, response) : response.end('{}'));
    expect(await homeserverAnswers(homeserver, probe, never)).toBe(true);
  });

  test('an abort ends the tries at once', async () => {
    const stop = new AbortController();
    answer = () => stop.abort(new Error('stopped'));
    await expect(homeserverAnswers(homeserver, { ...probe, pauseMs: 3_600_000 }, stop.signal)).rejects.toThrow(
      'stopped',
    );
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

  async function runHealth(previous?: JobRun) {
    const job = healthJob({ stateDir, homeserver, control, startedAt: NOW, probe });
    return job.run({ signal: never, clock: () => now, log, previous, ...ORDINARY_RUN });
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

  test('figures are numbers only', async () => {
    const figures = await runHealth();
    expect(Object.keys(figures).sort()).toEqual(Object.keys(WELL).sort());
    for (const value of Object.values(figures)) expect(typeof value).toBe('number');
  });
});
