import type { Generation } from './generation.ts';

/** The newest of some backups that was proven by restoring it; undefined when none was. They come newest first, as `Generations` gives them. */
export function newestProven<One extends Pick<Generation, 'provenAt'>>(newestFirst: readonly One[]): One | undefined {
  return newestFirst.find(({ provenAt }) => provenAt !== null);
}
