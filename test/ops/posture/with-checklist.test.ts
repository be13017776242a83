import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { keepChecklist, readChecklist } from '../../../core/posture.ts';
import type { JobContext, JobSpec } from '../../../ops/job-spec.ts';
import { withChecklist } from '../../../ops/jobs/with-checklist.ts';
import { stateLines } from '../../../ops/posture/state-lines.ts';
import { BARE, COMMANDS } from '../fixes/host-kinds.ts';
import { openTestState } from '../open-test-state.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
let state: OpenState;
let stateDir: string;
let remove: () => void;
beforeEach(async () => {
  ({ state, stateDir, remove } = await openTestState(() => NOW));
});
afterEach(() => remove());

/** Makes a backup and proves it. */
const job: JobSpec = {
  ...{ name: 'backup', limitSeconds: 60, canDry: false, repeatable: true },
  run: async () => {
    const made = { name: 'fresh', madeAt: NOW, bytes: 5, sha256: 'x', plainBytes: 9, entries: 1 };
    state.control.backups.add(made, new Uint8Array(32));
    state.control.backups.noteCopy('fresh', { place: 'local', verifiedAt: NOW });
    state.control.backups.markProven('fresh', NOW, {});
    return { files: 1 } as Awaited<ReturnType<JobSpec['run']>>;
  },
};

async function run(control: Pick<OpenState['control'], 'alerts' | 'facts'> = state.control) {
  const error = vi.fn();
  const lines = stateLines({
    ...{ stateDir, control: state.control, keys: state.keys, files: [], env: {}, isBackupExpected: true },
  });
  const context = { clock: () => NOW, log: { error } } as unknown as JobContext;
  const figures = await withChecklist(job, { control, helper: undefined, ownLines: lines, here: BARE }).run(context);
  return { figures, error };
}

test('a backup that was made and proven passes at once', async () => {
  keepChecklist(state.control.facts, {
    at: NOW - 1_500_000,
    hostReadAt: null,
    checks: [],
    leftOut: [],
    commands: COMMANDS,
  });
  expect((await run()).figures).toEqual({ files: 1 });
  const judged = readChecklist(state.control.facts)!;
  expect(judged.at).toBe(NOW);
  expect(judged.checks.find(({ id }) => id === 'backups')).toMatchObject({ verdict: 'pass' });
});

test('a checklist that cannot be kept spoils no backup', async () => {
  const facts = { ...state.control.facts, get: () => undefined, set: () => expect.fail('full') };
  const { figures, error } = await run({ alerts: state.control.alerts, facts: facts as OpenState['control']['facts'] });
  expect(figures).toEqual({ files: 1 });
  expect(error).toHaveBeenCalledOnce();
});
