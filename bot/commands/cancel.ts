import { jobTitle } from '../job-words.ts';
import { opsLife } from '../ops-life.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done, refused } from './command-spec.ts';
import { JOB, jobNamed, unknownJob } from './job-named.ts';

/** `!cancel <job>`: ends a job that runs, for whatever cause, and withdraws the requests for it that wait. */
export const cancel = defineCommand({
  name: 'cancel',
  typed: { en: 'cancel', de: 'abbrechen' },
  aliases: ['abbruch'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ job }) => jobNamed(job) ?? '-',
  arguments: [JOB],
  examples: ['health'],
  needs: ['requests', 'heartbeats', 'clock'],
  execute: ({ caller, source, requests, heartbeats, clock }, { job: given }) => {
    const { language, person } = caller;
    const name = jobNamed(given);
    if (name === undefined) return refused(unknownJob(language, given));
    const now = clock();
    const job = jobTitle(language, name);
    const { withdrawn, running } = requests.cancel({ source, person, job: name, at: now });
    if (withdrawn + running === 0) return asked(say(language, 'cancel.none', { job }));
    const text = say(language, 'cancel.done', { job, withdrawn, ending: running });
    const ops = opsLife(heartbeats, now);
    return done(ops.life === 'alive' || running === 0 ? text : `${text}\n\n${say(language, 'jobs.no-ops', ops)}`);
  },
});
