import { afterEach, beforeEach, expect, test } from 'vitest';
import { LockedNotices } from '../../bot/locked-notices.ts';
import type { LockedWork } from '../../core/incident/locked-work.ts';
import { openHousehold, queued } from './people-state.ts';

// What the ops room hears in a lockdown of the process of the jobs.

const SINCE = 1_800_000_000_000;

let place: Awaited<ReturnType<typeof openHousehold>>;
let work: LockedWork | undefined;
let notices: LockedNotices;

beforeEach(async () => {
  place = await openHousehold();
  work = undefined;
  notices = new LockedNotices({
    ...{ outbox: place.outbox, opsRoom: '!ops', since: SINCE, language: 'en' },
    work: () => work,
    clock: () => place.clock.now,
  });
});
afterEach(() => place.remove());

function heardAfter(seconds: number): string[] {
  place.clock.now = SINCE + seconds * 1000;
  notices.tick();
  return queued(place).map(({ body }) => body);
}

test('an unlocking of the jobs before the bot is no silence of theirs, however long the lockdown was', () => {
  work = { at: SINCE, outside: 'not-set-up', evidence: 'not-set-up' };
  const told = heardAfter(2);
  expect(told).toEqual([
    expect.stringContaining('Access from outside stays open'),
    expect.stringContaining('No evidence was kept'),
  ]);
  work = undefined;
  expect(heardAfter(600)).toEqual(told);
});

test('what the evidence of a lockdown does not hold is told with it, why, and how it is had', () => {
  const archive = {
    name: 'kin-evidence-x',
    madeAt: SINCE,
    bytes: 9,
    files: 3,
    sha256: 'ab',
    cause: 'lockdown',
  } as const;
  work = { at: SINCE, evidence: 'ok', archive, missing: ['records', 'log-files', 'host/evidence'] };
  const [told] = heardAfter(2);
  expect(told).toMatch(/Evidence is kept.*Not in it:.*- the records .*after .?kinkeeper unlock/s);
  expect(told).toMatch(/- the logs of Kinkeeper, which go to no file .*journalctl/);
  expect(told).toMatch(/- what the host helper copies, because it did not answer/);
});

test('jobs that do nothing at all are told, once, with what to do and how they are started', () => {
  expect(heardAfter(44)).toEqual([]);
  const told = heardAfter(46);
  expect(told).toEqual([expect.stringMatching(/Nothing else was done.*npm run ops.*kinkeeper evidence/s)]);
  expect(heardAfter(90)).toEqual(told);
});
