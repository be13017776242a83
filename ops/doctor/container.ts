import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Whether this process runs in a container of Docker or Podman. */
export function isInContainer(): boolean {
  return existsSync('/.dockerenv') || existsSync('/run/.containerenv');
}

/** How much memory this container may take, in bytes, by version 2 or 1 of control groups; null: there is no limit, or none to be seen. */
export async function memoryLimit(
  files: readonly string[] = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'],
): Promise<number | null> {
  for (const file of files) {
    const limit = Number(await readFile(file, 'utf8').catch(() => ''));
    // Without a limit version 2 says "max", and version 1 a number beyond any memory.
    if (limit > 0 && limit < 2 ** 60) return limit;
  }
  return null;
}
