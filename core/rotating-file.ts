import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from './errors.ts';

/** Where lines go, how large a file grows, and how many full ones are kept beside it (`<path>.1` is the newest). */
export interface RotatingFileOptions {
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
}

/**
 * A destination for the log that puts the file aside when it is full: for who runs without systemd or Docker, which do the
 * same. One process writes it. A line is written before `write` returns; a disk that takes no more loses lines, and stops nobody.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  #file: number;
  #size: number;

  /** Throws AppError `invalid` when the file cannot be written. */
  constructor(options: RotatingFileOptions) {
    this.#options = options;
    try {
      // Not recursive: Node never ends with that where no folder can be made, as in /proc.
      if (!existsSync(dirname(options.path))) mkdirSync(dirname(options.path), { mode: 0o700 });
      this.#file = this.#open();
      this.#size = fstatSync(this.#file).size;
    } catch (error) {
      throw new AppError('invalid', `The log file ${options.path} cannot be written.`, {
        hint: 'Set logFile.path to a file in a folder of this account, or leave it out.',
        cause: error,
      });
    }
  }

  write(line: string): void {
    try {
      const bytes = Buffer.byteLength(line);
      if (this.#size > 0 && this.#size + bytes > this.#options.bytes) this.#rotate();
      writeSync(this.#file, line);
      this.#size += bytes;
    } catch {
      // Nowhere left to say it: health tells of the full disk.
    }
  }

  #rotate(): void {
    const { path, files } = this.#options;
    rmSync(`${path}.${files}`, { force: true });
    for (let number = files - 1; number >= 1; number--)
      if (existsSync(`${path}.${number}`)) renameSync(`${path}.${number}`, `${path}.${number + 1}`);
    renameSync(path, `${path}.1`);
    const full = this.#file;
    this.#file = this.#open();
    this.#size = 0;
    closeSync(full);
  }

  #open(): number {
    return openSync(this.#options.path, 'a', 0o600);
  }
}
