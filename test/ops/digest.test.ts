import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noonOf } from '../../core/daily-figures.ts';
import { lastDigest, markDigestSent, waitingDigest } from '../../core/digest.ts';
import { createLogger } from '../../core/log.ts';
import { FAR_DAYS, forecastDisk } from '../../ops/health/disk-forecast.ts';
import type { HostFacts } from '../../ops/host/host-facts.ts';
import type { JobContext } from '../../ops/job-spec.ts';
import { digestJob } from '../../ops/jobs/digest.ts';
import { openTestState } from './open-test-state.ts';

const DAY = 86_400_000;
const SUNDAY = noonOf('2026-11-29');

let now = SUNDAY;
let home: Awaited<ReturnType<typeof openTestState>>;
beforeEach(async () => {
  now = SUNDAY - 60 * DAY;
  home = await openTestState(() => now);
  home.state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  now = SUNDAY;
});
afterEach(() => home.remove());

async function run(host?: HostFacts) {
  const log = createLogger({ name: 'test', level: 'silent' });
  const context: JobContext = {
    ...{ signal: new AbortController().signal, clock: () => now, log, previous: undefined },
    ...{ dry: false, progress: () => {} },
  };
  return digestJob({ control: home.state.control, host: async () => host }).run(context);
}

const waiting = () => waitingDigest(home.state.control.facts);

/** A week of a house, a little of everything. */
function live(): void {
  const { daily, backups, jobs, alerts, facts } = home.state.control;
  for (let back = 9; back >= 0; back--) {
    const at = SUNDAY - back * DAY;
    const levels = { stateBytes: 2e9 - back * 1e7, diskFreeBytes: 20e9 + back * 1e9, diskBytes: 80e9, failedLogins: 5 };
    daily.note(at, levels);
    forecastDisk(facts, { name: 'state', free: levels.diskFreeBytes }, at);
    daily.noteFile(at);
    for (const seconds of [1, 2, 30]) daily.noteAnswer(at, seconds);
    const made = {
      name: `kin-2026${back}`,
      madeAt: at - 3_600_000,
      bytes: 1e8,
      sha256: 'a',
      plainBytes: 1,
      entries: 1,
    };
    if (back % 3 !== 0) continue;
    backups.add(made, new Uint8Array(32));
    backups.noteCopy(made.name, { place: 'local', verifiedAt: at });
    if (back > 0) backups.markProven(made.name, at, {});
  }
  const ended = (job: 'health' | 'audit', at: number, outcome: 'ok' | 'failed') =>
    jobs.finish(jobs.start(job, 'schedule', at), { at, outcome });
  ended('health', SUNDAY - DAY, 'failed');
  ended('audit', SUNDAY - DAY, 'ok');
  ended('audit', SUNDAY - 20 * DAY, 'failed');
  alerts.raise({ code: 'disk-low', severity: 'warning', key: 'disk-low', facts: { freeBytes: 1 } });
  alerts.raise({ code: 'job-lost', severity: 'warning', facts: { count: 1 } });
  alerts.raise({ code: 'audit-anchor', severity: 'info' });
}

test('tells of the week in numbers alone', async () => {
  live();
  await run({ securityUpdates: 3, rebootRequired: true } as HostFacts);
  const digest = waiting()!;
  expect(digest).toEqual({
    ...{ from: SUNDAY - 7 * DAY, to: SUNDAY },
    ...{ answers: 21, medianSeconds: expect.closeTo(2, 1), files: 7 },
    ...{ keptBytes: 2e9, keptChangeBytes: 6e7, diskFreeBytes: 20e9, diskBytes: 80e9, fullInDays: 20 },
    ...{ backupsMade: 3, backupsProven: 2, backupsFailed: 0, provenAgeMs: 3 * DAY + 3_600_000, hasBackups: true },
    ...{ updatesMade: 0, updatesFailed: 0, securityUpdates: 3, rebootRequired: true },
    ...{ jobsFailed: 1, alertsRaised: 2, alertsOpen: 1, failedLogins: 35 },
  });
  expect(JSON.stringify(digest)).not.toMatch(/ada|home\.test/);
});

test('a house of which nothing is known yet has a digest that says so, in its first day none at all', async () => {
  await run();
  expect(waiting()).toMatchObject({
    ...{ answers: 0, medianSeconds: null, keptBytes: null, keptChangeBytes: null, fullInDays: null },
    ...{ provenAgeMs: null, hasBackups: false, securityUpdates: null, rebootRequired: null, failedLogins: null },
  });
  markDigestSent(home.state.control.facts, waiting()!);
  now = SUNDAY - 60 * DAY + 3_600_000;
  expect(await run()).toEqual({ tooEarly: 1 });
  expect(waiting()).toBeUndefined();
});

describe('the time that it tells of', () => {
  test('begins where the last one ended, and is a week at least', async () => {
    await run();
    markDigestSent(home.state.control.facts, waiting()!);
    now += 9 * DAY;
    await run();
    expect(waiting()).toMatchObject({ from: SUNDAY, to: SUNDAY + 9 * DAY });
    markDigestSent(home.state.control.facts, waiting()!);
    now += DAY;
    await run();
    expect(waiting()).toMatchObject({ from: now - 7 * DAY, to: now });
  });

  test('takes in what nobody was sent, because the bot was down', async () => {
    await run();
    now += 7 * DAY;
    await run();
    now += 7 * DAY;
    await run();
    expect(waiting()).toMatchObject({ from: SUNDAY - 7 * DAY, to: SUNDAY + 14 * DAY });
    now += 90 * DAY;
    await run();
    expect(waiting()!.from).toBe(now - 35 * DAY);
  });

  test('is not led astray for long by a clock that was wrong', async () => {
    now = SUNDAY + 4000 * DAY;
    await run();
    markDigestSent(home.state.control.facts, waiting()!);
    now = SUNDAY;
    await run();
    expect(waiting()).toMatchObject({ from: SUNDAY - 7 * DAY, to: SUNDAY });
  });
});

test('a record that is damaged counts as none, and the next one takes its place', async () => {
  const { facts } = home.state.control;
  for (const damaged of ['', '{', '{"to":1}', '{"from":"x"}']) {
    facts.set('digest', damaged);
    expect(lastDigest(facts)).toBeUndefined();
    expect(waiting()).toBeUndefined();
  }
  await run();
  expect(waiting()).toMatchObject({ to: SUNDAY });
});

test('a backup that only stands in the list of a remote is none', async () => {
  const { backups } = home.state.control;
  const name = 'kin-20261128T031500Z-0000aa';
  backups.adopt({ name, madeAt: SUNDAY - DAY, bytes: 5, sha256: '' });
  backups.noteCopy(name, { place: 'attic', verifiedAt: 0 });
  await run();
  expect(waiting()).toMatchObject({ backupsMade: 0, hasBackups: false });
});

test('only updates that changed something count as made', async () => {
  const { jobs, alerts } = home.state.control;
  now = SUNDAY - DAY;
  const ended = (job: 'update' | 'hostUpdates', outcome: 'ok' | 'nothing' | 'failed', figures = {}) =>
    jobs.finish(jobs.start(job, 'schedule', now), { at: now, outcome, figures });
  for (const installed of [0, 0, 4]) ended('hostUpdates', 'ok', { installed });
  ended('hostUpdates', 'nothing', { notSetUp: 1 });
  for (const begun of [0, 1]) ended('update', 'ok', { begun });
  ended('update', 'failed');
  alerts.raise({ code: 'update-done', severity: 'info', facts: { from: '1', to: '2' } });
  alerts.raise({ code: 'update-returned', severity: 'warning', facts: { from: '2', to: '3', why: 'mute' } });
  now = SUNDAY;
  await run();
  expect(waiting()).toMatchObject({ updatesMade: 2, updatesFailed: 2 });
});

test('says of the disk what the alert says: one big file is no trend, and a slow one is told for a year ahead', async () => {
  const { daily, facts } = home.state.control;
  const days = (freeAt: (day: number) => number) => {
    let forecast: number | null = null;
    for (let step = 0; step <= 48; step++) {
      const [day, at] = [step / 4, SUNDAY - (48 - step) * (DAY / 4)];
      daily.note(at, { diskFreeBytes: freeAt(day), diskBytes: 80e9 });
      forecast = forecastDisk(facts, { name: 'state', free: freeAt(day) }, at);
    }
    return Math.floor(forecast!);
  };
  expect(days((day) => 60e9 - (day > 11.5 ? 45e9 : 0))).toBe(FAR_DAYS);
  await run();
  expect(waiting()).toMatchObject({ fullInDays: null, diskFreeBytes: 15e9 });
  facts.delete('disk-samples state');
  expect(days((day) => 30e9 - day * 2e9 + (day > 11.5 ? 25e9 : 0))).toBe(15);
  await run();
  expect(waiting()!.fullInDays).toBe(15);
  facts.delete('disk-samples state');
  expect(days((day) => 80e9 - day * 0.1e9)).toBeGreaterThan(700);
  await run();
  expect(waiting()!.fullInDays).toBeNull();
});
