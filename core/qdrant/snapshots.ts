import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { QdrantServer } from './qdrant-server.ts';

/** A snapshot of one collection. Whoever stores it seals it: it says what a thief of Qdrant would learn. */
export interface CollectionSnapshot {
  readonly collection: string;
  readonly bytes: Uint8Array;
  /** SHA-256 in hex, checked by Qdrant when it is restored. */
  readonly checksum: string;
}

/** Makes a snapshot of a collection, fetches it, and removes it from the server. For backups. Throws AppError `unavailable`. */
export async function takeSnapshot(server: QdrantServer, collection: string): Promise<CollectionSnapshot> {
  const made = await server.on(collection, 'rw', (client) => client.createSnapshot(collection));
  if (!made) throw new AppError('unavailable', 'Qdrant made no snapshot', { reason: 'index-unreachable' });
  try {
    const path = `/collections/${collection}/snapshots/${encodeURIComponent(made.name)}`;
    const response = await server.fetch({ collection, may: 'r' }, path, {});
    const bytes = new Uint8Array(await response.arrayBuffer());
    const checksum = createHash('sha256').update(bytes).digest('hex');
    if (made.checksum && made.checksum !== checksum) {
      throw new AppError('unavailable', 'a snapshot of Qdrant arrived damaged', { reason: 'index-damaged' });
    }
    return { collection, bytes, checksum };
  } finally {
    await server.on(collection, 'rw', (client) => client.deleteSnapshot(collection, made.name));
  }
}

/**
 * Puts a collection back as it was in a snapshot, in the place of whatever is there. Afterwards the mirror has to ask
 * what Qdrant holds (`TenantMirror.doubt`): the tenant's file may know more, or less. Only onto the same or the next
 * minor version of Qdrant. Throws AppError `unavailable`.
 */
export async function restoreSnapshot(server: QdrantServer, snapshot: CollectionSnapshot): Promise<void> {
  const { collection, bytes, checksum } = snapshot;
  const body = new FormData();
  body.set('snapshot', new Blob([Uint8Array.from(bytes)]), 'collection.snapshot');
  const path = `/collections/${collection}/snapshots/upload?wait=true&priority=snapshot&checksum=${checksum}`;
  // Qdrant asks for the right over the whole server here, because this can make a collection.
  await server.fetch('manage', path, { method: 'POST', body });
}
