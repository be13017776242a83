import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { archiveName, type Generation, isVerifiedAt, LOCAL_PLACE } from '../../core/backup/generation.ts';
import type { Control } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import { trustClock } from '../../core/retention/trust-clock.ts';
import { adoptLocal } from '../backup/adopt.ts';
import { inMegabytes } from '../backup/in-megabytes.ts';
import { lookLocally } from '../backup/local-copies.ts';
import { copiesAt, decideAt, pruneLocal } from '../backup/prune.ts';
import type { Remote } from '../backup/remote.ts';
import { remoteAlert } from '../backup/remote-alert.ts';
import { troubleOf } from '../backup/remotes/remote-fault.ts';
import { mendAt, missingAt, type SendFigures, type SendParts, sendTo } from '../backup/send-to.ts';
import { TimeShares } from '../backup/time-shares.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';

export interface SendJobOptions extends Pick<SendParts, 'localDir' | 'rule' | 'zone' | 'daysAt'> {
  readonly control: Pick<Control, 'backups' | 'alerts' | 'facts' | 'jobs'>;
  readonly remotes: readonly Remote[];
  /** For tests; twelve hours when left out. */
  readonly limitSeconds?: number;
}

const LIMIT_SECONDS = 12 * 3600;
/** The part of the time that is for what is done here. */
const HERE = 1 / 24;

/**
 * Sends every backup of this machine that a remote lacks, newest first, to one remote after the other, and removes old ones
 * by the rule, there and here; then some of what lies there is read again. A remote that fails, or does not get done in its part of the time, does not stop the others: it gets
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
  const { limitSeconds = LIMIT_SECONDS } = options;
  const seconds = limitSeconds * (1 - HERE);
  const shares = new TimeShares({ seconds, count: remotes.length, signal });
  for (const remote of remotes) {
    signal.throwIfAborted();
    if (!(await served(remote, { options, context, mayRemove, figures, shares }))) failedAt.push(remote.name);
  }
  if (mayRemove) figures.removed += await pruneHere(options, context);
  const sound = remotes.filter(({ name }) => !failedAt.includes(name));
  const looks = new TimeShares({ seconds: shares.leftSeconds, count: sound.length, signal });
  for (const remote of sound)
    if (!(await lookedAgain(remote, { options, context, mayRemove, figures, shares: looks })))
      failedAt.push(remote.name);
  return told(figures, failedAt, remotes.length);
}

/** What the run's record says. */
function told({ ...figures }: SendFigures, failedAt: readonly string[], remotes: number) {
  const failed = { failed: failedAt.length, ...(failedAt.length > 0 && { failedAt: failedAt.join(', ') }) };
  const { sent, removed, missing, changed } = figures;
  if (sent + removed + missing + changed + failedAt.length > 0) return { ...figures, ...failed };
  return { ...figures, ...failed, [remotes === 0 ? 'notSetUp' : 'nothingNew']: 1 };
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
  // Somebody has removed it, as the alert of a damaged one asks to.
  const mended = copiesAt(backups, LOCAL_PLACE).filter(
    (one) => !isVerifiedAt(one, LOCAL_PLACE) && !existsSync(join(localDir, archiveName(one.name))),
  );
  for (const { name } of [...gone, ...changed, ...mended]) backups.dropCopy(name, LOCAL_PLACE);
  for (const one of changed) tellChanged(control, LOCAL_PLACE, one);
  const going = 'go' in decided ? decided.go : [];
  tellMissing(control, LOCAL_PLACE, gone.filter(({ name }) => !going.includes(name)).length);
}

/** One remote in one run. */
interface Work {
  readonly options: SendJobOptions;
  readonly context: JobContext;
  readonly mayRemove: boolean;
  readonly figures: SendFigures;
  readonly shares: TimeShares;
}

async function served(remote: Remote, work: Work): Promise<boolean> {
  const { options, context, figures } = work;
  const alert = remoteAlert(remote.name, { alerts: options.control.alerts, log: context.log });
  const before = figures.missing;
  try {
    await within(sendTo, remote, work);
    alert.clear();
    return true;
  } catch (thrown) {
    context.signal.throwIfAborted();
    alert.raise(thrown);
    return false;
  } finally {
    tellMissing(options.control, remote.name, figures.missing - before);
  }
}

/** Once everything was sent everywhere. That there is no time for it is no fault. */
async function lookedAgain(remote: Remote, work: Work): Promise<boolean> {
  const { options, context } = work;
  const { log, signal } = context;
  try {
    await within(mendAt, remote, work);
    return true;
  } catch (thrown) {
    signal.throwIfAborted();
    if (troubleOf(thrown) === 'slow') {
      log.info({ remote: remote.name }, 'no time to read all copies again that were due');
      return true;
    }
    remoteAlert(remote.name, { alerts: options.control.alerts, log }).raise(thrown);
    return false;
  }
}

/** Does something at a remote, in its part of the time. */
async function within(act: typeof sendTo, remote: Remote, work: Work): Promise<void> {
  const { options, context, mayRemove, figures, shares } = work;
  const { control, localDir } = options;
  const { backups, facts } = control;
  const begun = figures.bytes;
  const onProgress = (done: number, total: number) =>
    context.progress({ step: 'send.sending', ...inMegabytes(done - begun, total) });
  const onChanged = (one: Generation) => tellChanged(control, remote.name, one);
  const { there } = await lookLocally(localDir, backups);
  await shares.within(remote.name, (signal) => {
    const { clock } = context;
    const parts = { ...options, backups, facts, clock, signal, onProgress, onChanged, mayRemove };
    return act(remote, there, { parts, figures });
  });
}

function tellChanged({ alerts }: SendJobOptions['control'], remote: string, { name }: Generation): void {
  alerts.raise({ code: 'backup-copy-changed', severity: 'critical', facts: { remote, generation: name } });
}

function tellMissing({ alerts }: SendJobOptions['control'], remote: string, count: number): void {
  if (count === 0) return;
  alerts.raise({ code: 'backup-copy-missing', severity: 'critical', facts: { remote, count } });
}
