import { LOCAL_PLACE } from '../../core/backup/generation.ts';
import type { Control } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import { trustClock } from '../../core/retention/trust-clock.ts';
import { adoptLocal } from '../backup/adopt.ts';
import { inMegabytes } from '../backup/in-megabytes.ts';
import { lookLocally } from '../backup/local-copies.ts';
import { decideAt, pruneLocal } from '../backup/prune.ts';
import type { Remote } from '../backup/remote.ts';
import { remoteAlert } from '../backup/remote-alert.ts';
import { type SendFigures, type SendParts, sendTo } from '../backup/send-to.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';

export interface SendJobOptions extends Pick<SendParts, 'localDir' | 'rule' | 'zone' | 'daysAt'> {
  readonly control: Pick<Control, 'backups' | 'alerts' | 'facts' | 'jobs'>;
  readonly remotes: readonly Remote[];
}

/**
 * Sends every backup of this machine that a remote lacks, newest first, to one remote after the other, and removes old ones
 * by the rule, there and here. A remote that fails does not stop the others: it gets an alert, which ends when it works
 * again. The run itself counts as ok then; `failed` tells how many remotes did not.
 */
export function sendJob(options: SendJobOptions): JobSpec {
  return {
    name: 'send',
    limitSeconds: 12 * 3600,
    canDry: false,
    repeatable: true,
    run: (context) => send(options, context),
  };
}

async function send(options: SendJobOptions, context: JobContext): Promise<JobRun['figures']> {
  const { control, localDir, remotes, rule, zone } = options;
  const { clock, signal } = context;
  const { backups } = control;
  const mayRemove = trustClock(control, clock());
  await adoptLocal(localDir, { backups, now: clock() });
  await checkLocal(options, context);
  const figures: SendFigures = { sent: 0, bytes: 0, removed: 0, missing: 0 };
  let failed = 0;
  for (const remote of remotes) {
    signal.throwIfAborted();
    if (!(await served(remote, { options, context, mayRemove, figures }))) failed++;
  }
  if (mayRemove) figures.removed += await pruneLocal(localDir, { backups, rule, zone, now: clock() });
  if (figures.sent + figures.removed + figures.missing + failed > 0) return { ...figures, failed };
  return { ...figures, failed, [remotes.length === 0 ? 'notSetUp' : 'nothingNew']: 1 };
}

/** Local archives that somebody else removed: their records go, and the admins hear of it. */
async function checkLocal({ control, localDir, rule, zone }: SendJobOptions, { clock }: JobContext): Promise<void> {
  const { backups } = control;
  const decided = decideAt(backups, LOCAL_PLACE, { rule, zone, now: clock() });
  const { gone } = await lookLocally(localDir, backups);
  for (const { name } of gone) backups.dropCopy(name, LOCAL_PLACE);
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
  },
): Promise<boolean> {
  const { options, context, mayRemove, figures } = work;
  const { control } = options;
  const { clock, signal, log } = context;
  const alert = remoteAlert(remote.name, { alerts: control.alerts, log });
  const before = figures.missing;
  const begun = figures.bytes;
  const onProgress = (done: number, total: number) =>
    context.progress({ step: 'send.sending', ...inMegabytes(done - begun, total) });
  try {
    const { there } = await lookLocally(options.localDir, control.backups);
    const { backups, facts } = control;
    const parts = { ...options, backups, facts, clock, signal, onProgress, mayRemove };
    await sendTo(remote, there, { parts, figures });
    alert.clear();
    return true;
  } catch (thrown) {
    signal.throwIfAborted();
    alert.raise(thrown);
    return false;
  } finally {
    tellMissing(control, remote.name, figures.missing - before);
  }
}

function tellMissing({ alerts }: SendJobOptions['control'], remote: string, count: number): void {
  if (count === 0) return;
  alerts.raise({ code: 'backup-copy-missing', severity: 'critical', facts: { remote, count } });
}
