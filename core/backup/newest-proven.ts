import type { Generation } from './generation.ts';
import { isMadeAhead } from './made-ahead.ts';

/**
 * The newest of some backups that was proven by restoring it; undefined when none was. They come newest first, as `Generations` gives them.
 * One of the future is not the newest: it would be that for as long as the clock was ahead.
 */
export function newestProven<One extends Pick<Generation, 'provenAt' | 'madeAt'>>(
  newestFirst: readonly One[],
  now: number,
): One | undefined {
  return newestFirst.find((one) => one.provenAt !== null && !isMadeAhead(one, now));
}
