import type { Language } from '../../core/caller.ts';
import { CONFIRMED_JOBS, JOB_NAMES, type JobName } from '../../core/job.ts';
import { code, type Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import type { ArgumentSpec } from './command-spec.ts';

/** The argument that names a job. Any word: what is none is answered with those that there are. */
export const JOB = { name: 'job', type: 'word', label: 'job' } as const satisfies ArgumentSpec;

const RUNNABLE = JOB_NAMES.filter((name) => !CONFIRMED_JOBS.some((confirmed) => confirmed === name));

/** The job of that name, in any case of letters; undefined when there is none that can be run or cancelled by its name. */
export function jobNamed(given: string): JobName | undefined {
  return RUNNABLE.find((name) => name.toLowerCase() === given.toLowerCase());
}

/** The jobs that can be named, as they are typed. */
export function jobNames(): Markdown[] {
  return RUNNABLE.map((name) => code(name));
}

/** Said when there is none. */
export function unknownJob(language: Language, given: string): string {
  return say(language, 'jobs.unknown', { given, jobNames: jobNames() });
}
