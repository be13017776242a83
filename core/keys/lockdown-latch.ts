import { type Logger, reference } from '../log.ts';
import { beginLockdown, isLockedDown, liftLockdown } from './lockdown.ts';

const RETRY_MS = 2000;

/**
 * The lockdown as the bot holds it: it counts from the moment it is asked for, in memory, whatever the disk does. Its file is written at once
 * or as soon as there is room, so that a restart stays locked too. Made once for a process by bot/main.ts.
 */
export class LockdownLatch {
  readonly #stateDir: string;
  readonly #log: Logger;
  #at: number | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(stateDir: string, log: Logger) {
    this.#stateDir = stateDir;
    this.#log = log;
  }

  /** Whether the household is locked down: by this process, or by its file. */
  get isLocked(): boolean {
    return this.#at !== undefined || isLockedDown(this.#stateDir);
  }

  /** Locks. Never throws: a file that cannot be written is tried again until it stands there, or the lockdown is lifted. */
  begin(at: number): void {
    this.#at ??= at;
    this.#write();
  }

  /** Ends it, after somebody gave the passphrase at the shell. Throws what removing the file throws. */
  lift(): void {
    clearTimeout(this.#retry);
    liftLockdown(this.#stateDir);
    this.#at = undefined;
  }

  #write(): void {
    clearTimeout(this.#retry);
    if (this.#at === undefined) return;
    try {
      beginLockdown(this.#stateDir, this.#at);
    } catch (thrown) {
      this.#log.error(
        { err: thrown, reference: reference() },
        'the lockdown is not on the disk yet: a restart would end it',
      );
      this.#retry = setTimeout(() => this.#write(), RETRY_MS).unref();
    }
  }
}
