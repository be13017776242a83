import type { AuditAnchor } from '../audit-anchor.ts';
import type { TenantId } from '../caller.ts';

/** A file as it was at the moment of the freeze. `read` gives exactly `bytes` bytes, as often as asked. */
export interface FrozenFile {
  /** Below the folder that it is restored into, with slashes: `tenants/<id>.db`. */
  readonly name: string;
  readonly bytes: number;
  read(): AsyncIterable<Uint8Array>;
}

/** A file of an archive whose content is at hand. */
export function inMemory(name: string, content: Uint8Array): FrozenFile {
  const read = async function* () {
    yield content;
  };
  return { name, bytes: content.length, read };
}

/** A plain SQLite file of somebody else, in WAL mode, and the name that its copy gets. */
export interface OtherStore {
  readonly path: string;
  readonly name: string;
}

/** What opens the stores for a freeze (32 bytes each, to be wiped by who asked): control.db, bot.db, and what wraps the tenants' keys. */
export interface FreezeKeys {
  readonly control: Uint8Array;
  readonly bot: Uint8Array;
  readonly wrap: Uint8Array;
}

/** How much of a tenant there was, to be compared with after a restore. */
export interface TenantCount {
  readonly tenant: TenantId;
  readonly documents: number;
  readonly passages: number;
}

/**
 * All stores of a household at one moment, while everybody goes on writing. Their logs grow until this is disposed, so it is
 * held no longer than the reading takes.
 */
export interface FrozenState extends Disposable {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly files: readonly FrozenFile[];
  /** The stores of others, by the names that were asked for. */
  readonly others: readonly FrozenFile[];
  readonly tenants: readonly TenantCount[];
  readonly people: number;
  readonly anchor: AuditAnchor;
}

/** What the names of folders in the state folder begin with that a killed freeze leaves; the next backup removes them. */
export const FREEZE_LEFTOVER = 'freeze.tmp-';
