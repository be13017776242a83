import { CONFIRMED_JOBS } from '../../core/job.ts';
import type { JobSpec } from '../job-spec.ts';
import { auditJob } from './audit.ts';
import { type BackupJobOptions, backupJob } from './backup.ts';
import { type ChecklistJobOptions, checklistJob } from './checklist.ts';
import { type DigestOptions, digestJob } from './digest.ts';
import { type DrillJobOptions, drillJob } from './drill.ts';
import { evidenceJob } from './evidence.ts';
import { type HealthOptions, healthJob } from './health.ts';
import { type HostKeysOptions, hostKeysJob } from './host-keys.ts';
import { type HostUpdatesOptions, hostUpdatesJob } from './host-updates.ts';
import { type RehearsalJobOptions, rehearsalJob } from './rehearsal.ts';
import { type SendJobOptions, sendJob } from './send.ts';
import { type SendBesideOptions, sendBesideJob } from './send-beside.ts';
import { type UpdateJobOptions, updateJob } from './update.ts';
import { withChecklist } from './with-checklist.ts';

type JobOptions = HealthOptions &
  Parameters<typeof auditJob>[0] &
  BackupJobOptions &
  DrillJobOptions &
  SendJobOptions &
  SendBesideOptions &
  DigestOptions &
  HostUpdatesOptions &
  HostKeysOptions &
  UpdateJobOptions &
  RehearsalJobOptions &
  ChecklistJobOptions;

/** Every job, in one list. A new job gets its file here, its name in core/job.ts and its schedule in config/settings/jobs.ts. */
export function allJobs(options: JobOptions): readonly JobSpec[] {
  return [
    ...[healthJob(options), auditJob(options), digestJob(options)],
    // Both change what a line of the checklist says.
    ...[backupJob(options), drillJob(options)].map((job) => withChecklist(job, options)),
    ...[sendJob(options), sendBesideJob(options)],
    ...[hostUpdatesJob(options), updateJob(options), evidenceJob(options), rehearsalJob(options)],
    checklistJob(options),
    ...CONFIRMED_JOBS.map((name) => hostKeysJob(name, options)),
  ];
}
