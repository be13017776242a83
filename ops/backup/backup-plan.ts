import type { LocalConfig } from '../../config/config.ts';
import type { Secrets } from '../../config/load.ts';
import { UsageError } from '../../core/exit.ts';
import { productVersion } from '../../core/product-version.ts';
import type { HomeserverPlace } from './homeserver/homeserver-part.ts';
import { postgresAddress } from './homeserver/postgres-address.ts';

/** What a backup is made of and where it goes; plain values from the settings. */
export interface BackupPlan {
  readonly localDir: string;
  readonly recipientsFile: string;
  readonly homeserver: HomeserverPlace;
  /** kinkeeper.yaml; undefined where the environment alone decides. Secrets are never taken along. */
  readonly settingsFile?: string | undefined;
  /** Version of the product. */
  readonly version: string;
}

/** The steps of making a backup, in order. */
export const BACKUP_STEPS = ['backup.freezing', 'backup.writing', 'backup.verifying'] as const;

/** How far a backup has come: bytes, of about so many. */
export interface BackupProgress {
  readonly step: (typeof BACKUP_STEPS)[number];
  readonly done?: number;
  readonly total?: number;
}

/**
 * What the settings say about backups; undefined when none are set up. For the entry files of ops. Throws UsageError when
 * the address of the homeserver's database cannot be one.
 */
export function backupPlan(
  { backup, homeserver }: Pick<LocalConfig, 'backup' | 'homeserver'>,
  secrets: Pick<Secrets, 'homeserverConnection'>,
  settingsFile: string | undefined,
): BackupPlan | undefined {
  const { recipientsFile, localDir } = backup;
  if (recipientsFile === undefined) return undefined;
  const place = homeserverPlaceOf(homeserver, secrets);
  return { localDir, recipientsFile, homeserver: place, settingsFile, version: productVersion() };
}

/** Where the homeserver keeps its things, with the address of its database. Throws UsageError as `backupPlan`. */
export function homeserverPlaceOf(
  homeserver: LocalConfig['homeserver'],
  secrets: Pick<Secrets, 'homeserverConnection'>,
): HomeserverPlace {
  if (homeserver.kind !== 'postgres') return homeserver;
  const address = postgresAddress(secrets.homeserverConnection?.reveal() ?? '');
  if (address === undefined)
    throw new UsageError('homeserver.connectionFile: expected postgresql://user:password@host:port/name in it');
  return { ...homeserver, address };
}
