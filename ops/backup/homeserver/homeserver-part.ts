import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FrozenFile, OtherStore } from '../../../core/backup/frozen-state.ts';
import { filesNamed, folderFiles, type TellLeftOut } from '../folder-files.ts';
import { missing } from '../missing.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { dumpPostgres } from './postgres-dump.ts';

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

const SETTINGS = /\.(ya?ml|key|config)$/;
/** Without these a homeserver does not come back as itself. */
const EXPECTED = ['*.yaml', '*.key'] as const;

/** The homeserver's SQLite file, to be frozen together with our own stores; none for another database. */
export function homeserverStores(place: HomeserverPlace): readonly OtherStore[] {
  return place.kind === 'sqlite' ? [{ path: place.database, name: SQLITE_NAME }] : [];
}

/**
 * Everything else of the homeserver: the dump of its database first, then media, so that every medium that the database names is
 * there; settings and signing key. What it fetched from other servers is not needed (Synapse, "Backups"). Throws AppError as `dumpPostgres`
 * and `homeserverFolders`.
 */
export async function* homeserverFiles(
  place: HomeserverPlace,
  { signal, tell }: { signal: AbortSignal; tell: TellLeftOut },
): AsyncIterable<FrozenFile> {
  if (place.kind === 'postgres') yield* dumpPostgres(place.address, { prefix: DUMP_PREFIX, signal });
  yield* homeserverFolders(place, tell);
}

/** What lies in the homeserver's folders, for backups and for who looks whether it can be read. Tells what is expected and not there. Throws AppError as `filesNamed`. */
export async function* homeserverFolders(place: HomeserverPlace, tell: TellLeftOut): AsyncIterable<FrozenFile> {
  if (place.kind === 'none') return;
  const prefix = `${HOMESERVER_PREFIX}/settings`;
  const found = new Set<string>();
  for await (const file of filesNamed(SETTINGS, { folder: place.folder, prefix, tell })) {
    found.add(`*${extname(file.name).replace('.yml', '.yaml')}`);
    yield file;
  }
  for (const one of EXPECTED) if (!found.has(one)) tell({ name: `${prefix}/${one}`, why: 'missing' });
  if ((await stat(place.media).catch(missing)) === undefined)
    tell({ name: `${HOMESERVER_PREFIX}/media`, why: 'missing' });
  for (const part of ['local_content', 'local_thumbnails'])
    yield* folderFiles({ folder: join(place.media, part), prefix: `${HOMESERVER_PREFIX}/media/${part}`, tell });
}
