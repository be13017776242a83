import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PersonId } from '../../../core/caller.ts';
import { compareKept, digestKept } from '../../../core/kept-digest.ts';
import type { HostAnswer } from '../../../ops/host/host-helper.ts';
import { noteUpdate, pendingUpdate } from '../../../ops/update/pending-update.ts';
import { settleUpdate } from '../../../ops/update/settle-update.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState } from '../open-test-state.ts';

const HOUR = 3_600_000;

let now: number;
let opened: Awaited<ReturnType<typeof openTestState>>;
beforeEach(async () => {
  now = Date.parse('2026-11-30T01:00:00Z');
  opened = await openTestState(() => now);
});
afterEach(() => opened.remove());

describe('the end of an update', () => {
  const settle = (answer: HostAnswer | undefined) =>
    settleUpdate({ control: opened.state.control, helper: { answer: async () => answer }, clock: () => now });
  const told = () => opened.state.control.alerts.undelivered().map(({ code, facts }) => [code, facts]);

  beforeEach(() => {
    const kept = digestKept(opened.state);
    noteUpdate(opened.state.control.facts, { update: 'u1', from: '0.1.0', to: '0.2.0', askedAt: now, kept });
  });

  test('is told once: done', async () => {
    expect(await settle({ outcome: 'ok', facts: {} })).toBe(true);
    expect(await settle({ outcome: 'ok', facts: {} })).toBe(true);
    expect(told()).toEqual([['update-done', { from: '0.1.0', to: '0.2.0' }]]);
  });

  test('is told with its reason: returned', async () => {
    await settle({ outcome: 'failed', facts: { reason: 'service-died' } });
    expect(told()).toEqual([['update-returned', { from: '0.1.0', to: '0.2.0', why: 'service-died' }]]);
    expect(pendingUpdate(opened.state.control.facts)).toBeUndefined();
  });

  test('is waited for, and not for ever', async () => {
    now += 23 * HOUR;
    expect(await settle(undefined)).toBe(false);
    expect(told()).toEqual([]);
    now += 2 * HOUR;
    expect(await settle(undefined)).toBe(true);
    expect(told()).toEqual([['update-returned', { from: '0.1.0', to: '0.2.0', why: 'no-answer' }]]);
  });
});

describe('what is kept, compared', () => {
  const add = (source: string, text: string) =>
    opened.state.vault.write(opened.state.control.people.callerFor('@ada:home.test')!, (writer) =>
      writer.addDocument(sampleDocument(source), [samplePassage(0, text)]),
    );
  beforeEach(() => {
    opened.state.control.people.seed([{ id: '@ada:home.test' as PersonId, role: 'admin', language: 'en' }]);
    add('$one', 'the key is under the mat');
    add('$two', 'the rent is due on Monday');
  });

  test('what came since is no difference; what is gone is one', () => {
    const before = digestKept(opened.state);
    add('$three', 'a third paper');
    expect(compareKept(before, digestKept(opened.state))).toEqual({ missing: 0, changed: 0 });
    const caller = opened.state.control.people.callerFor('@ada:home.test')!;
    opened.state.vault.write(caller, (writer) => writer.forgetDocument(1));
    expect(compareKept(before, digestKept(opened.state))).toEqual({ missing: 1, changed: 0 });
  });

  test('the digest holds no word, and tells a changed letter and a lost person', () => {
    const before = digestKept(opened.state);
    expect(JSON.stringify(before)).not.toMatch(/key|rent|ada/);
    const changed = structuredClone(before) as { people: number; documents: Record<string, Record<number, string>> };
    Object.values(changed.documents)[0]![1] = 'f'.repeat(32);
    changed.people -= 1;
    expect(compareKept(before, changed)).toEqual({ missing: 1, changed: 1 });
  });
});
