import { once } from 'node:events';
import { execa } from 'execa';
import { AppError } from '../../../core/errors.ts';

interface PgRestoreOptions {
  readonly args: readonly string[];
  /** Variables of libpq, where a database is reached. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** The error when it does not end well; its exit code, undefined when the program is not there. */
  readonly failure: (exitCode: number | undefined) => AppError;
}

/** Feeds the pieces of a dump of the homeserver's database to `pg_restore`. Does nothing when no piece comes. */
export class PgRestore {
  readonly #options: PgRestoreOptions;
  #running: ReturnType<typeof start> | undefined;

  constructor(options: PgRestoreOptions) {
    this.#options = options;
  }

  /** Takes the next piece; what is wrong with it shows in `end`. */
  async feed(content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#running ??= start(this.#options);
    const { stdin } = this.#running;
    stdin.on('error', () => {});
    for await (const chunk of content) {
      if (!stdin.writable) continue;
      if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]);
    }
  }

  /** All pieces came. Throws the error of its options when `pg_restore` did not take them, or the signal's reason. */
  async end(): Promise<void> {
    if (this.#running === undefined) return;
    this.#running.stdin.end();
    const { failed, exitCode } = await this.#running;
    this.#options.signal.throwIfAborted();
    if (failed) throw this.#options.failure(exitCode);
  }

  /** Ends what is under way; harmless after `end`. */
  stop(): void {
    this.#running?.kill();
  }
}

/**
 * Reads a dump from its first byte to its last without a database: what it cannot read, no restore could. Nothing is written. `end`
 * throws AppError `invalid` (reason `backup-unproven`).
 */
export function checkingDump(signal: AbortSignal): PgRestore {
  return new PgRestore({ args: ['--file=/dev/null'], signal, failure: dumpUnreadable });
}

function dumpUnreadable(): AppError {
  return new AppError(
    'invalid',
    "the backup did not prove itself: the dump of the homeserver's database cannot be read",
    {
      reason: 'backup-unproven',
      hint: 'Is pg_restore installed, at least as new as the pg_dump that made it?',
    },
  );
}

function start({ args, env, signal }: PgRestoreOptions) {
  // What it complains of may quote rows of the homeserver: only its exit code is told.
  return execa('pg_restore', args, {
    ...(env && { env }),
    ...{ stdin: 'pipe', stdout: 'ignore', stderr: 'ignore', buffer: false, cancelSignal: signal, reject: false },
  } as const);
}
