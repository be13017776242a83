import type { Caller, TenantId } from './caller.ts';

/** A family room that something is kept of. */
export interface FamilyRoom {
  readonly tenant: TenantId;
  /** The room as the chat server names it. */
  readonly room: string;
  /** When the last known person was seen to be gone, milliseconds since 1970; null while somebody is there. */
  readonly emptySince: number | null;
}

/** How long everything of a family room is kept after the last known person has left it, in milliseconds. */
export const EMPTY_ROOM_KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Rooms of several known people that have a tenant of their own. Implemented by core/sqlite. Who is in a room is asked
 * of `askMembership`'s function at every use of the room's tenant; until it is called nobody is in any.
 */
export interface FamilyRooms {
  /** `membership(room, person)`: the person is in the room now, and nobody unknown is. */
  askMembership(membership: (room: string, person: string) => boolean): void;
  /** True when the room has a tenant. */
  has(room: string): boolean;
  /** Caller of an authenticated sender in a room that has a tenant; undefined for who may not enter, or when it has none. */
  callerFor(room: string, sender: string): Caller | undefined;
  /** The same, and makes the tenant where there is none yet and the sender is in the room. */
  enter(room: string, sender: string): Caller | undefined;
  list(): FamilyRoom[];
  /** Notes that no known person is in the room any more since a time, or (null) that somebody is. */
  noteEmpty(room: string, since: number | null): void;
  /** Destroys the room's key and everything kept of it. Does nothing when it has no tenant. */
  erase(room: string): void;
}
