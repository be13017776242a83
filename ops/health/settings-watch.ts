import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** A file that is read at a start. `name` is what admins are told; of a secret only its metadata is looked at. */
export interface WatchedFile {
  readonly name: string;
  readonly path: string;
  readonly isSecret: boolean;
}

/**
 * Notices that the settings, or a file with a secret, were changed while the process runs. What is there when it is made is
 * what is known: a start reads it, and the audit trail says what was changed by then.
 */
export class SettingsWatch {
  readonly #files: readonly WatchedFile[];
  #known: Map<string, string>;

  constructor(files: readonly WatchedFile[]) {
    this.#files = files;
    this.#known = this.#look();
  }

  /** Names of the files that are not as they were at the last look; what is there now is what is known from now on. */
  changes(): string[] {
    const now = this.#look();
    const changed = this.#files.filter(({ path }) => now.get(path) !== this.#known.get(path)).map(({ name }) => name);
    this.#known = now;
    return [...new Set(changed)];
  }

  #look(): Map<string, string> {
    return new Map(this.#files.map((file) => [file.path, stateOf(file)]));
  }
}

function stateOf({ path, isSecret }: WatchedFile): string {
  try {
    const { mode, uid, gid, size, mtimeMs } = statSync(path);
    const owner = `${mode} ${uid} ${gid}`;
    if (isSecret) return `${owner} ${size} ${mtimeMs}`;
    return `${owner} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
