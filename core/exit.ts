import { AppError, errorLine } from './errors.ts';
import { createLogger, reference } from './log.ts';

/** Exit codes of every entry file: ready work done; usage or settings wrong; anything else. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** A command line that cannot be followed. The message says how it is used. */
export class UsageError extends Error {}

/**
 * Tells the operator on stderr why the process ends, and returns its exit code. Called by entry files only. An internal
 * error is logged under a reference id, because its own text may quote what nobody but its owner should read. Settings
 * errors and those of the command-line library are told by their names: core imports neither.
 */
export function tellFailure(thrown: unknown, name: string): number {
  const commanderExit = exitCodeOfCommander(thrown);
  if (commanderExit !== undefined) return commanderExit === 0 ? EXIT.done : EXIT.usage;
  if (thrown instanceof UsageError || (thrown instanceof Error && thrown.name === 'ConfigError')) {
    tell(thrown.message);
    return EXIT.usage;
  }
  if (thrown instanceof AppError) {
    tell(`${name}: ${errorLine(thrown)}`);
    return EXIT.failed;
  }
  const ref = reference();
  createLogger({ name, level: 'error' }).error({ err: thrown, reference: ref }, 'internal error');
  tell(`${name}: internal error, reference ${ref} (see the log line above)`);
  return EXIT.failed;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** commander has printed its message already. */
function exitCodeOfCommander(thrown: unknown): number | undefined {
  const { code, exitCode } = (thrown ?? {}) as { code?: unknown; exitCode?: unknown };
  return typeof code === 'string' && code.startsWith('commander.') && typeof exitCode === 'number'
    ? exitCode
    : undefined;
}
