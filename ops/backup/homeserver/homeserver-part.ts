import { join } from 'node:path';
import type { FrozenFile, OtherStore } from '../../../core/backup/frozen-state.ts';
import { folderFiles } from '../folder-files.ts';
import { dumpPostgres, type PostgresAddress } from './postgres-dump.ts';

/** Where the homeserver (Synapse) keeps what a backup needs. Folders are absolute. */
export type HomeserverPlace =
  | { readonly kind: 'none' }
  | { readonly kind: 'sqlite'; readonly database: string; readonly folder: string; readonly media: string }
  | { readonly kind: 'postgres'; readonly address: PostgresAddress; readonly folder: string; readonly media: string };

/** Below this everything of the homeserver lies in an archive. */
export const HOMESERVER_PREFIX = 'homeserver';
/** The copy of its SQLite file, and what the names of the pieces of its dump begin with. */
export const SQLITE_NAME = `${HOMESERVER_PREFIX}/homeserver.db`;
export const DUMP_PREFIX = `${HOMESERVER_PREFIX}/postgres.dump.`;

const SETTINGS = /^[^/]+\.(ya?ml|key|config)$/;

/** The homeserver's SQLite file, to be frozen together with our own stores; none for another database. */
export function homeserverStores(place: HomeserverPlace): readonly OtherStore[] {
  return place.kind === 'sqlite' ? [{ path: place.database, name: SQLITE_NAME }] : [];
}

/**
 * Everything else of the homeserver: the dump of its database first, then media, so that every medium that the database names is
 * there; settings and signing key. What it fetched from other servers is not needed (Synapse, "Backups").
 */
export async function* homeserverFiles(place: HomeserverPlace, signal: AbortSignal): AsyncIterable<FrozenFile> {
  if (place.kind === 'none') return;
  if (place.kind === 'postgres') yield* dumpPostgres(place.address, { prefix: DUMP_PREFIX, signal });
  yield* folderFiles({
    folder: place.folder,
    prefix: `${HOMESERVER_PREFIX}/settings`,
    takes: (path) => SETTINGS.test(path),
  });
  for (const part of ['local_content', 'local_thumbnails']) {
    yield* folderFiles({ folder: join(place.media, part), prefix: `${HOMESERVER_PREFIX}/media/${part}` });
  }
}
