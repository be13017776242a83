import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU milliseconds of a process, of all below it, and of those that it has seen end. Steps of 10 ms. */
export function treeCpuMs(pid: number): number {
  const below = childrenOf(pid).reduce((sum, child) => sum + treeCpuMs(child), 0);
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  // utime, stime, cutime, cstime: proc(5), counted from the field behind the name.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return below + (ticks * 1000) / TICKS_PER_SECOND;
}

/** Memory of a process and all below it in bytes; pages that several hold count once in all. 0 for what is gone. */
export function treeBytes(pid: number): number {
  const own = Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
  return childrenOf(pid).reduce((sum, child) => sum + treeBytes(child), own);
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** '' for what is gone meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
