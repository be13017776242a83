import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OpenState } from '../../core/control.ts';
import { createLogger } from '../../core/log.ts';
import { exportTrail, rowLine } from '../../ops/audit/export-trail.ts';
import { verdictLines, verifyTrail } from '../../ops/audit/verify-trail.ts';
import { auditJob } from '../../ops/jobs/audit.ts';
import { openTestState } from './open-test-state.ts';
import { ORDINARY_RUN } from './ordinary-run.ts';

const NOW = 1_800_000_000_000;
let state: OpenState;
let remove: () => void;
beforeEach(async () => {
  ({ state, remove } = await openTestState(() => NOW));
});
afterEach(() => remove());

function note(at: number): void {
  state.control.audit.append({ at, actor: '@ada:home.test', action: 'test', target: '-', outcome: 'done' });
}

function runJob() {
  const log = createLogger({ name: 'test', level: 'silent' });
  const lent = { signal: new AbortController().signal, clock: () => NOW, log, previous: undefined };
  return auditJob(state).run({ ...lent, ...ORDINARY_RUN });
}

const raised = () => state.control.alerts.recent(10).map(({ code, facts }) => [code, facts.rows ?? facts.row]);

describe('the audit job', () => {
  test('reports where the trail stands, and not again while nothing is added', async () => {
    note(1);
    note(2);
    expect(await runJob()).toMatchObject({ rows: 2, hash: state.control.audit.anchor(0).hash });
    await runJob();
    expect(raised()).toEqual([['audit-anchor', 2]]);
    note(3);
    await runJob();
    expect(raised()).toEqual([
      ['audit-anchor', 3],
      ['audit-anchor', 2],
    ]);
  });

  test('an empty trail is no news', async () => {
    expect(await runJob()).toMatchObject({ rows: 0 });
    expect(raised()).toEqual([]);
  });

  test('tells a trail that no longer continues the one reported, though it is whole in itself', async () => {
    note(1);
    note(2);
    await runJob();
    state.control.facts.set('audit-anchor', JSON.stringify({ rows: 2, hash: 'ab'.repeat(32), at: NOW }));
    expect(await runJob()).toEqual({ brokenAtRow: 2 });
    expect(raised()[0]).toEqual(['audit-broken', 2]);
  });
});

describe('kinkeeper audit', () => {
  test('verify tells rows and anchor, and compares with one from outside', () => {
    note(1);
    const before = state.control.audit.anchor(NOW);
    note(2);
    const verdict = verifyTrail(state.control.audit, before, NOW);
    expect(verdict).toMatchObject({ ok: true, rows: 2, first: 1, compared: 'fits', anchor: { rows: 2, at: NOW } });
    expect(verdictLines(verdict)).toMatch(/whole: 2 rows\n.*continues.*\nanchor: \{"rows":2,/);
    const wrong = verifyTrail(state.control.audit, { ...before, hash: '0'.repeat(64) }, NOW);
    expect(wrong).toEqual({ ok: false, brokenAtRow: 1 });
    expect(verdictLines(wrong)).toContain('does not fit at row 1');
    const longer = verifyTrail(state.control.audit, { ...before, rows: 9 }, NOW);
    expect(longer).toEqual({ ok: false, brokenAtRow: 3 });
  });

  test('verify says from which row on there is something, and when an anchor is older than that', () => {
    note(1);
    const before = state.control.audit.anchor(NOW);
    for (const at of [2, 3, 4]) note(at);
    state.control.audit.removeBefore(4, 5);
    const verdict = verifyTrail(state.control.audit, before, NOW);
    expect(verdict).toMatchObject({ ok: true, rows: 5, first: 4, compared: 'too-old' });
    expect(verdictLines(verdict)).toMatch(/kept from row 4 on\n.*younger anchor/);
  });

  test('export gives every row since a time, oldest first', () => {
    for (const at of [10, 20, 30]) note(at);
    expect(exportTrail(state.control.audit, 20).map(({ row, at }) => [row, at])).toEqual([
      [2, 20],
      [3, 30],
    ]);
    expect(rowLine(exportTrail(state.control.audit, 30)[0]!)).toBe(
      '3\t1970-01-01T00:00:00.030Z\t@ada:home.test\ttest\t-\tdone',
    );
  });
});
