import { readFileSync, realpathSync, statSync } from 'node:fs';
import { AppError } from '../core/errors.ts';
import { writeDurably } from '../core/keys/durable-write.ts';

/** The file of `matrix.passwordFile`, as far as the bot writes it. Holds no content. */
export class PasswordFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The password. One line break at the end is the editor's. Throws AppError `unavailable` (`password-file`). */
  read(): string {
    return this.#safely(() => readFileSync(this.path, 'utf8').replace(/\r?\n$/, ''));
  }

  /**
   * Makes sure that a new password can be written: puts the old one in its own place, by the very steps of a change. A file that its
   * owner may not write is left alone: somebody wants it so. Throws AppError `unavailable` (`password-file`).
   */
  rehearse(): void {
    this.#safely(() => {
      if ((statSync(this.path).mode & 0o200) === 0) throw Object.assign(new Error('read-only'), { code: 'read-only' });
    });
    this.write(this.read());
  }

  /** Durable, whole or not at all; the bytes of the old one are overwritten. Throws AppError `unavailable` (`password-file`). */
  write(password: string): void {
    // What is behind a link is replaced, not the link.
    this.#safely(() => writeDurably(realpathSync(this.path), `${password}\n`, { exclusive: false, shred: true }));
  }

  #safely<T>(act: () => T): T {
    try {
      return act();
    } catch (cause) {
      throw new AppError('unavailable', 'the file with the password of the bot cannot be read or replaced', {
        reason: 'password-file',
        facts: { problem: problemIn(cause) },
        hint: 'The file of matrix.passwordFile and its folder must be writable for the account of the bot.',
        cause,
      });
    }
  }
}

/** The code of the fault, also below an error of ours; never content. */
function problemIn(thrown: unknown): string {
  for (let one = thrown; one instanceof Error; one = one.cause) {
    const { code } = one as NodeJS.ErrnoException;
    if (code !== undefined && !(one instanceof AppError)) return code;
  }
  return 'unknown';
}
