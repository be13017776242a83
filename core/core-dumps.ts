import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * One byte, not none: a kernel that hands dumps to a program (core_pattern with "|") ignores a limit of 0 and stops at 1
 * (fs/coredump.c), and no dump of any size fits into a file of one byte.
 */
const LIMIT = 1;

/**
 * Turns core dumps off for this process and all that it starts, because a dump holds every key in memory. Node has no
 * setrlimit, so prlimit (util-linux) does it. Called first thing by the entry files of bot and ops, and by doctor. False
 * when they are still on: prlimit is missing, or /proc is not readable.
 */
export function turnCoreDumpsOff(): boolean {
  try {
    if (limits().every((limit) => limit === LIMIT)) return true;
    execFileSync('prlimit', ['--pid', String(process.pid), `--core=${LIMIT}:${LIMIT}`], { stdio: 'ignore' });
  } catch {
    // A hard limit of 0 was set from outside and cannot be raised to 1: no dump is written to a file either.
  }
  return areOff();
}

function areOff(): boolean {
  try {
    return limits().every((limit) => limit <= LIMIT);
  } catch {
    return false;
  }
}

/** Soft and hard limit in bytes; "unlimited" is infinite. */
function limits(): number[] {
  const line = /^Max core file size +(\S+) +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return [line?.[1], line?.[2]].map((text) =>
    text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text ?? Number.NaN),
  );
}
