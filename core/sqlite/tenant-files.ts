import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantId } from '../caller.ts';
import { syncFolder } from '../keys/durable-write.ts';

const NAME = /^([0-9a-f]{32})(?:\.(\d+))?\.db(?:-wal|-shm|-journal)?$/;

/** Path of a tenant's file. Each new key makes a new file: its generation is in the name, the first one's is not. */
export function tenantFile(folder: string, tenant: TenantId, generation: number): string {
  return join(folder, generation === 0 ? `${tenant}.db` : `${tenant}.${generation}.db`);
}

/**
 * Removes files of a tenant (with their logs) whose generation `isGone` says so. Earlier ones are left by a kill after a
 * change of key: nothing opens them any more. Later ones are an unfinished change; only the process that makes such
 * changes may judge that. Returns how many files went.
 */
export function removeGenerations(folder: string, tenant: TenantId, isGone: (generation: number) => boolean): number {
  const gone = readdirSync(folder).filter((file) => {
    const [, id, generation] = NAME.exec(file) ?? [];
    return id === tenant && isGone(Number(generation ?? 0));
  });
  for (const file of gone) rmSync(join(folder, file), { force: true });
  if (gone.length > 0) syncFolder(folder);
  return gone.length;
}
