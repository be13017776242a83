import type { Caller } from '../../core/caller.ts';
import type { JobName } from '../../core/job.ts';
import { requestWords } from '../job-words.ts';
import { opsLife } from '../ops-life.ts';
import { say } from '../wording/say.ts';
import { type ArgumentSpec, defineCommand, done, refused } from './command-spec.ts';
import { JOB, jobNamed, unknownJob } from './job-named.ts';
import type { CommandServices } from './services.ts';

/** The argument that asks for a dry run: a word in each language, any of them counts. */
export const DRY_RUN = {
  name: 'dry',
  type: 'word',
  label: 'dry',
  oneOf: [{ en: 'dry', de: 'probe' }],
  optional: true,
} as const satisfies ArgumentSpec;

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
  arguments: [JOB, DRY_RUN],
  examples: ['health'],
  needs: ['jobs', 'requests', 'heartbeats', 'clock'],
  execute: ({ caller, source, ...services }, { job: given, dry }) => {
    const job = jobNamed(given);
    if (job === undefined) return refused(unknownJob(caller.language, given));
    return done(askForRun(services, { caller, source, job, dry: dry !== undefined }));
  },
});

/** Asks the process of the jobs for a run, and says so; the message is edited later. Used by `!run`, and by `!update`. */
export function askForRun(
  { jobs, requests, heartbeats, clock }: Pick<CommandServices, 'jobs' | 'requests' | 'heartbeats' | 'clock'>,
  wish: { readonly caller: Caller; readonly source: string; readonly job: JobName; readonly dry: boolean },
): string {
  const { job, dry, source } = wish;
  const { language, person } = wish.caller;
  const now = clock();
  const isBusy = jobs.underWay().some((other) => other.job === job);
  const request = requests.ask({ source, person, job, dry, at: now });
  const ops = opsLife(heartbeats, now);
  const text = requestWords(language, request, { now, isBusy });
  return ops.life === 'alive' ? text : `${text}\n\n${say(language, 'jobs.no-ops', ops)}`;
}
