import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Control } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { JOB_NAMES } from '../../core/job.ts';
import { createLogger } from '../../core/log.ts';
import type { JobContext, JobSpec } from '../../ops/job-spec.ts';
import { Runner, type RunnerOptions } from '../../ops/runner.ts';
import { openTestState } from './open-test-state.ts';

const MINUTE = 60_000;
const NOON = new Date('2027-01-10T12:00:30').getTime();

let control: Control;
let remove: () => void;
let runner: Runner | undefined;
let lines: string[];
let runs: JobContext[];
let work: (context: JobContext) => Promise<Record<string, number>>;

beforeEach(async () => {
  lines = [];
  runs = [];
  work = async () => ({ looked: 1 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: NOON });
  const opened = await openTestState(() => Date.now());
  control = opened.state.control;
  remove = opened.remove;
});
afterEach(async () => {
  vi.useRealTimers();
  await runner?.stop();
  runner = undefined;
  remove();
});

function makeRunner(schedule = '0 * * * *', limitSeconds = 60): Runner {
  const health: JobSpec = {
    name: 'health',
    limitSeconds,
    run: (context) => {
      runs.push(context);
      return work(context);
    },
  };
  const log = createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } });
  runner = new Runner({ ...others(health, schedule), control, log, clock: () => Date.now() });
  return runner;
}

/** The one job that is looked at, beside others that never run on their own. */
function others(health: JobSpec, schedule: string): Pick<RunnerOptions, 'jobs' | 'schedules'> {
  const names = JOB_NAMES.filter((name) => name !== 'health');
  const idle = names.map((name): JobSpec => ({ name, limitSeconds: 1, run: async () => ({}) }));
  const off = Object.fromEntries(names.map((name) => [name, '']));
  return { jobs: [health, ...idle], schedules: { ...off, health: schedule } as RunnerOptions['schedules'] };
}

/** A run in the past, as an earlier process left it. */
function pastRun(at: number, outcome: 'ok' | 'failed' | 'running', cause: 'schedule' | 'catch-up' = 'schedule') {
  const id = control.jobs.start('health', cause, at);
  if (outcome !== 'running') control.jobs.finish(id, { at: at + 1000, outcome, figures: { looked: 7 } });
  return id;
}

/** Lets everything that is ready happen, without a wait. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('one run', () => {
  test('is recorded with its figures', async () => {
    expect(await makeRunner().run('health', 'request')).toBe('ok');
    expect(control.jobs.last('health')).toMatchObject({
      cause: 'request',
      startedAt: NOON,
      endedAt: NOON,
      outcome: 'ok',
      reference: null,
      figures: { looked: 1 },
    });
  });

  test('sees the newest run that went well, whatever came after', async () => {
    pastRun(NOON - 3 * MINUTE, 'ok');
    pastRun(NOON - 2 * MINUTE, 'failed');
    await makeRunner().run('health', 'request');
    expect(runs[0]?.previous).toMatchObject({ startedAt: NOON - 3 * MINUTE, figures: { looked: 7 } });
  });

  test('that fails leaves one reference in record, alert and log, and no private text anywhere', async () => {
    work = async () => {
      throw new Error('cannot parse Zahnarztrechnung.pdf');
    };
    expect(await makeRunner().run('health', 'request')).toBe('failed');
    const reference = control.jobs.last('health')?.reference;
    expect(reference).toMatch(/^[0-9a-f]{8}$/);
    expect(control.alerts.recent(10)).toMatchObject([
      { code: 'job-failed', severity: 'warning', key: 'job-failed:health', facts: { job: 'health', reference } },
    ]);
    expect(lines.join('')).toContain(`"reference":"${reference}"`);
    expect(lines.join('') + JSON.stringify([control.jobs.recent(9), control.alerts.recent(9)])).not.toContain(
      'Zahnarzt',
    );
  });

  test('that goes well again ends the alert, and the next failure is news', async () => {
    const broken = async () => {
      throw new AppError('unavailable', 'no');
    };
    makeRunner();
    for (const next of [broken, broken, async () => ({}), broken]) {
      work = next;
      await runner!.run('health', 'request');
    }
    expect(control.alerts.recent(10).map(({ repeats, clearedAt }) => [repeats, clearedAt === null])).toEqual([
      [expect.any(Number), true],
      [expect.any(Number), false],
    ]);
  });

  test('is never doubled while one is under way', async () => {
    const gate = Promise.withResolvers<void>();
    work = () => gate.promise.then(() => ({ looked: 1 }));
    const first = makeRunner().run('health', 'request');
    expect(await runner!.run('health', 'schedule')).toBe('skipped');
    gate.resolve();
    expect(await first).toBe('ok');
    expect(await runner!.run('health', 'request')).toBe('ok');
    expect(control.jobs.recent(10)).toHaveLength(2);
  });

  test('that outlives its time limit fails, even if it does not listen, and blocks the next until it ends', async () => {
    const gate = Promise.withResolvers<void>();
    work = () => gate.promise.then(() => ({}));
    const first = makeRunner('', 30).run('health', 'request');
    await vi.advanceTimersByTimeAsync(29_999);
    expect(control.jobs.last('health')?.outcome).toBe('running');
    await vi.advanceTimersByTimeAsync(1);
    expect(await first).toBe('failed');
    expect(runs[0]?.signal.aborted).toBe(true);
    expect(lines.join('')).toContain('took longer than 30 seconds');
    expect(await runner!.run('health', 'request')).toBe('skipped');
    gate.resolve();
    await settle();
    work = async () => ({});
    expect(await runner!.run('health', 'request')).toBe('ok');
  });

  test('whose record cannot be written is logged and does not throw', async () => {
    const broken: Pick<Control, 'jobs' | 'alerts'> = {
      alerts: control.alerts,
      jobs: Object.assign(Object.create(control.jobs), {
        recent: () => [],
        start() {
          throw new AppError('unavailable', 'the disk is full', { reason: 'disk-full' });
        },
      }),
    };
    const log = createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } });
    const health: JobSpec = { name: 'health', limitSeconds: 1, run: async () => ({}) };
    runner = new Runner({ ...others(health, ''), control: broken, log, clock: () => Date.now() });
    expect(await runner.run('health', 'request')).toBe('failed');
    expect(lines.join('')).toContain('disk is full');
  });
});

describe('schedule', () => {
  test('runs at each due time', async () => {
    pastRun(NOON - MINUTE, 'ok');
    makeRunner().start();
    await vi.advanceTimersByTimeAsync(3 * 60 * MINUTE);
    const scheduled = control.jobs.recent(10).filter((run) => run.cause === 'schedule' && run.outcome === 'ok');
    expect(scheduled.map((run) => new Date(run.startedAt).toTimeString().slice(0, 5))).toEqual([
      '15:00',
      '14:00',
      '13:00',
      '11:59',
    ]);
  });

  test('an empty one never runs on its own', async () => {
    makeRunner('').start();
    runner!.catchUp();
    await vi.advanceTimersByTimeAsync(48 * 60 * MINUTE);
    expect(runs).toHaveLength(0);
  });

  test('unknown names, missing jobs and bad expressions are refused before anything starts', () => {
    const log = createLogger({ name: 'test', level: 'silent' });
    const health: JobSpec = { name: 'health', limitSeconds: 1, run: async () => ({}) };
    const base = { ...others(health, ''), control, log, clock: () => 0 };
    expect(() => new Runner({ ...base, jobs: [] })).toThrow('does not fit');
    expect(() => new Runner({ ...base, jobs: [health, health] })).toThrow('does not fit');
    expect(() => new Runner({ ...base, schedules: { ...base.schedules, compost: '' } as never })).toThrow(
      'there is no job compost',
    );
    expect(() => new Runner({ ...base, schedules: { ...base.schedules, health: 'at noon' } })).toThrow(
      'no cron expression',
    );
  });
});

describe('catch-up at start', () => {
  test.each<[string, () => unknown, number]>([
    ['nothing was missed', () => pastRun(NOON - 20_000, 'ok'), 0],
    ['a time was missed', () => pastRun(NOON - 3 * 60 * MINUTE, 'ok'), 1],
    ['it never ran', () => undefined, 1],
    ['it ran and failed: that is no miss', () => pastRun(NOON - 20_000, 'failed'), 0],
    ['a scheduled run was cut off by a kill', () => pastRun(NOON - 20_000, 'running'), 1],
    ['a caught-up run was cut off: once is enough', () => pastRun(NOON - 20_000, 'running', 'catch-up'), 0],
    ['the clock was set back', () => pastRun(NOON + 60 * MINUTE, 'ok'), 0],
  ])('%s', async (_name, prepare, expected) => {
    prepare();
    makeRunner().start();
    await settle();
    expect(runs).toHaveLength(expected);
    if (expected > 0) expect(control.jobs.last('health')).toMatchObject({ cause: 'catch-up', outcome: 'ok' });
  });

  test('runs of a killed process become lost and are told once', async () => {
    const id = pastRun(NOON - 3 * 60 * MINUTE, 'running');
    makeRunner('').start();
    await settle();
    expect(control.jobs.recent(10).find((run) => run.id === id)).toMatchObject({ outcome: 'lost', endedAt: NOON });
    expect(control.alerts.recent(10)).toMatchObject([{ code: 'job-lost', facts: { count: 1 } }]);
  });

  test('many missed times are one run', async () => {
    pastRun(NOON - 100 * 60 * MINUTE, 'ok');
    makeRunner('*/5 * * * *').start();
    await settle();
    expect(runs).toHaveLength(1);
  });
});

describe('catch-up later', () => {
  test('leaves a due time to the schedule for a minute, then runs it', async () => {
    pastRun(NOON - 10_000, 'ok');
    makeRunner();
    vi.setSystemTime(new Date('2027-01-10T13:00:40').getTime());
    runner!.catchUp();
    await settle();
    expect(runs).toHaveLength(0);
    vi.setSystemTime(new Date('2027-01-10T13:01:10').getTime());
    runner!.catchUp();
    await settle();
    expect(runs).toHaveLength(1);
    runner!.catchUp();
    await settle();
    expect(runs).toHaveLength(1);
  });
});

describe('stop', () => {
  test('aborts what runs, records it as stopped without an alert, and lets nothing new begin', async () => {
    work = (context) =>
      new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
    const first = makeRunner().run('health', 'schedule');
    await settle();
    await runner!.stop();
    expect(await first).toBe('failed');
    expect(control.jobs.last('health')).toMatchObject({ outcome: 'failed', reference: null, figures: { stopped: 1 } });
    expect(control.alerts.recent(10)).toEqual([]);
    expect(await runner!.run('health', 'request')).toBe('skipped');
    await vi.advanceTimersByTimeAsync(3 * 60 * MINUTE);
    expect(runs).toHaveLength(1);
  });

  test('the next process does the stopped run over', async () => {
    work = (context) =>
      new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
    void makeRunner().run('health', 'schedule');
    await settle();
    await runner!.stop();
    work = async () => ({});
    makeRunner().start();
    await settle();
    expect(control.jobs.last('health')).toMatchObject({ cause: 'catch-up', outcome: 'ok' });
  });

  test('does not wait for ever for a job that does not listen', async () => {
    work = () => new Promise(() => {});
    const first = makeRunner().run('health', 'schedule');
    await settle();
    const stopped = runner!.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    await stopped;
    expect(await first).toBe('failed');
    runner = undefined;
  });
});
