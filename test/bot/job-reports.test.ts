import { afterEach, beforeEach, expect, test } from 'vitest';
import { JobReports } from '../../bot/job-reports.ts';
import { messageContent } from '../../bot/matrix/message-content.ts';
import { type Outbox, transactionFor } from '../../bot/matrix/outbox.ts';
import type { JobLog, JobRequests } from '../../core/job.ts';
import { type Household, openHousehold } from './people-state.ts';

const ROOM = '!ops:home.test';
const ASKED = '$asked';

let home: Household;
let outbox: Outbox;
let jobs: JobLog;
let requests: JobRequests;
let reports: JobReports;

beforeEach(async () => {
  home = await openHousehold();
  ({ outbox } = home);
  ({ jobs, requests } = home.state.control);
  reports = make();
});
afterEach(() => home.remove());

function make(): JobReports {
  const { people } = home.state.control;
  return new JobReports({ requests, outbox, people, clock: () => home.clock.now, wake: () => {} });
}

function ask(job: 'health' | 'backup' = 'health'): void {
  const person = home.state.control.people.list()[0]!.id;
  requests.ask({ source: ASKED, person, job, dry: false, at: home.clock.now });
}

/** The answer to the command, as the dispatcher queues it. */
function answer(): void {
  const content = messageContent('asked for', 'm.notice');
  const transaction = transactionFor(ASKED, 'answer');
  outbox.add({ transaction, room: ROOM, audience: { kind: 'ops' }, type: 'm.room.message', content, source: ASKED });
}

/** What the sending loop would send; every message reaches the room. */
function sent(): string[] {
  const bodies: string[] = [];
  for (let row = outbox.next(); row; row = outbox.next()) {
    bodies.push(String(row.content.body));
    outbox.markTried(row.id);
    outbox.markSent(row.id, `$sent${row.id}`);
  }
  return bodies;
}

function start(): number {
  return requests.start(
    requests.waiting().map(({ id }) => id),
    home.clock.now,
  )!;
}

function pass(seconds: number): string[] {
  const bodies: string[] = [];
  for (let gone = 0; gone < seconds; gone++) {
    home.clock.now += 1000;
    reports.tick();
    bodies.push(...sent());
  }
  return bodies;
}

test('one message grows with at most twelve edits over hours, and the last says how it ended', () => {
  ask();
  answer();
  sent();
  const id = start();
  const edits = pass(4 * 3600);
  expect(edits.length).toBeGreaterThanOrEqual(8);
  expect(edits.length).toBeLessThanOrEqual(11);
  expect(edits[0]).toMatch(/^\* You asked for the health check\. Running for \d secs?\.$/);
  jobs.finish(id, { at: home.clock.now, outcome: 'ok', figures: { looked: 7 } });
  expect(pass(10)).toEqual([expect.stringMatching(/went well after 4 hrs?.*\s+Counted: looked 7$/s)]);
  expect(requests.untold()).toEqual([]);
});

test.each([
  [{ sent: 3, failed: 1, failedAt: 'nas' }, /went well in part only.*3 sent, 1 failed, namely nas \(the alert/s],
  [{ whole: 1, changed: 1, failed: 0 }, /in part only.*1 copy read again and whole, 1 damaged/s],
  [{ sent: 1, failed: 0, missing: 0, changed: 0 }, /It went well/],
])('%o is told as it is', (figures, told) => {
  ask();
  answer();
  sent();
  jobs.finish(start(), { at: home.clock.now, outcome: 'ok', figures });
  expect(pass(5)).toEqual([expect.stringMatching(told)]);
});

test.each([
  [
    { lock: 'ok', outside: 'not-set-up', evidence: 'ok', restore: 'failed', report: 'ok', failed: 1 },
    'locking down: went well, closing the outside: not set up here, evidence: went well, a proven backup: failed, the report: went well, 1 failed',
  ],
  [
    { archive: 'kin-evidence-x', bytes: 12, files: 2, sha256: 'ab', notInIt: 'log-files host' },
    /^archive kin-evidence-x, 12 bytes?, 2 files, not in it:\n- the logs of Kinkeeper, which go to no file .*\n- the logs of the host, as there is no host helper/,
  ],
])('figures are told whole and in words, never by ids (%#)', (figures, expected) => {
  ask();
  answer();
  sent();
  jobs.finish(start(), { at: home.clock.now, outcome: 'ok', figures });
  const [told] = pass(10);
  const counted = told!.replaceAll(/[*`]/g, '').split('Counted: ')[1]!;
  if (typeof expected === 'string') expect(counted).toBe(expected);
  else expect(counted).toMatch(expected);
});

test('a backup that was made says that it is neither proven nor sent yet, and how that comes', () => {
  ask('backup');
  answer();
  sent();
  jobs.finish(start(), { at: home.clock.now, outcome: 'ok', figures: { bytes: 12 } });
  expect(pass(10)[0]).toMatch(/went well .*not proven .*nor sent elsewhere.*!run drill.*!run send/s);
});

test('a kill between outbox and record sends nothing twice and leaves nothing out', () => {
  ask();
  answer();
  sent();
  jobs.finish(start(), { at: home.clock.now, outcome: 'failed', reference: 'abcd1234' });
  const died = { ...requests, untold: () => requests.untold(), noteTold: () => {}, noteEdit: () => {} };
  const { people } = home.state.control;
  const dying = new JobReports({
    ...{ outbox, people, clock: () => home.clock.now, wake: () => {} },
    requests: died as unknown as JobRequests,
  });
  dying.tick();
  const first = sent();
  expect(first).toHaveLength(1);
  expect(first[0]).toContain('abcd1234');
  reports = make();
  expect(pass(30)).toEqual([]);
  expect(requests.untold()).toEqual([]);
});

test('a restart goes on with the same message and the same count of edits', () => {
  ask();
  answer();
  sent();
  const id = start();
  let edits = 0;
  for (let restart = 0; restart < 40; restart++) {
    reports = make();
    edits += pass(10).length;
  }
  expect(edits).toBe(11);
  jobs.finish(id, { at: home.clock.now, outcome: 'ok' });
  expect(pass(5)).toHaveLength(1);
});

test('waits for the answer, and speaks of it even when the run was over before', () => {
  ask();
  jobs.finish(start(), { at: home.clock.now, outcome: 'ok' });
  expect(pass(5)).toEqual([]);
  answer();
  expect(pass(5)).toEqual(['asked for', expect.stringContaining('went well')]);
});

test('edits do not pile up while the server is away', () => {
  ask();
  answer();
  sent();
  const id = start();
  for (let gone = 0; gone < 600; gone++) reports.tick();
  jobs.finish(id, { at: home.clock.now, outcome: 'ok' });
  expect(pass(1)).toHaveLength(2);
});

test('says what was refused, withdrawn, cut off, and begun anew', () => {
  ask();
  answer();
  sent();
  start();
  jobs.markLost(home.clock.now, ['health']);
  expect(pass(8)).toEqual([expect.stringContaining('begins once more')]);
  start();
  jobs.markLost(home.clock.now, ['health']);
  expect(pass(2)).toEqual([expect.stringMatching(/cut off.*ask again/)]);
});

test('an answer that may not be shown, or never came, is waited for no longer', () => {
  ask();
  answer();
  outbox.drop(outbox.next()!.id);
  jobs.finish(start(), { at: home.clock.now, outcome: 'ok' });
  expect(pass(2)).toEqual([]);
  expect(requests.untold()).toEqual([]);
});
