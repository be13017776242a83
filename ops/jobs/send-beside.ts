import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { archiveName } from '../../core/backup/generation.ts';
import type { OpenState } from '../../core/control.ts';
import { evidenceList } from '../../core/incident/evidence-list.ts';
import type { JobRun } from '../../core/job.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import { readBesideRecord, writeBesideRecord } from '../backup/beside/beside-record.ts';
import { ERASED_FOLDER, type ErasedCopy, makeErasedCopy } from '../backup/beside/make-erased-copy.ts';
import { type BesideFigures, type BesideFile, KEPT_EVIDENCE, sendBesideTo } from '../backup/beside/send-beside-to.ts';
import type { Remote } from '../backup/remote.ts';
import { remoteAlert } from '../backup/remote-alert.ts';
import { TimeShares } from '../backup/time-shares.ts';
import { evidenceFile } from '../incident/make-evidence.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';

const LIMIT_SECONDS = 2 * 3600;

export interface SendBesideOptions {
  readonly state: Pick<OpenState, 'control' | 'erasing'>;
  /** undefined: no backups are set up. */
  readonly backup: BackupPlan | undefined;
  readonly remotes: readonly Remote[];
}

/**
 * Sends to every remote, beside the generations, what must not wait for the next backup: the list of what was erased, whenever it changed, and
 * evidence of incidents. By a job of its own, because the job `send` may be busy with a large archive for hours. A remote that
 * fails, or is too slow, stops no other and gets the alert that it has for backups; `failed` tells how many there were.
 */
export function sendBesideJob(options: SendBesideOptions): JobSpec {
  return {
    name: 'sendBeside',
    limitSeconds: LIMIT_SECONDS,
    canDry: false,
    repeatable: true,
    run: async (context) => (options.backup ? sendBeside(options, options.backup, context) : { notSetUp: 1 }),
  };
}

async function sendBeside(
  { state, remotes }: SendBesideOptions,
  backup: BackupPlan,
  context: JobContext,
): Promise<JobRun['figures']> {
  const { control } = state;
  const { facts, alerts } = control;
  const { clock, signal, log } = context;
  const wanted = [await newestList(state, backup, context), ...evidenceOf(control, backup)];
  const figures: BesideFigures = { sent: 0, bytes: 0, removed: 0 };
  const failedAt: string[] = [];
  const shares = new TimeShares({ seconds: LIMIT_SECONDS, count: remotes.length, signal });
  for (const remote of remotes) {
    signal.throwIfAborted();
    const alert = remoteAlert(remote.name, { alerts, log });
    const record = readBesideRecord(facts);
    const onSent = ({ kind, name }: BesideFile) => {
      if (kind !== 'evidence') return;
      alerts.raise({ code: 'evidence-sent', severity: 'info', facts: { archive: name, remote: remote.name } });
    };
    try {
      const sending = { wanted, record: record.there[remote.name], facts, now: clock(), figures, onSent };
      const there = await shares.within(remote.name, (own) => sendBesideTo(remote, { ...sending, signal: own }));
      if (there === undefined) continue;
      writeBesideRecord(facts, { ...record, there: { ...record.there, [remote.name]: there } });
      alert.clear();
    } catch (thrown) {
      signal.throwIfAborted();
      alert.raise(thrown);
      failedAt.push(remote.name);
    }
  }
  const failed = { failed: failedAt.length, ...(failedAt.length > 0 && { failedAt: failedAt.join(', ') }) };
  if (figures.sent + figures.removed + failedAt.length > 0) return { ...figures, ...failed };
  return { ...figures, ...failed, [remotes.length === 0 ? 'notSetUp' : 'nothingNew']: 1 };
}

/** The sealed copy of what was erased; made anew when there is more in the list than in the last one, or that one is gone from here. */
async function newestList(
  { control: { facts }, erasing }: SendBesideOptions['state'],
  backup: BackupPlan,
  { clock, signal }: JobContext,
): Promise<BesideFile> {
  const record = readBesideRecord(facts);
  // Before the list is read: whatever was erased until then is in it.
  const at = clock();
  const list = erasing.erasedList();
  const holds = createHash('sha256').update(list).digest('hex');
  const fileOf = (copy: ErasedCopy): BesideFile => {
    const path = join(backup.localDir, ERASED_FOLDER, archiveName(copy.name));
    return { kind: 'erased', path, name: copy.name, bytes: copy.bytes, sha256: copy.sha256 };
  };
  if (record.list?.holds === holds && isThere(fileOf(record.list))) return fileOf(record.list);
  const made = await makeErasedCopy(backup, { erasing, list, at, signal });
  writeBesideRecord(facts, { ...record, list: { holds, ...made } });
  return fileOf(made);
}

/** The newest archives of evidence that lie here; those of rehearsals tell nothing. */
function evidenceOf({ facts }: SendBesideOptions['state']['control'], { localDir }: BackupPlan): BesideFile[] {
  return evidenceList(facts)
    .filter(({ cause }) => cause !== 'rehearsal')
    .map(({ name, bytes, sha256 }): BesideFile => {
      return { kind: 'evidence', path: evidenceFile(localDir, name).path, name, bytes, sha256 };
    })
    .filter(isThere)
    .slice(0, KEPT_EVIDENCE);
}

function isThere({ path, bytes }: BesideFile): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === bytes;
}
