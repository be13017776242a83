import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PersonId } from '../../core/caller.ts';
import type { Control } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { JOB_NAMES, type JobName } from '../../core/job.ts';
import { createLogger } from '../../core/log.ts';
import type { JobContext, JobSpec } from '../../ops/job-spec.ts';
import { Runner, type RunnerOptions } from '../../ops/runner.ts';
import { onFullDisk } from './full-disk.ts';
import { openTestState } from './open-test-state.ts';

const MINUTE = 60_000;
const NOON = new Date('2027-01-10T12:00:30').getTime();

const BRIEF = { limitSeconds: 1, canDry: false, repeatable: true } as const;

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

function makeRunner(schedule = '0 * * * *', limitSeconds = 60, traits: Partial<JobSpec> = {}): Runner {
  const health: JobSpec = {
    ...BRIEF,
    name: 'health',
    ...traits,
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
  const rest = JOB_NAMES.filter((name) => name !== 'health');
  const jobs = [health, ...rest.map((name): JobSpec => ({ ...BRIEF, name, run: async () => ({}) }))];
  const off = Object.fromEntries(rest.map((name) => [name, ''])) as Record<JobName, string>;
  return { jobs, schedules: { ...off, health: schedule } };
}

/** A run in the past, as an earlier process left it. */
function pastRun(at: number, outcome: 'ok' | 'failed' | 'running', cause: 'schedule' | 'catch-up' = 'schedule') {
  const id = control.jobs.start('health', cause, at);
  if (outcome !== 'running') control.jobs.finish(id, { at: at + 1000, outcome, figures: { looked: 7 } });
  return id;
}

/** Lets everything that is ready happen, without a wait. */
const settle = () => vi.advanceTimersByTimeAsync(0);

/** Time goes by, as the process sees it: it looks every second, here every ten. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 10_000) {
    await vi.advanceTimersByTimeAsync(10_000);
    runner!.tick();
    await settle();
  }
}

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

  test.each([
    'notSetUp',
    'nothingNew',
    'tooEarly',
  ])('that did nothing (%s) is recorded as that, ends the alert of a failure, and is no run to count on', async (why) => {
    work = async () => {
      throw new Error('broken');
    };
    await makeRunner().run('health', 'request');
    expect(control.alerts.open()).toHaveLength(1);
    pastRun(NOON - 3 * MINUTE, 'ok');
    work = async () => ({ [why]: 1 });
    expect(await runner!.run('health', 'request')).toBe('nothing');
    expect(control.jobs.last('health')).toMatchObject({ outcome: 'nothing', figures: { [why]: 1 } });
    expect(control.alerts.open()).toEqual([]);
    expect(control.jobs.lastGood('health')).toMatchObject({ startedAt: NOON - 3 * MINUTE });
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
    const log = createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } });
    const health: JobSpec = { ...BRIEF, name: 'health', run: async () => ({}) };
    runner = new Runner({
      ...others(health, ''),
      control: onFullDisk(control, () => true),
      log,
      clock: () => Date.now(),
    });
    expect(await runner.run('health', 'request')).toBe('failed');
    expect(lines.join('')).toContain('disk is full');
  });
});

describe('schedule', () => {
  test('runs at each due time', async () => {
    pastRun(NOON - MINUTE, 'ok');
    makeRunner().tick();
    await pass(3 * 60 * MINUTE);
    const scheduled = control.jobs.recent(10).filter((run) => run.cause === 'schedule' && run.outcome === 'ok');
    expect(scheduled.map((run) => new Date(run.startedAt).toTimeString().slice(0, 5))).toEqual([
      '15:00',
      '14:00',
      '13:00',
      '12:00',
      '11:59',
    ]);
  });

  test('an empty one never runs on its own', async () => {
    makeRunner('').tick();
    await pass(48 * 60 * MINUTE);
    expect(runs).toHaveLength(0);
  });

  test('unknown names, missing jobs and bad expressions are refused before anything starts', () => {
    const log = createLogger({ name: 'test', level: 'silent' });
    const health: JobSpec = { ...BRIEF, name: 'health', run: async () => ({}) };
    const base = { ...others(health, ''), control, log, clock: () => 0 };
    expect(() => new Runner({ ...base, jobs: [] })).toThrow('there is no job backup');
    expect(() => new Runner({ ...base, jobs: [...base.jobs, health] })).toThrow('does not fit');
    expect(() => new Runner({ ...base, schedules: { ...base.schedules, compost: '' } as never })).toThrow(
      'there is no job compost',
    );
    expect(() => new Runner({ ...base, schedules: { ...base.schedules, health: 'at noon' } })).toThrow(
      'no cron expression',
    );
  });
});

describe('catch-up at start', () => {
  beforeEach(() => {
    vi.setSystemTime(NOON + 2 * MINUTE);
  });

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
    makeRunner().tick();
    await settle();
    expect(runs).toHaveLength(expected);
    if (expected > 0) expect(control.jobs.last('health')).toMatchObject({ cause: 'catch-up', outcome: 'ok' });
  });

  test('runs of a killed process become lost and are told once', async () => {
    const id = pastRun(NOON - 3 * 60 * MINUTE, 'running');
    makeRunner('').tick();
    await settle();
    expect(control.jobs.recent(10).find((run) => run.id === id)).toMatchObject({
      outcome: 'lost',
      endedAt: NOON + 2 * MINUTE,
    });
    expect(control.alerts.recent(10)).toMatchObject([{ code: 'job-lost', facts: { count: 1 } }]);
  });

  test('many missed times are one run', async () => {
    pastRun(NOON - 100 * 60 * MINUTE, 'ok');
    makeRunner('*/5 * * * *').tick();
    await settle();
    expect(runs).toHaveLength(1);
  });
});

describe('later', () => {
  test('what was slept through is caught up, once', async () => {
    pastRun(NOON - 10_000, 'ok');
    makeRunner().tick();
    vi.setSystemTime(new Date('2027-01-10T15:40:10').getTime());
    await pass(5 * MINUTE);
    expect(control.jobs.recent(10).map((run) => run.cause)).toEqual(['catch-up', 'schedule']);
  });

  test('what is due while the job runs is run when it ends', async () => {
    const gate = Promise.withResolvers<void>();
    work = () => gate.promise.then(() => ({}));
    makeRunner('0 * * * *', 7200).tick();
    await pass(70 * MINUTE);
    expect(runs).toHaveLength(1);
    gate.resolve();
    await pass(2 * MINUTE);
    expect(runs).toHaveLength(2);
  });

  test('a clock that was years ahead blocks nothing once it is right again', async () => {
    makeRunner().tick();
    await settle();
    vi.setSystemTime(new Date('2031-05-01T10:30:00').getTime());
    await pass(MINUTE);
    expect(runs).toHaveLength(2);
    vi.setSystemTime(NOON + 10 * MINUTE);
    await pass(5 * MINUTE);
    expect(runs).toHaveLength(2);
    await runner!.stop();
    makeRunner().tick();
    await pass(60 * MINUTE);
    expect(runs).toHaveLength(3);
    expect(control.jobs.last('health')).toMatchObject({ cause: 'schedule' });
  });

  test('a clock that is put back a little repeats nothing', async () => {
    vi.setSystemTime(new Date('2027-01-10T12:59:55').getTime());
    pastRun(NOON, 'ok');
    makeRunner().tick();
    await pass(MINUTE);
    expect(runs).toHaveLength(1);
    vi.setSystemTime(new Date('2027-01-10T12:58:30').getTime());
    await pass(30 * MINUTE);
    expect(runs).toHaveLength(1);
  });

  test('a full disk loses nothing: ends are recorded when there is room, and what was due runs then', async () => {
    const log = createLogger({ name: 'test', level: 'silent' });
    const health: JobSpec = { ...BRIEF, name: 'health', run: async (context) => ({ looked: runs.push(context) }) };
    let isFull = false;
    runner = new Runner({
      ...others(health, '0 * * * *'),
      control: onFullDisk(control, () => isFull),
      log,
      clock: () => Date.now(),
    });
    pastRun(NOON - MINUTE, 'ok');
    runner.tick();
    isFull = true;
    await settle();
    expect(control.jobs.last('health')).toMatchObject({ outcome: 'running' });
    await pass(70 * MINUTE);
    expect(runs).toHaveLength(1);
    isFull = false;
    await pass(6 * MINUTE);
    expect(control.jobs.recent(10).map((run) => [run.cause, run.outcome])).toEqual([
      ['catch-up', 'ok'],
      ['schedule', 'ok'],
      ['schedule', 'ok'],
    ]);
    expect(runs).toHaveLength(2);
  });
});

describe('requests', () => {
  const ADA = '@ada:home.test' as PersonId;
  const ask = (source: string, dry = false) =>
    control.requests.ask({ source, person: ADA, job: 'health', dry, at: Date.now() });
  const requested = (source: string) => control.requests.untold().find((request) => request.source === source)!;

  test('begin at the next look, and leave a record', async () => {
    ask('$one');
    makeRunner('').tick();
    await settle();
    expect(requested('$one')).toMatchObject({ state: 'started', run: { cause: 'request', dry: false, outcome: 'ok' } });
    expect(runs).toMatchObject([{ dry: false }]);
  });

  test('a message that is handled twice asks once', async () => {
    ask('$one');
    makeRunner('').tick();
    await settle();
    ask('$one');
    await pass(MINUTE);
    expect(runs).toHaveLength(1);
  });

  test('that come while the job runs are one run after it', async () => {
    const gate = Promise.withResolvers<void>();
    work = () => gate.promise.then(() => ({}));
    ask('$one');
    makeRunner('').tick();
    ask('$two');
    ask('$three');
    await pass(MINUTE / 2);
    expect(runs).toHaveLength(1);
    gate.resolve();
    await pass(MINUTE / 2);
    expect(runs).toHaveLength(2);
    expect(requested('$two').run?.id).toBe(requested('$three').run?.id);
    expect(requested('$two').run?.id).not.toBe(requested('$one').run?.id);
  });

  test('a dry run is refused by a job that knows none, and changes no schedule where one is known', async () => {
    ask('$dry', true);
    makeRunner('').tick();
    expect(requested('$dry')).toMatchObject({ state: 'refused', refusal: 'no-dry' });
    await runner!.stop();
    pastRun(NOON - 2 * 60 * MINUTE, 'ok');
    ask('$dry-again', true);
    makeRunner('0 * * * *', 60, { canDry: true }).tick();
    await pass(2 * MINUTE);
    expect(runs.map((context) => context.dry)).toEqual([true, false]);
    expect(control.jobs.last('health')).toMatchObject({ dry: false });
  });

  test('a dry run that goes well leaves the alert of the work that failed', async () => {
    const failed = () => control.alerts.open().map(({ code }) => code);
    work = async () => {
      throw new Error('x');
    };
    await makeRunner('', 60, { canDry: true }).run('health', 'request');
    work = async () => ({});
    ask('$dry', true);
    runner!.tick();
    await settle();
    expect(runs.map((context) => context.dry)).toEqual([false, true]);
    expect(failed()).toEqual(['job-failed']);
    await runner!.run('health', 'request');
    expect(failed()).toEqual([]);
  });

  test('cancelling withdraws what waits and ends what runs, without an alert', async () => {
    work = (context) =>
      new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
    ask('$one');
    makeRunner('').tick();
    ask('$two');
    const cancel = () => control.requests.cancel({ source: '$end', person: ADA, job: 'health', at: Date.now() });
    expect(cancel()).toEqual({ withdrawn: 1, running: 1 });
    expect(cancel()).toEqual({ withdrawn: 1, running: 1 });
    await pass(MINUTE / 2);
    expect(requested('$one').run).toMatchObject({ outcome: 'cancelled', reference: null });
    expect(requested('$two')).toMatchObject({ state: 'withdrawn', run: null });
    expect(control.alerts.recent(10)).toEqual([]);
    expect(runs).toHaveLength(1);
  });

  test.each([
    [true, 'waiting', 2],
    [false, 'started', 1],
  ])('a killed run of a job that is repeatable (%s) leaves its request %s', async (repeatable, state, total) => {
    work = () => new Promise(() => {});
    ask('$one');
    makeRunner('', 60, { repeatable }).tick();
    const killed = runner!;
    control.jobs.markLost(Date.now(), repeatable ? ['health'] : []);
    expect(requested('$one').state).toBe(state);
    work = async () => ({});
    makeRunner('', 60, { repeatable }).tick();
    await pass(MINUTE / 2);
    expect(runs).toHaveLength(total);
    expect(requested('$one')).toMatchObject({ state: 'started', run: { outcome: repeatable ? 'ok' : 'lost' } });
    const last = runner;
    const ended = killed.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    await ended;
    runner = last;
  });

  test('a request that is cut off twice is not taken up a third time', async () => {
    work = (context) =>
      new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
    ask('$one');
    for (let start = 0; start < 3; start++) {
      makeRunner('').tick();
      await pass(MINUTE / 2);
      await runner!.stop();
      await settle();
    }
    expect(runs).toHaveLength(2);
    expect(requested('$one')).toMatchObject({ state: 'started', repeats: 1, run: { figures: { stopped: 1 } } });
  });

  test('the record of a run says how far it is; a step that is no key is refused', async () => {
    const gate = Promise.withResolvers<void>();
    work = async ({ progress }) => {
      progress({ step: 'health.probe', done: 1, total: 2 });
      progress({ step: 'health.probe', done: 2, total: 2 });
      await gate.promise;
      progress({ step: 'Zahnarzt.pdf' });
      return {};
    };
    ask('$one');
    makeRunner('').tick();
    await pass(MINUTE / 2);
    expect(control.jobs.last('health')?.progress).toEqual({ step: 'health.probe', done: 2, total: 2 });
    gate.resolve();
    await settle();
    expect(control.jobs.last('health')).toMatchObject({ outcome: 'failed' });
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
    await pass(3 * 60 * MINUTE);
    expect(runs).toHaveLength(1);
  });

  test('the next process does the stopped run over', async () => {
    work = (context) =>
      new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
    void makeRunner().run('health', 'schedule');
    await settle();
    await runner!.stop();
    work = async () => ({});
    makeRunner().tick();
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
