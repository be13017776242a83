import type { Language } from '../../core/caller.ts';
import { JOB_NAMES, type JobName } from '../../core/job.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import type { ArgumentSpec } from './command-spec.ts';

/** The argument that names a job. Any word: what is none is answered with those that there are. */
export const JOB = { name: 'job', type: 'word', label: 'job' } as const satisfies ArgumentSpec;

/** The job of that name, in any case of letters; undefined when there is none. */
export function jobNamed(given: string): JobName | undefined {
  return JOB_NAMES.find((name) => name === given.toLowerCase());
}

/** Said when there is none. */
export function unknownJob(language: Language, given: string): string {
  return say(language, 'jobs.unknown', { given, jobNames: JOB_NAMES.map((name) => code(name)) });
}
