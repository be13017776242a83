import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import type { Clock } from '../clock.ts';
import type { TenantInUse } from '../people.ts';
import type { TenantKind } from '../tenant.ts';

/** Says whether a person is in a family room now, and nobody in it is a stranger. */
export type RoomMembership = (room: string, person: string) => boolean;

/** What a tenant is, whether its file was ever made, the generation of its key (tenant-files.ts), and who may enter it. */
export interface TenantRow {
  readonly kind: TenantKind;
  readonly made: boolean;
  readonly generation: number;
  admits(person: string): boolean;
}

interface Columns {
  readonly kind: TenantKind;
  readonly madeAt: number | null;
  readonly generation: number;
  readonly person: string | null;
  readonly room: string | null;
  readonly owner: string | null;
  readonly reader: string | null;
  readonly state: 'making' | 'open' | null;
}

/** An open share whose time is not over and whose two people are both known; `?` is now. */
const OPEN_SHARE = `s.state = 'open' AND (s.until IS NULL OR s.until > ?)
  AND (SELECT count(*) FROM people p WHERE p.id IN (s.owner, s.reader) AND p.removed_at IS NULL) = 2`;

/**
 * Who may enter which tenant, asked in control.db at every single use: a person their own, a member a family room as long
 * as they are in it, the two of a share its shelf as long as it stands. Part of tenant-key-store; asked by the vault.
 */
export class TenantDoors {
  readonly #db: Database.Database;
  readonly #clock: Clock;
  readonly #row: Database.Statement<[number, string], Columns>;
  // Without somebody who knows the rooms nobody is in one.
  #membership: RoomMembership = () => false;

  constructor(db: Database.Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
    this.#row = db.prepare(
      `SELECT t.kind, t.made_at AS madeAt, t.key_generation AS generation, p.id AS person, r.room, s.owner, s.reader, s.state FROM tenants t
       LEFT JOIN people p ON p.tenant = t.id AND (p.removed_at IS NULL OR p.takes_along = 1)
       LEFT JOIN family_rooms r ON r.tenant = t.id
       LEFT JOIN shares s ON s.shelf = t.id AND (s.state = 'making' OR ${OPEN_SHARE})
       WHERE t.id = ?`,
    );
  }

  /** From now on this is asked who is in which room. */
  askMembership(membership: RoomMembership): void {
    this.#membership = membership;
  }

  /** True when a known person is in the room now, and nobody unknown is. */
  isMember(room: string, person: string): boolean {
    return this.#isKnown(person) && this.#membership(room, person);
  }

  /** undefined when there is no such tenant, or nobody may enter it any more. */
  row(tenant: TenantId): TenantRow | undefined {
    const found = this.#row.get(this.#clock(), tenant);
    if (!found || (found.person ?? found.room ?? found.owner) === null) return undefined;
    const { kind, madeAt, generation, person, room, owner, reader, state } = found;
    const admits = (who: string) => {
      if (kind === 'person') return who === person;
      if (kind === 'room') return room !== null && this.isMember(room, who);
      // While it is filled it is the product's alone.
      return state === 'open' && (who === owner || who === reader);
    };
    return { kind, made: madeAt !== null, generation, admits };
  }

  /** Every tenant that somebody, or the product itself, may enter. */
  inUse(): TenantInUse[] {
    return this.#db
      .prepare(
        `SELECT tenant, 'person' AS kind FROM people WHERE removed_at IS NULL
         UNION ALL SELECT tenant, 'room' FROM family_rooms
         UNION ALL SELECT s.shelf, 'shelf' FROM shares s WHERE ${OPEN_SHARE}`,
      )
      .all(this.#clock()) as TenantInUse[];
  }

  #isKnown(person: string): boolean {
    return this.#db.prepare('SELECT 1 FROM people WHERE id = ? AND removed_at IS NULL').get(person) !== undefined;
  }
}
