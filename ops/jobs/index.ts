import type { JobSpec } from '../job-spec.ts';
import { auditJob } from './audit.ts';
import { type BackupJobOptions, backupJob } from './backup.ts';
import { type DigestOptions, digestJob } from './digest.ts';
import { type DrillJobOptions, drillJob } from './drill.ts';
import { type HealthOptions, healthJob } from './health.ts';
import { type SendJobOptions, sendJob } from './send.ts';

type JobOptions = HealthOptions & Parameters<typeof auditJob>[0] & BackupJobOptions & DrillJobOptions & SendJobOptions;

/** Every job, in one list. A new job gets its file here, its name in core/job.ts and its schedule in config/settings.ts. */
export function allJobs(options: JobOptions & DigestOptions): readonly JobSpec[] {
  const backups = [backupJob(options), drillJob(options), sendJob(options)];
  return [healthJob(options), auditJob(options), ...backups, digestJob(options)];
}
