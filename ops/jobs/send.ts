import { type Generation, LOCAL_PLACE } from '../../core/backup/generation.ts';
import type { Control } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import { trustClock } from '../../core/retention/trust-clock.ts';
import { adoptLocal } from '../backup/adopt.ts';
import { inMegabytes } from '../backup/in-megabytes.ts';
import { lookLocally } from '../backup/local-copies.ts';
import { decideAt, pruneLocal } from '../backup/prune.ts';
import type { Remote } from '../backup/remote.ts';
import { remoteAlert } from '../backup/remote-alert.ts';
import { missingAt, type SendFigures, type SendParts, sendTo } from '../backup/send-to.ts';
import { TimeShares } from '../backup/time-shares.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';

export interface SendJobOptions extends Pick<SendParts, 'localDir' | 'rule' | 'zone' | 'daysAt'> {
  readonly control: Pick<Control, 'backups' | 'alerts' | 'facts' | 'jobs'>;
  readonly remotes: readonly Remote[];
  /** For tests; twelve hours when left out. */
  readonly limitSeconds?: number;
}

const LIMIT_SECONDS = 12 * 3600;

/**
 * Sends every backup of this machine that a remote lacks, newest first, to one remote after the other, and removes old ones
 * by the rule, there and here. A remote that fails, or does not get done in its part of the time, does not stop the others: it gets
 * an alert, which ends when it works again. The run itself counts as ok then; `failed` tells how many remotes did not,
 * `failedAt` which.
 */
export function sendJob(options: SendJobOptions): JobSpec {
  return {
    name: 'send',
    limitSeconds: options.limitSeconds ?? LIMIT_SECONDS,
    canDry: false,
    repeatable: true,
    run: (context) => send(options, context),
  };
}

async function send(options: SendJobOptions, context: JobContext): Promise<JobRun['figures']> {
  const { control, localDir, remotes } = options;
  const { clock, signal } = context;
  const { backups } = control;
  const mayRemove = trustClock(control, clock());
  await adoptLocal(localDir, { backups, now: clock() });
  await checkLocal(options, context);
  backups.forgetListed([LOCAL_PLACE, ...remotes.map(({ name }) => name)]);
  const figures: SendFigures = { sent: 0, bytes: 0, removed: 0, missing: 0, changed: 0 };
  const failedAt: string[] = [];
  if (mayRemove) figures.removed += await pruneHere(options, context, await waiting(options, context));
  const { limitSeconds: seconds = LIMIT_SECONDS } = options;
  // One part is for what is done here.
  const shares = new TimeShares({ seconds, count: remotes.length + 1, signal });
  for (const remote of remotes) {
    signal.throwIfAborted();
    if (!(await served(remote, { options, context, mayRemove, figures, shares }))) failedAt.push(remote.name);
  }
  if (mayRemove) figures.removed += await pruneHere(options, context);
  return { ...figures, failed: failedAt.length, ...(failedAt.length > 0 && { failedAt: failedAt.join(', ') }) };
}

function pruneHere(
  { control: { backups }, localDir, rule, zone }: SendJobOptions,
  { clock }: JobContext,
  spared: ReadonlySet<string> = new Set(),
): Promise<number> {
  return pruneLocal(localDir, { backups, rule, zone, now: clock(), spared });
}

/** What some remote still lacks, and is sent to it in this run, lies here until then. Everything else that is old waits for no remote. */
async function waiting(
  { control: { backups }, localDir, remotes, ...how }: SendJobOptions,
  { clock }: JobContext,
): Promise<Set<string>> {
  const { there } = await lookLocally(localDir, backups);
  const lacking = remotes.flatMap(({ name }) => missingAt(name, there, { ...how, backups, clock }));
  return new Set(lacking.map(({ name }) => name));
}

/** Local archives that somebody else removed or changed: their records go, and the admins hear of it. */
async function checkLocal({ control, localDir, rule, zone }: SendJobOptions, { clock }: JobContext): Promise<void> {
  const { backups } = control;
  const decided = decideAt(backups, LOCAL_PLACE, { rule, zone, now: clock() });
  const { gone, changed } = await lookLocally(localDir, backups);
  for (const { name } of [...gone, ...changed]) backups.dropCopy(name, LOCAL_PLACE);
  for (const one of changed) tellChanged(control, LOCAL_PLACE, one);
  const going = 'go' in decided ? decided.go : [];
  tellMissing(control, LOCAL_PLACE, gone.filter(({ name }) => !going.includes(name)).length);
}

async function served(
  remote: Remote,
  work: {
    readonly options: SendJobOptions;
    readonly context: JobContext;
    readonly mayRemove: boolean;
    readonly figures: SendFigures;
    readonly shares: TimeShares;
  },
): Promise<boolean> {
  const { options, context, mayRemove, figures, shares } = work;
  const { control } = options;
  const { clock, log } = context;
  const alert = remoteAlert(remote.name, { alerts: control.alerts, log });
  const before = figures.missing;
  const begun = figures.bytes;
  const onProgress = (done: number, total: number) =>
    context.progress({ step: 'send.sending', ...inMegabytes(done - begun, total) });
  try {
    const { there } = await lookLocally(options.localDir, control.backups);
    const { backups, facts } = control;
    await shares.within(remote.name, (signal) => {
      const onChanged = (one: Generation) => tellChanged(control, remote.name, one);
      const parts = { ...options, backups, facts, clock, signal, onProgress, onChanged, mayRemove };
      return sendTo(remote, there, { parts, figures });
    });
    alert.clear();
    return true;
  } catch (thrown) {
    context.signal.throwIfAborted();
    alert.raise(thrown);
    return false;
  } finally {
    tellMissing(control, remote.name, figures.missing - before);
  }
}

function tellChanged({ alerts }: SendJobOptions['control'], remote: string, { name }: Generation): void {
  alerts.raise({ code: 'backup-copy-changed', severity: 'critical', facts: { remote, generation: name } });
}

function tellMissing({ alerts }: SendJobOptions['control'], remote: string, count: number): void {
  if (count === 0) return;
  alerts.raise({ code: 'backup-copy-missing', severity: 'critical', facts: { remote, count } });
}
