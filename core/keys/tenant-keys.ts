import type { TenantId } from '../caller.ts';

/** When the tenants' keys were made, milliseconds since 1970. `undated` counts those from before ages were noted. */
export interface TenantKeyAges {
  readonly count: number;
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

/** The life of the tenants' own keys. Implemented by core/sqlite; held by the opened state. */
export interface TenantKeys {
  ages(): TenantKeyAges;
  /** Notes that a tenant, or every one, is to get a new key; the bot sees to it. Returns how many were not noted before. */
  request(which: TenantId | 'all', at: number): number;
  /** Tenants that wait for a new key, in the order in which it was asked for. */
  waiting(): TenantId[];
  /**
   * Gives a tenant a new key: its file is written anew beside the old one, then both are exchanged at one moment and the old
   * key and file are gone. Reads and writes go on meanwhile. Only the process that holds the bot's lock may call it, one at
   * a time. undefined when the tenant is gone. Throws AppError `unavailable` (a full disk, reason `tenant-busy` when another process
   * wrote all the time); then nothing has changed.
   */
  rotate(tenant: TenantId): Promise<KeyChange | undefined>;
}
