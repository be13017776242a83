import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { newestProven } from '../../core/backup/newest-proven.ts';
import { LANGUAGES } from '../../core/caller.ts';
import { readIncident } from '../../core/incident/incident-record.ts';
import { incidentReport } from '../../core/incident/incident-report.ts';
import { REHEARSED, type Rehearsal, type RehearsedStep, rememberRehearsal } from '../../core/incident/rehearsal.ts';
import { writeDurably } from '../../core/keys/durable-write.ts';
import { reference } from '../../core/log.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';
import { type EvidenceJobOptions, keepEvidence } from './evidence.ts';

export interface RehearsalJobOptions extends EvidenceJobOptions {
  readonly stateDir: string;
}

type Outcome = Rehearsal['steps'][number]['outcome'];

/** How long the host helper may take to say anything. */
const HELPER_MS = 60_000;

/**
 * Goes through the steps of an incident in a way that harms nothing: nothing is locked, closed or rotated. A step that fails does not stop
 * the ones after it: figures say how each step went and how long it took, `failed` how many did not go, and `!incident` keeps saying so.
 */
export function rehearsalJob(options: RehearsalJobOptions): JobSpec {
  return {
    name: 'rehearsal',
    limitSeconds: 1800,
    canDry: false,
    repeatable: false,
    async run(run) {
      const { failed, rehearsal: _said, ...steps } = await rehearse(options, run);
      const went = Object.entries(steps).map(([step, told]) => [step, String(told).replace(/ \(.*/, '')]);
      return { ...Object.fromEntries(went), ...(failed > 0 && { failed }) };
    },
  };
}

/** What a rehearsal takes of a run. */
type RehearsalContext = Pick<JobContext, 'clock' | 'signal' | 'log' | 'progress'>;

/** Also for the shell: the figures of a run (see there). Throws the signal's reason alone. */
export async function rehearse(
  options: RehearsalJobOptions,
  context: RehearsalContext,
): Promise<Readonly<Record<string, number | string>> & { readonly failed: number }> {
  const { control } = options;
  const { clock, signal, log } = context;
  const steps: Rehearsal['steps'] = [];
  for (const step of REHEARSED) {
    context.progress({ step: 'rehearsal.going', done: steps.length, total: REHEARSED.length });
    const began = performance.now();
    const outcome = await ACTS[step](options, context).catch((thrown: unknown): Outcome => {
      signal.throwIfAborted();
      log.error({ err: thrown, step, reference: reference() }, 'a step of the rehearsal failed');
      return 'failed';
    });
    steps.push({ step, outcome, ms: Math.round(performance.now() - began) });
  }
  rememberRehearsal(control.facts, { at: clock(), steps });
  const failed = steps.filter(({ outcome }) => outcome === 'failed').length;
  const told = steps.map(({ step, outcome, ms }): [string, string] => [step, `${outcome} (${ms} ms)`]);
  return { rehearsal: 'nothing was locked, closed or changed', ...Object.fromEntries(told), failed };
}

const ACTS: Readonly<
  Record<RehearsedStep, (options: RehearsalJobOptions, context: RehearsalContext) => Promise<Outcome>>
> = {
  /** What a lockdown takes: a file in the state folder, durable. */
  lock: async ({ stateDir }) => {
    const file = join(stateDir, 'lockdown-rehearsal');
    writeDurably(file, 'nothing is locked\n', { exclusive: false });
    rmSync(file);
    return 'ok';
  },
  /** Whether the helper hears us, and would be able to close: the firewall reads the rules, and takes none. */
  outside: async ({ helper }, { signal }) => {
    if (helper === undefined) return 'not-set-up';
    const answer = await helper.ask({ verb: 'check-outside' }, { signal, timeoutMs: HELPER_MS });
    return answer?.outcome === 'ok' ? 'ok' : 'failed';
  },
  /** Made, sealed, read back and compared as at an incident; then removed. */
  evidence: async (options, context) => {
    if (options.backup === undefined) return 'not-set-up';
    const { path } = await keepEvidence(options, context, 'rehearsal');
    rmSync(path);
    return 'ok';
  },
  /** Whether there is a backup that was restored and answered. */
  restore: async ({ control, backup }, { clock }) => {
    if (backup === undefined) return 'not-set-up';
    return newestProven(control.backups.all(), clock()) ? 'ok' : 'failed';
  },
  report: async ({ control }, { clock }) => {
    const records = readIncident(control, { now: clock(), rehearsal: true });
    for (const language of LANGUAGES) incidentReport(language, records);
    return 'ok';
  },
};
