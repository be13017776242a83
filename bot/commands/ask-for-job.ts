import type { JobName, JobWish } from '../../core/job.ts';
import { requestWords } from '../job-words.ts';
import { opsLife } from '../ops-life.ts';
import { say } from '../wording/say.ts';
import type { Asked } from './command-spec.ts';
import type { CommandServices } from './services.ts';

type Given = Asked & { readonly source: string } & Pick<CommandServices, 'jobs' | 'requests' | 'heartbeats' | 'clock'>;

/**
 * Asks the process of the jobs for a run, once for each message, and says that it was asked, and whether anybody is there to do it. The
 * answer is edited with how far it is (bot/job-reports.ts). For the commands that are jobs.
 */
export function askForJob(
  { caller, source, jobs, requests, heartbeats, clock }: Given,
  job: JobName,
  more: Partial<Pick<JobWish, 'dry'>> = {},
): string {
  const { language, person } = caller;
  const now = clock();
  const isBusy = jobs.underWay().some((other) => other.job === job);
  const request = requests.ask({ source, person, job, dry: false, at: now, ...more });
  const ops = opsLife(heartbeats, now);
  const text = requestWords(language, request, { now, isBusy });
  return ops.life === 'alive' ? text : `${text}\n\n${say(language, 'jobs.no-ops', ops)}`;
}
