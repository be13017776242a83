import { afterEach, beforeEach, expect, test } from 'vitest';
import { rememberEvidence } from '../../../core/incident/evidence-list.ts';
import { readIncident } from '../../../core/incident/incident-record.ts';
import { incidentReport } from '../../../core/incident/incident-report.ts';
import type { JobResult } from '../../../core/job.ts';
import { openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';

const NOW = 1_800_000_000_000;
let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

test('a report tells runs that did nothing as that, and leaves out what runs every few minutes and did nothing', async () => {
  using state = await openTestState(place.stateDir);
  const { jobs } = state.control;
  const ended = (
    job: 'backup' | 'drill' | 'send' | 'sendBeside',
    result: Pick<JobResult, 'outcome' | 'figures' | 'reference'>,
  ) => jobs.finish(jobs.start(job, 'schedule', NOW - 1000 + jobs.recent(9).length), { at: NOW - 900, ...result });
  ended('backup', { outcome: 'nothing', figures: { notSetUp: 1 } });
  ended('drill', { outcome: 'failed', reference: 'abcd1234' });
  ended('send', { outcome: 'ok', figures: { sent: 1 } });
  ended('sendBeside', { outcome: 'nothing', figures: { nothingNew: 1 } });
  const record = readIncident(state.control, { now: NOW });
  const lines = (language: 'en' | 'de') =>
    incidentReport(language, record)
      .markdown.split('\n')
      .flatMap((line) => /\| (?:job|Aufgabe) \| (.+) \|$/.exec(line)?.[1] ?? []);
  expect(lines('en')).toEqual([
    'backup |  | did nothing: not set up',
    'drill |  | failed (abcd1234)',
    'send |  | went well',
  ]);
  expect(lines('de')[0]).toBe('backup |  | tat nichts: nicht eingerichtet');
});

test('a report of the real thing lists no evidence of a rehearsal', async () => {
  using state = await openTestState(place.stateDir);
  const { facts, audit } = state.control;
  for (const [name, cause] of [
    ['kin-evidence-real', 'lockdown'],
    ['kin-evidence-rehearsed', 'rehearsal'],
  ] as const) {
    rememberEvidence(facts, { ...{ name, cause, madeAt: NOW - 1000, bytes: 1, files: 1 }, sha256: 'a'.repeat(64) });
    audit.append({ at: NOW - 500, actor: 'system', action: 'evidence.made', target: name, outcome: 'done' });
  }
  const real = readIncident(state.control, { now: NOW });
  expect(JSON.stringify(real)).not.toContain('kin-evidence-rehearsed');
  expect(real.evidence.map(({ name }) => name)).toEqual(['kin-evidence-real']);
  expect(real.events.filter(({ about }) => about === 'kin-evidence-real')).toHaveLength(1);
  const rehearsed = readIncident(state.control, { now: NOW, rehearsal: true });
  expect(rehearsed.evidence).toHaveLength(2);
});
