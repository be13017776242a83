import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PersonId } from '../../../core/caller.ts';
import { AppError } from '../../../core/errors.ts';
import { digestKept } from '../../../core/kept-digest.ts';
import { createLogger } from '../../../core/log.ts';
import type { HostAnswer } from '../../../ops/host/host-helper.ts';
import { judgeTrial } from '../../../ops/update/judge-trial.ts';
import { noteUpdate } from '../../../ops/update/pending-update.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState } from '../open-test-state.ts';

// The judge on a real state; heartbeats are written as a bot on trial writes them. Time is the test's.

const TRIAL = { update: 'u1', from: '0.1.0', to: '0.2.0' };
const WATCH_MS = 10_000;

let opened: Awaited<ReturnType<typeof openTestState>>;
let said: string[];
let stop: AbortController;
/** What the helper answers to a judgement. */
let answers: () => HostAnswer;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: Date.parse('2026-11-30T01:00:00Z') });
  opened = await openTestState(() => Date.now());
  said = [];
  stop = new AbortController();
  answers = () => ({ outcome: 'ok', facts: {} });
  const { people } = opened.state.control;
  people.seed([{ id: '@ada:home.test' as PersonId, role: 'admin', language: 'en' }]);
  opened.state.vault.write(people.callerFor('@ada:home.test')!, (writer) =>
    writer.addDocument(sampleDocument('$one'), [samplePassage(0, 'the key is under the mat')]),
  );
  noteUpdate(opened.state.control.facts, { ...TRIAL, askedAt: Date.now(), kept: digestKept(opened.state) });
});
afterEach(() => {
  vi.useRealTimers();
  opened.remove();
});

/** Judges for so many seconds, a beat of the bot each second. Returns what it told the helper. */
async function judge(
  seconds: number,
  beat: (second: number) => Record<string, string | number> | undefined,
  version = '0.2.0',
) {
  let isOver = false;
  const tell = (verb: string) => async () => {
    said.push(verb);
    return answers();
  };
  const judging = judgeTrial(
    {
      trial: TRIAL,
      state: opened.state,
      deployment: { currentVersion: version, confirm: tell('confirm'), goBack: tell('back') },
      homeserverAnswers: async () => true,
      watchMs: WATCH_MS,
      clock: () => Date.now(),
      log: createLogger({ name: 'test', level: 'silent' }),
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    stop.signal,
  ).finally(() => {
    isOver = true;
  });
  judging.catch(() => {});
  for (let second = 0; second < seconds && !isOver; second++) {
    const figures = beat(second);
    if (figures) opened.state.control.heartbeats.beat({ process: 'bot', at: Date.now(), figures });
    await vi.advanceTimersByTimeAsync(1000);
  }
  if (isOver) await judging;
  stop.abort();
  await vi.advanceTimersByTimeAsync(1000);
  await judging.catch(() => {});
  return said;
}

const WELL = { version: '0.2.0', trial: 'u1', selfTest: 'ok', startedAt: 1 };

test('a bot that is well for the whole time is confirmed', async () => {
  expect(await judge(20, () => WELL)).toEqual(['confirm']);
});

test.each<[string, (second: number) => Record<string, string | number> | undefined]>([
  ['of the old version', () => ({ ...WELL, version: '0.1.0' })],
  ['of another trial', () => ({ ...WELL, trial: 'u0' })],
  ['whose test of itself fails', () => ({ ...WELL, selfTest: 'encryption' })],
  ['that starts again and again', (second) => ({ ...WELL, startedAt: Math.floor(second / 5) })],
  ['that falls silent', (second) => (second < 3 ? WELL : undefined)],
  ['that never was there', () => undefined],
])('a bot %s is not', async (_name, beat) => {
  expect(await judge(60, beat)).toEqual([]);
});

test('data that differ go back at once, also when they change in the middle', async () => {
  const forget = () =>
    opened.state.vault.write(opened.state.control.people.callerFor('@ada:home.test')!, (writer) =>
      writer.forgetDocument(1),
    );
  expect(
    await judge(30, (second) => {
      if (second === 4) forget();
      return WELL;
    }),
  ).toEqual(['back']);
  said = [];
  stop = new AbortController();
  expect(await judge(2, () => WELL)).toEqual(['back']);
});

test('a helper that says nothing to the judgement, or will not have it, does not end ops', async () => {
  answers = () => {
    throw new AppError('unavailable', 'the host helper did not answer in time', { reason: 'host-helper-silent' });
  };
  expect(await judge(20, () => WELL)).toEqual(['confirm']);
  answers = () => ({ outcome: 'refused', facts: { reason: 'other-update' } });
  stop = new AbortController();
  expect(await judge(20, () => WELL)).toEqual(['confirm', 'confirm']);
});

test('ops of the old version judges nothing', async () => {
  expect(await judge(20, () => WELL, '0.1.0')).toEqual([]);
});
