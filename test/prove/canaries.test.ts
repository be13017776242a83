import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomStream, testSeed } from '../bot/random.ts';
import { canaryCampaign } from './canaries/canary-campaign.ts';
import { Canaries, findMarks, MARK } from './canaries/marks.ts';
import { unwalked } from './canaries/unwalked.ts';

const seed = testSeed();

// A small life that still goes through every door; `npm run prove:canaries` puts in 1,000 canaries, fifty times as many.
test(`no private word leaves its chat: not in a log, alert, command, job, file or audit row (seed ${seed})`, async () => {
  const { ok, figures } = await canaryCampaign({ seed, scale: 0.02, say: () => {} });
  console.log(JSON.stringify({ seed, ...figures }));
  expect(figures.found).toEqual([]);
  for (const [kind, count] of Object.entries(figures.canaries)) expect(count, kind).toBeGreaterThan(0);
  expect(figures.seenByOwner).toBeGreaterThan(5);
  expect(figures.files).toBeGreaterThan(10);
  expect(figures.exports).toBe(1);
  expect(figures.unwalked).toEqual([]);
  expect(ok).toBe(true);
}, 600_000);

test('what leaks is found wherever it is put', async () => {
  const { ok, figures } = await canaryCampaign({
    seed,
    scale: 0.001,
    say: () => {},
    shell: false,
    leak: ({ home, logged }, canary) => {
      const { alerts, audit, facts } = home.state.control;
      logged.push(`{"msg":"kept ${canary}"}`);
      alerts.raise({ code: 'job-failed', severity: 'info', facts: { job: canary, reference: 'r' } });
      audit.append({ at: 1, actor: '@ada:home.test', action: 'x', target: canary, outcome: 'done' });
      facts.set('announced', canary.toUpperCase());
      writeFileSync(join(home.folder, 'state', 'plain.tmp'), Buffer.from(`xx${canary}`).toString('base64'));
      writeFileSync(join(home.folder, 'state', `${canary}.lock`), '');
    },
  });
  expect(ok).toBe(false);
  const sinks = new Set(
    figures.found.map(({ sink, form }) => `${sink}: ${form}`.replace(/file .*plain/, 'file plain')),
  );
  for (const wanted of [
    'bot log: utf-8',
    'alerts: utf-8',
    'mails: utf-8',
    'webhook: utf-8',
    'ops !alerts: utf-8',
    'audit export: utf-8',
    'facts: utf-8 capitals',
    'file plain.tmp, after all commands and jobs: base64 at 2',
    'names of files, after all commands and jobs: utf-8',
  ]) {
    expect([...sinks]).toContain(wanted);
  }
  expect(new Set(figures.found.map(({ kind }) => kind))).toContain('text');
}, 600_000);

test('a command, a job or a command of the shell that nobody looked at is named', () => {
  const missed = unwalked({
    sinks: ['ops !status', 'ops !people add @x:home.test', 'shell doctor --json'],
    jobs: ['audit'],
    shell: ['doctor', 'keys list'],
  });
  expect(missed).not.toContain('ops !status');
  expect(missed).not.toContain('shell doctor');
  // A longer command does not stand for the shorter one, nor one place for another.
  for (const wanted of [
    'direct !status',
    'family !status',
    'ops !hilfe',
    'shell keys list',
    'job health',
    'job retention',
  ])
    expect(missed).toContain(wanted);
});

test('a mark is found in every way of writing it, anywhere in a run of bytes', () => {
  const canary = new Canaries(randomStream(seed)).make('note');
  expect(canary.startsWith(MARK)).toBe(true);
  const random = randomStream(seed);
  for (let before = 0; before < 30; before++) {
    const noise = Buffer.from(Array.from({ length: before }, () => Math.floor(random() * 256)));
    const plain = Buffer.concat([noise, Buffer.from(canary), noise]);
    const written: [string, Buffer][] = [
      ['plain', plain],
      ['base64', Buffer.from(plain.toString('base64'))],
      ['base64url', Buffer.from(plain.toString('base64url'))],
      ['hex', Buffer.from(plain.toString('hex'))],
      ['utf-16', Buffer.concat([noise, Buffer.from(canary, 'utf16le')])],
      ['capitals', Buffer.concat([noise, Buffer.from(canary.toUpperCase())])],
      ['JSON', Buffer.from(JSON.stringify({ text: canary }))],
    ];
    for (const [name, bytes] of written) expect(findMarks(bytes), `${name} after ${before}`).not.toEqual([]);
  }
  expect(findMarks(Buffer.from(Array.from({ length: 2_000_000 }, () => Math.floor(random() * 256))))).toEqual([]);
});
