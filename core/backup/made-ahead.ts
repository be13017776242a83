import { type Generation, type Generations, isVerified } from './generation.ts';

/** A generation that claims to be newer than now by more than this was made by another clock. */
export const MOST_AHEAD_MS = 3_600_000;

/**
 * Whether a backup says that it was made in the future: the clock was ahead then, or is behind now. How old it is nobody can say, so it
 * stands for no other one. `now` in milliseconds since 1970.
 */
export function isMadeAhead({ madeAt }: Pick<Generation, 'madeAt'>, now: number): boolean {
  return madeAt > now + MOST_AHEAD_MS;
}

/** The backups that count when it is asked how old they are, newest first: read back by us at some place, and not of the future. */
export function countingBackups(backups: Pick<Generations, 'all'>, now: number): Generation[] {
  return backups.all().filter((one) => isVerified(one) && !isMadeAhead(one, now));
}
