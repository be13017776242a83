import type { TenantId } from '../caller.ts';
import type { TenantKind } from '../tenant.ts';
import type { KeyFile } from './key-file.ts';

/** When the tenants' keys were made, milliseconds since 1970. `undated` counts those from before ages were noted. */
export interface TenantKeyAges {
  readonly count: number;
  /** How many of them are people's own, of family rooms, and of lent documents. */
  readonly kinds: Readonly<Record<TenantKind, number>>;
  readonly undated: number;
  /** undefined when none is dated. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
}

/** What a change of a tenant's key did: bytes of the new file, and how often it was copied because somebody wrote meanwhile. */
export interface KeyChange {
  readonly bytes: number;
  readonly copies: number;
}

/** The how many-th master key it is, and when it, its passphrase and its recovery code were made; null: before that was noted. */
export type MasterKeyAges = Pick<KeyFile, 'generation' | 'madeAt'>;

/** The life of the tenants' own keys, and the ages of all. Implemented by core/sqlite; held by the opened state. */
export interface TenantKeys {
  /** From keys.json as it is now. Throws AppError `unavailable` when that cannot be read. */
  master(): MasterKeyAges;
  ages(): TenantKeyAges;
  /** Notes that a tenant, or every one, is to get a new key; the bot sees to it. Returns how many were not noted before. */
  request(which: TenantId | 'all', at: number): number;
  /** Tenants that wait for a new key, in the order in which it was asked for. */
  waiting(): TenantId[];
  /**
   * Gives a tenant a new key: its file is written anew beside the old one, then both are exchanged at one moment and the old
   * key and file are gone. Reads go on meanwhile, and writes nearly always: where
   * somebody writes without a pause, they are sent away (`store-busy`) during a last copy. Only the process that holds the bot's lock may call it, one at
   * a time. undefined when the tenant is gone, also when it goes meanwhile: then no file of it is left. Throws AppError `unavailable` (a full disk, reason `tenant-busy` when another process
   * wrote all the time); then nothing has changed. `signal` cuts the copying off.
   */
  rotate(tenant: TenantId, signal?: AbortSignal): Promise<KeyChange | undefined>;
}
