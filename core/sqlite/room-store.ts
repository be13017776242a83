import type Database from 'better-sqlite3';
import { Caller, type TenantId } from '../caller.ts';
import type { People } from '../people.ts';
import type { FamilyRoom, FamilyRooms } from '../rooms.ts';
import { emptyLog } from './open-encrypted.ts';
import type { RoomMembership } from './tenant-doors.ts';
import type { TenantKeyStore } from './tenant-key-store.ts';
import { transact } from './transact.ts';

/** What family rooms are kept with. `discard` closes and removes a tenant's file. */
export interface RoomStoreParts {
  readonly tenants: TenantKeyStore;
  readonly people: Pick<People, 'find'>;
  readonly discard: (tenant: TenantId) => void;
}

/** The family rooms in control.db: `FamilyRooms` of core. Made by `openState`. */
export class RoomStore implements FamilyRooms {
  readonly #db: Database.Database;
  readonly #parts: RoomStoreParts;

  constructor(db: Database.Database, parts: RoomStoreParts) {
    this.#db = db;
    this.#parts = parts;
  }

  askMembership(membership: RoomMembership): void {
    this.#parts.tenants.doors.askMembership(membership);
  }

  has(room: string): boolean {
    return this.#tenantOf(room) !== undefined;
  }

  callerFor(room: string, sender: string): Caller | undefined {
    const tenant = this.#tenantOf(room);
    const person = this.#parts.people.find(sender);
    if (tenant === undefined || !person) return undefined;
    if (!this.#parts.tenants.active(tenant)?.admits(person.id)) return undefined;
    return new Caller({ person: person.id, tenant, role: person.role, language: person.language });
  }

  enter(room: string, sender: string): Caller | undefined {
    if (!this.has(room) && this.#parts.tenants.doors.isMember(room, sender)) {
      transact(this.#db, 'write', () =>
        this.#db
          .prepare('INSERT INTO family_rooms (tenant, room) VALUES (?, ?)')
          .run(this.#parts.tenants.create('room'), room),
      );
    }
    return this.callerFor(room, sender);
  }

  list(): FamilyRoom[] {
    return this.#db
      .prepare('SELECT tenant, room, empty_since AS emptySince FROM family_rooms ORDER BY tenant')
      .all() as FamilyRoom[];
  }

  noteEmpty(room: string, since: number | null): void {
    transact(this.#db, 'write', () =>
      this.#db
        .prepare(
          `UPDATE family_rooms SET empty_since = CASE WHEN @since IS NULL THEN NULL ELSE coalesce(empty_since, @since) END
           WHERE room = @room`,
        )
        .run({ room, since }),
    );
  }

  erase(room: string): void {
    const tenant = this.#tenantOf(room);
    if (tenant === undefined) return;
    // The key first: from then on the file is noise, whatever happens before it is gone.
    transact(this.#db, 'write', () => {
      this.#db.prepare('DELETE FROM family_rooms WHERE tenant = ?').run(tenant);
      this.#parts.tenants.remove(tenant);
    });
    emptyLog(this.#db);
    this.#parts.discard(tenant);
  }

  #tenantOf(room: string): TenantId | undefined {
    return this.#db.prepare('SELECT tenant FROM family_rooms WHERE room = ?').pluck().get(room) as TenantId | undefined;
  }
}
