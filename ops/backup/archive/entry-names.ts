import { AppError } from '../../../core/errors.ts';

/** What every file system that we restore to takes: bytes of one part of a name, and of all of it, with room for the folder it goes into. */
const MOST_PART_BYTES = 255;
const MOST_BYTES = 1024;

/**
 * The names in one archive, in one rule for who writes it and for everybody who reads it: what could not be restored is never written,
 * and a check refuses what a restore would. Whatever homeservers and families call their files is good (any script, spaces, dots
 * in front, brackets); ways out of the folder, control characters, halves of characters and what is there already are not.
 */
export class EntryNames {
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();

  /** Takes the next one. Returns in words what is wrong with it, to follow "a file in it"; undefined when it is good. */
  add(name: string): string | undefined {
    const parts = name.split('/');
    if (!parts.every(isPart) || Buffer.byteLength(name) > MOST_BYTES) return 'has a name that cannot be restored';
    const folders = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
    const isTaken = this.#files.has(name) || this.#folders.has(name) || folders.some((one) => this.#files.has(one));
    if (isTaken) return 'has the name of another one';
    this.#files.add(name);
    for (const folder of folders) this.#folders.add(folder);
    return undefined;
  }
}

function isPart(part: string): boolean {
  const isWay = part === '' || part === '.' || part === '..';
  return !isWay && !/\p{Cc}/u.test(part) && part.isWellFormed() && Buffer.byteLength(part) <= MOST_PART_BYTES;
}

/** The error of a file that a backup cannot take, for who makes it; `problem` as from `EntryNames.add`. */
export function nameNotTaken(name: string, problem: string): AppError {
  const file = JSON.stringify(name);
  return new AppError('invalid', `no backup can be made: the file ${file} ${problem}`, {
    reason: 'backup-name',
    hint: 'Rename that file: no control characters, at most 255 bytes, 1024 with its folders, and no two files of one name (such as kinkeeper.yaml and backup.recipientsFile). Then make the backup again; earlier ones are untouched.',
    facts: { file },
  });
}
