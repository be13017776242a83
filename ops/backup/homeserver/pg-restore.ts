import { once } from 'node:events';
import { execa } from 'execa';
import { AppError } from '../../../core/errors.ts';

/**
 * Lets `pg_restore` read a dump of the homeserver's database from its first byte to its last without a database: what it cannot read, no
 * restore could. Nothing is written. Does nothing when no piece comes.
 */
export class DumpCheck {
  readonly #signal: AbortSignal;
  #reading: ReturnType<typeof startReading> | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Takes the next piece. Throws AppError `invalid` (reason `backup-unproven`) when it cannot be read. */
  async feed(content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#reading ??= startReading(this.#signal);
    const { stdin } = this.#reading;
    stdin.on('error', () => {});
    for await (const chunk of content) {
      if (!stdin.writable) continue;
      if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]);
    }
  }

  /** Ends the reading where nothing more comes; harmless after `end`. */
  stop(): void {
    this.#reading?.kill();
  }

  async end(): Promise<void> {
    if (this.#reading === undefined) return;
    this.#reading.stdin.end();
    const { failed } = await this.#reading;
    this.#signal.throwIfAborted();
    if (failed) {
      throw new AppError(
        'invalid',
        "the backup did not prove itself: the dump of the homeserver's database cannot be read",
        {
          reason: 'backup-unproven',
          hint: 'Is pg_restore installed, at least as new as the pg_dump that made it?',
        },
      );
    }
  }
}

function startReading(signal: AbortSignal) {
  return execa('pg_restore', ['--file=/dev/null'], {
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    buffer: false,
    cancelSignal: signal,
    reject: false,
  });
}
