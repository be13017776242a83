import { join } from 'node:path';
import type { ArchiveHead } from '../backup/archive/manifest.ts';
import type { HomeserverPlace } from '../backup/homeserver/homeserver-part.ts';

/** Where a restore puts things. Folders are absolute. */
export interface RestorePlaces {
  readonly stateDir: string;
  /** `none`: the homeserver in the archive, if there is one, is left where it is. */
  readonly homeserver: HomeserverPlace;
  /** The folder of backups; undefined: not known. */
  readonly localDir?: string | undefined;
  /** Files of our settings that are missing on this machine: name in the archive, and where it belongs. */
  readonly settings: readonly { readonly name: string; readonly path: string }[];
}

/** Everything below one folder, for looking at a backup or for moving it by hand; a dump of PostgreSQL is left out. */
export function placesBelow(folder: string, head: ArchiveHead, settings: readonly string[]): RestorePlaces {
  const below = join(folder, 'homeserver');
  return {
    stateDir: join(folder, 'state'),
    homeserver:
      head.homeserver === 'sqlite'
        ? { kind: 'sqlite', database: join(below, 'homeserver.db'), folder: below, media: join(below, 'media_store') }
        : { kind: 'none' },
    settings: settings.map((name) => ({ name, path: join(folder, name) })),
  };
}
