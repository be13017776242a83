import type { AlertLog } from './alert.ts';
import type { ApiKeys } from './api-key.ts';
import type { AuditLog } from './audit.ts';
import type { FreezeKeys } from './backup/frozen-state.ts';
import type { Generations } from './backup/generation.ts';
import type { TenantId } from './caller.ts';
import type { DailyFigures } from './daily-figures.ts';
import type { Erasing } from './erase/erasing.ts';
import type { Identities } from './identities.ts';
import type { Heartbeats, JobLog, JobRequests } from './job.ts';
import type { TenantKeys } from './keys/tenant-keys.ts';
import type { People } from './people.ts';
import type { FamilyRooms } from './rooms.ts';
import type { Shares } from './shares.ts';
import type { Vault } from './tenant.ts';

/** Small facts of the installation (ops room id, first start); not for secrets. Implemented by core/sqlite. */
export interface Facts {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  delete(key: string): void;
}

/** Everything behind control.db, where bot and ops meet. */
export interface Control {
  readonly people: People;
  readonly alerts: AlertLog;
  readonly jobs: JobLog;
  readonly requests: JobRequests;
  readonly heartbeats: Heartbeats;
  readonly audit: AuditLog;
  readonly facts: Facts;
  readonly identities: Identities;
  readonly backups: Generations;
  readonly daily: DailyFigures;
  readonly apiKeys: ApiKeys;
}

/** An unlocked state folder: what an entry file works with. Closing wipes the keys it holds (best effort) and closes every file. */
export interface OpenState extends Disposable {
  readonly control: Control;
  readonly vault: Vault;
  /** Erases people and their documents, with proof. */
  readonly erasing: Erasing;
  readonly keys: TenantKeys;
  readonly rooms: FamilyRooms;
  readonly shares: Shares;
  /** Key of bot.db (32 bytes), derived from the master key. */
  readonly botKey: Uint8Array;
  /**
   * Secret of what one tenant keeps in an index outside of the state folder (32 bytes, to be wiped by who asked for it),
   * derived from the tenant's own key. Throws AppError `not-found` when there is no such tenant.
   */
  indexSecret(tenant: TenantId): Uint8Array;
  /** Copies of the keys that a backup's own process freezes the stores with. */
  freezeKeys(): FreezeKeys;
  /**
   * Closes the tenants' files that this process keeps open for the next use. For a job that walked through all of them in a process
   * that seldom needs them: whoever is erased then is not held open here.
   */
  releaseFiles(): void;
  /** Names of stores of which a page cannot be read, or that are missing: every page of every one is looked at. For drills. */
  damaged(): Promise<string[]>;
  /**
   * Opens a copy of this state folder that lies elsewhere, as `openState` would: for drills, which have no passphrase. Only
   * where the folder was opened with `opensCopies`. Throws AppError as `openState` (`keys-damaged` for a copy from before a change of the master key).
   */
  openCopy(stateDir: string): OpenState;
  /** Present until somebody was told: made with keys.json, or anew when an earlier start ended too soon. Stored nowhere. */
  readonly newRecoveryCode: string | undefined;
  /** To be called once `newRecoveryCode` is shown or safely on its way; until then every start makes another one. */
  recoveryCodeTold(): void;
}
