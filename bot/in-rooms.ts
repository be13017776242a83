import type { Database } from 'better-sqlite3';
import type { Caller } from '../core/caller.ts';
import { unlessDamaged } from '../core/damaged-store.ts';
import type { People } from '../core/people.ts';
import type { FamilyRooms } from '../core/rooms.ts';
import type { TenantReader, Turn, Vault } from '../core/tenant.ts';
import { turnsOf } from './erase/family-traces.ts';
import { eventsOf } from './erase/person-rows.ts';

interface InRoomsParts {
  readonly db: Database;
  readonly vault: Vault;
  readonly people: Pick<People, 'systemCaller'>;
  readonly families: Pick<FamilyRooms, 'list' | 'callerFor'>;
}

/** What one family room holds of a person. */
export interface OwnInRoom {
  readonly room: string;
  /** Reads the room, for what is this person's alone. */
  readonly caller: Caller;
  /** What they asked there, with the answers. */
  readonly turns: readonly Turn[];
  /** Numbers of the papers that they gave, alone or as others did too. */
  readonly papers: readonly number[];
}

/** What people asked in family rooms and gave to them: it lies in the rooms' own files, and is theirs to see, take and forget all the same. */
export class InRooms {
  readonly #parts: InRoomsParts;

  constructor(parts: InRoomsParts) {
    this.#parts = parts;
  }

  /** The rooms that hold something of a person, also those that they have left; what cannot be read is the admins' business. */
  of(person: string): OwnInRoom[] {
    const { vault, people, families } = this.#parts;
    const events = this.#askedBy(person);
    return families
      .list()
      .flatMap(({ room, tenant }) => {
        const caller = people.systemCaller(tenant);
        const read = () =>
          vault.read(caller, (reader) => ({
            ...{ room, caller },
            turns: turnsOf(reader, events).flatMap((event) => askedIn(reader, room, event) ?? []),
            papers: papersOf(reader, person),
          }));
        return unlessDamaged(read) ?? [];
      })
      .filter(({ turns, papers }) => turns.length + papers.length > 0);
  }

  /** How many questions and papers that are, in all rooms. */
  count(person: string): { readonly questions: number; readonly papers: number } {
    const found = this.of(person);
    return {
      questions: found.reduce((sum, { turns }) => sum + turns.length, 0),
      papers: found.reduce((sum, { papers }) => sum + papers.length, 0),
    };
  }

  /** Forgets what the caller asked in the room that they call from, and nothing of others. Returns how many questions went. */
  forgetQuestions(caller: Caller): number {
    const events = this.#askedBy(caller.person);
    return this.#parts.vault.write(caller, (writer) => writer.forgetTurnsOf(events));
  }

  /** Whether somebody is in the family room that the caller calls from. */
  isThere({ tenant }: Caller, person: string): boolean {
    const { families } = this.#parts;
    const room = families.list().find((one) => one.tenant === tenant)?.room;
    return room !== undefined && families.callerFor(room, person) !== undefined;
  }

  #askedBy(person: string): string[] {
    return eventsOf(this.#parts.db, { person, rooms: [] });
  }
}

/** A question that a room remembers, or keeps as one whose answer was bad. */
function askedIn(reader: TenantReader, room: string, event: string): Turn | undefined {
  const marked = reader.badAnswers().find((answer) => answer.event === event);
  return reader.turnOf(event) ?? (marked && { ...marked, room });
}

function papersOf(reader: TenantReader, person: string): number[] {
  if (reader.sentBy(person) === 0) return [];
  return [...reader.documents(), ...reader.replacedDocuments()]
    .map(({ number }) => number)
    .filter((number) => reader.sourcesOf(number).some(({ source }) => reader.senderOf(source) === person))
    .sort((a, b) => a - b);
}
