import type { JobSpec } from '../job-spec.ts';
import { auditJob } from './audit.ts';
import { type DigestOptions, digestJob } from './digest.ts';
import { type HealthOptions, healthJob } from './health.ts';

/** Every job, in one list. A new job gets its file here, its name in core/job.ts and its schedule in config/settings.ts. */
export function allJobs(options: HealthOptions & Parameters<typeof auditJob>[0] & DigestOptions): readonly JobSpec[] {
  return [healthJob(options), auditJob(options), digestJob(options)];
}
