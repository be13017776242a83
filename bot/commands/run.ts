import { askForJob } from './ask-for-job.ts';
import { defineCommand, done, refused } from './command-spec.ts';
import { JOB, jobNamed, unknownJob } from './job-named.ts';

/** The word for a dry run, in each language; any of them counts. */
const DRY = { en: 'dry', de: 'probe' } as const;

/**
 * `!run <job> [dry]`: asks for a run. The process of the jobs does it; the answer is edited with how far it is and how it
 * ended (bot/job-reports.ts).
 */
export const run = defineCommand({
  name: 'run',
  typed: { en: 'run', de: 'starte' },
  aliases: ['start'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ job, dry }) => {
    const name = jobNamed(job) ?? '-';
    return dry === undefined ? name : `dry ${name}`;
  },
  arguments: [JOB, { name: 'dry', type: 'word', label: 'dry', oneOf: Object.values(DRY), optional: true }],
  examples: ['health'],
  needs: ['jobs', 'requests', 'heartbeats', 'clock'],
  execute: (given, { job: typed, dry }) => {
    const job = jobNamed(typed);
    if (job === undefined) return refused(unknownJob(given.caller.language, typed));
    return done(askForJob(given, job, { dry: dry !== undefined }));
  },
});
