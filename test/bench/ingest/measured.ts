import { treeCpuMs } from './tree.ts';

/** How many passages were made and embedded, and what that took: on the clock, and in CPU time of all processes. */
export interface Measured {
  readonly passages: number;
  readonly ms: number;
  readonly cpuMs: number;
}

/** Measures work of this process and those below it; `work` returns how many passages it made. */
export async function measured(work: () => Promise<number>): Promise<Measured> {
  const [started, before] = [performance.now(), treeCpuMs(process.pid)];
  const passages = await work();
  return { passages, ms: performance.now() - started, cpuMs: treeCpuMs(process.pid) - before };
}
