import { requestWords } from '../job-words.ts';
import { opsLife } from '../ops-life.ts';
import { say } from '../wording/say.ts';
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
  execute: ({ caller, source, jobs, requests, heartbeats, clock }, { job: given, dry }) => {
    const { language, person } = caller;
    const job = jobNamed(given);
    if (job === undefined) return refused(unknownJob(language, given));
    const now = clock();
    const isBusy = jobs.underWay().some((other) => other.job === job);
    const request = requests.ask({ source, person, job, dry: dry !== undefined, at: now });
    const ops = opsLife(heartbeats, now);
    const text = requestWords(language, request, { now, isBusy });
    return done(ops.life === 'alive' ? text : `${text}\n\n${say(language, 'jobs.no-ops', ops)}`);
  },
});
