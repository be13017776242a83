import { remoteFault } from './remote-fault.ts';

/** So many files a remote may list: a thousand times what a household keeps. */
export const MOST_LISTED = 50_000;
const LEAST_ANSWER = 10;

/**
 * Counts what a remote lists, in however many answers: a list has no end where the far side gives none. Made by the remotes for each
 * list.
 */
export class ListLimit {
  readonly #remote: string;
  #left = MOST_LISTED;

  constructor(remote: string) {
    this.#remote = remote;
  }

  /** So many files came. Throws AppError `invalid` once it is more than any folder of backups has. */
  take(count: number): void {
    this.#left -= count;
    if (this.#left < 0) throw tooLong(this.#remote, `lists more than ${MOST_LISTED} files`);
  }

  /** The same for the files of one answer of several. Small ones count for more, so that answers without files have an end. */
  answered(count: number): void {
    this.take(Math.max(LEAST_ANSWER, count));
  }
}

/** A list, or an answer, that is larger than any of ours. Used by the remotes. */
export function tooLong(remote: string, problem: string): Error {
  const hint = 'Give the backups a folder of their own there; if they have one, do not trust that machine.';
  return remoteFault('too-long', remote, problem, hint);
}
