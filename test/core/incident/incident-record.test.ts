import { afterEach, beforeEach, expect, test } from 'vitest';
import { rememberEvidence } from '../../../core/incident/evidence-list.ts';
import { readIncident } from '../../../core/incident/incident-record.ts';
import { openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';

const NOW = 1_800_000_000_000;
let place: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

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
