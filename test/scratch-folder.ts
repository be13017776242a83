import { readFileSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';

const IN_MEMORY = '/dev/shm';
const ENOUGH_BYTES = 6 * 2 ** 30;

/**
 * Where tests keep their files: in memory where there is plenty of it, and programs may run from there. Tests write small
 * stores and wait for the disk each time, several hundred thousand times; what outlasts a killed process is the same in both, and
 * what outlasts a power cut no test can say. On a smaller machine: the usual folder.
 */
export function scratchFolder(): string {
  if (process.env.TMPDIR !== undefined) return tmpdir();
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const isRoomy = Math.min(bavail * bsize, freemem()) >= ENOUGH_BYTES;
    return isRoomy && runsPrograms(readFileSync('/proc/mounts', 'utf8')) ? IN_MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

function runsPrograms(mounts: string): boolean {
  const flags = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .findLast(([, place]) => place === IN_MEMORY)?.[3];
  return flags !== undefined && !flags.split(',').includes('noexec');
}
