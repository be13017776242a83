import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { scheduleWords } from '../../../bot/commands/schedule-words.ts';
import { say } from '../../../bot/wording/say.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, type Household, openHousehold } from './household.ts';

const MINUTE = 60_000;

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
  home.state.control.heartbeats.beat({ process: 'ops', at: NOW - MINUTE, figures: {} });
});
afterEach(() => home[Symbol.asyncDispose]());

/** What the ops room answers. */
async function type(line: string, source = `$${line}`, person = ADA): Promise<string> {
  const [name = '', ...rest] = line.slice(1).split(' ');
  const call = { name, args: rest.join(' '), place: 'ops', caller: home.callerOf(person), source } as const;
  return (await runCommand(call, home.services)).text;
}

const rows = () =>
  home.state.control.audit.recent(5).map(({ action, target, outcome }) => `${action} ${target} ${outcome}`);

describe('!jobs', () => {
  test('shows schedule, last run, what runs and what waits of each job', async () => {
    const { jobs, requests } = home.state.control;
    jobs.plan([
      { job: 'health', schedule: '*/5 * * * *', nextAt: NOW + MINUTE },
      { job: 'audit', schedule: '', nextAt: null },
    ]);
    jobs.finish(jobs.start('health', 'schedule', NOW - 9 * MINUTE), {
      at: NOW - 8 * MINUTE,
      outcome: 'failed',
      reference: 'abcd1234',
    });
    jobs.note(jobs.start('audit', 'request', NOW - 65_000), { step: 'health.probe', done: 2, total: 4 });
    for (const source of ['$a', '$b'])
      requests.ask({ source, person: home.callerOf(ADA).person, job: 'audit', dry: false, at: NOW });
    const text = await type('!jobs');
    expect(text).toMatch(
      /^- `health`, the health check: every 5 minutes, next .+; the last run, 9 min.* ago, \*\*failed\*\* after 1 min.*\*\*abcd1234\*\*\)$/mu,
    );
    expect(text).toMatch(
      /^- `audit`, .+: \*\*running\*\* for 1 min, 5 secs? \(waiting for the homeserver to answer ▓▓▓▓▓░░░░░ 2 of 4\); only when asked; never ran so far; 2 requests wait$/mu,
    );
    expect(text).not.toContain('No job can run');
  });

  test.each([
    ['notSetUp', 'did nothing (not set up yet)', 'tat nichts (noch nicht eingerichtet)'],
    ['nothingNew', 'did nothing (there was nothing new)', 'tat nichts (es gab nichts Neues)'],
    ['tooEarly', 'did nothing (it was too early)', 'tat nichts (es war zu früh)'],
  ])('never says that a run went well that did nothing (%s)', async (why, english, german) => {
    const { jobs, people } = home.state.control;
    jobs.finish(jobs.start('backup', 'schedule', NOW - 9 * MINUTE), {
      at: NOW,
      outcome: 'nothing',
      figures: { [why]: 1 },
    });
    const text = await type('!jobs');
    expect(text).toContain(`ago, ${english}`);
    expect(text).not.toContain('went well');
    people.setLanguage(home.callerOf(ADA).person, 'de');
    expect(await type('!jobs')).toContain(german);
  });

  test.each([
    ['was silent for four minutes', NOW - 4 * MINUTE, 'nothing was heard of their process (`npm run ops`) for 4 min'],
    ['was never heard', undefined, 'was never heard'],
  ])('says so when the process of the jobs %s', async (_what, at, expected) => {
    await using fresh = await openHousehold();
    if (at !== undefined) fresh.state.control.heartbeats.beat({ process: 'ops', at, figures: {} });
    const call = { name: 'jobs', args: '', place: 'ops', caller: fresh.callerOf(ADA) } as const;
    expect((await runCommand(call, fresh.services)).text).toContain(expected);
    const run = await runCommand({ ...call, name: 'run', args: 'health' }, fresh.services);
    expect(run.text).toContain(expected);
    expect(run.text).toContain('waits, and runs when it is back');
  });
});

describe('!run and !cancel', () => {
  test('ask once per message, however often it is handled', async () => {
    expect(await type('!run health')).toContain('begins in a moment');
    await type('!run health');
    await type('!run audit', '$other');
    const { requests } = home.state.control;
    expect(requests.waiting().map(({ job, source, person }) => [job, source, person])).toEqual([
      ['health', '$!run health', ADA],
      ['audit', '$other', ADA],
    ]);
    expect(rows()).toContain('command.run health done');
  });

  test.each(['!run health dry', '!starte health probe', '!run HEALTH Dry'])('%s is a dry run', async (line) => {
    expect(await type(line)).toContain('dry run');
    expect(home.state.control.requests.waiting()).toMatchObject([{ job: 'health', dry: true }]);
    expect(rows()[0]).toBe('command.run dry health done');
  });

  test('says that a running one comes first', async () => {
    home.state.control.jobs.start('health', 'schedule', NOW);
    expect(await type('!run health')).toContain('running already');
  });

  test('cancelling withdraws and ends, once, and says what it met', async () => {
    const { jobs, requests } = home.state.control;
    const id = jobs.start('health', 'schedule', NOW);
    await type('!run health');
    const first = await type('!cancel health');
    expect(first).toContain('what runs ends now');
    expect(first).toContain('1 request that waited is withdrawn');
    expect(await type('!cancel health')).toBe(first);
    expect(jobs.toCancel()).toEqual([id]);
    expect(requests.waiting()).toEqual([]);
    expect(rows()[0]).toBe('command.cancel health done');
    jobs.finish(id, { at: NOW, outcome: 'cancelled' });
    expect(await type('!cancel health', '$later')).toContain('Nothing to cancel');
    expect(rows()[0]).toBe('command.cancel health done');
  });

  test.each(['!run compost', '!cancel compost'])('%s names the jobs that there are', async (line) => {
    const text = await type(line);
    expect(text).toContain('`health`');
    expect(text).toContain('`audit`');
    expect(home.state.control.requests.waiting()).toEqual([]);
    expect(rows()[0]).toMatch(/ - refused$/);
  });

  test('cancelling in one’s own chat still means questions', async () => {
    const call = { name: 'cancel', args: '', place: 'direct', caller: home.callerOf(ADA) } as const;
    expect((await runCommand(call, home.services)).text).toBe(
      say('en', 'stopped', { running: 1, waiting: 2, exports: 0 }),
    );
  });

  test('are for admins alone', async () => {
    expect(await type('!run health', '$ben', BEN)).toBe(say('de', 'command.admin-only'));
    expect(home.state.control.requests.waiting()).toEqual([]);
  });
});

test.each([
  ['*/5 * * * *', { kind: 'minutes', every: 5 }],
  ['* * * * *', { kind: 'minutes', every: 1 }],
  ['20 * * * *', { kind: 'hourly', minute: 20 }],
  ['15 3 * * *', { kind: 'daily', time: '03:15' }],
  ['0 4 * * 7', { kind: 'weekly', time: '04:00', day: 0 }],
  ['0 4 1 * *', { kind: 'monthly', time: '04:00', date: 1 }],
  ['', { kind: 'off' }],
  [undefined, { kind: 'unknown' }],
  ['*/7 * * * *', { kind: 'cron' }],
  ['0 4 1 2 *', { kind: 'cron' }],
  ['0 4 1 * 1', { kind: 'cron' }],
  ['@daily', { kind: 'cron' }],
])('the schedule %s in words', (expression, words) => {
  expect(scheduleWords(expression)).toMatchObject(words);
});
