import type { ArchiveHead } from './manifest.ts';

/** The head of an archive that holds no stores: evidence, and copies of the list of what was erased. `madeAt` in milliseconds. */
export function bareHead(version: string, madeAt: number): ArchiveHead {
  const auditAnchor = { rows: 0, hash: '0'.repeat(64), at: madeAt };
  return { format: 1, version, madeAt, people: 0, tenants: [], auditAnchor, homeserver: 'none' };
}
