import { COMMANDS } from '../../../bot/commands/index.ts';
import { LANGUAGES } from '../../../core/caller.ts';
import { JOB_NAMES } from '../../../core/job.ts';

/** Where an admin can type. */
export const PLACES = ['ops', 'direct', 'family'] as const;

/** What was looked at, by name of the sink; the jobs that left a record; the commands of the shell, where that was walked. */
export interface Walked {
  readonly sinks: readonly string[];
  readonly jobs: readonly string[];
  readonly shell: readonly string[] | undefined;
}

/**
 * What the product knows and nobody looked at: made from the lists that the product itself works by, so that a new command, job
 * or command of the shell is missed here until the search walks it.
 */
export function unwalked({ sinks, jobs, shell }: Walked): string[] {
  const typed = LANGUAGES.flatMap((language) =>
    COMMANDS.flatMap((command) => PLACES.map((place) => `${place} !${command.typed[language]}`)),
  );
  const calls = [...typed, ...(shell?.map((name) => `shell ${name}`) ?? [])].sort((a, b) => b.length - a.length);
  // By the longest: "people add" does not stand for "people".
  const walked = new Set(sinks.map((name) => calls.find((call) => name === call || name.startsWith(`${call} `))));
  const records = [...JOB_NAMES, 'retention'].filter((name) => !jobs.includes(name)).map((name) => `job ${name}`);
  return [...calls.filter((call) => !walked.has(call)), ...records];
}
