import type { Control } from '../../core/control.ts';
import { noteEvidence } from '../../core/incident/evidence-list.ts';
import type { JobRun } from '../../core/job.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import type { HostHelper } from '../host/host-helper.ts';
import { type EvidenceSources, HELPER_MS } from '../incident/evidence-files.ts';
import { readRecords } from '../incident/evidence-records.ts';
import { type MadeEvidence, makeEvidence } from '../incident/make-evidence.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';

export interface EvidenceJobOptions {
  readonly control: Control;
  readonly helper: HostHelper | undefined;
  /** undefined: no keys of backups are set up. */
  readonly backup: BackupPlan | undefined;
  readonly evidence: Pick<EvidenceSources, 'settings' | 'logFiles'>;
}

/** Makes an archive of evidence, sealed to the keys of the backups, and remembers its hash. */
export function evidenceJob(options: EvidenceJobOptions): JobSpec {
  return {
    name: 'evidence',
    limitSeconds: 1800,
    canDry: false,
    repeatable: false,
    async run(context) {
      const made = await keepEvidence(options, context, 'asked');
      return figuresOf(made);
    },
  };
}

/** Also for the rehearsal of an incident. */
export async function keepEvidence(
  { control, helper, backup, evidence }: EvidenceJobOptions,
  { clock, signal, progress }: Pick<JobContext, 'clock' | 'signal' | 'progress'>,
  cause: 'asked' | 'rehearsal',
): Promise<MadeEvidence> {
  progress({ step: 'evidence.gathering' });
  const at = clock();
  const made = await makeEvidence(backup, {
    sources: { ...evidence, records: readRecords(control, at), helper, helperMs: HELPER_MS },
    ...{ cause, at, signal },
    onSealing: () => progress({ step: 'evidence.sealing' }),
  });
  noteEvidence(control, made.evidence, { at: clock(), actor: 'system' });
  return made;
}

function figuresOf({ evidence: { name, bytes, files, sha256 }, missing }: MadeEvidence): JobRun['figures'] {
  return { archive: name, bytes, files, sha256, notInIt: missing.join(' ') || 'nothing' };
}
