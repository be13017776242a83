import type { Caller } from '../../core/caller.ts';
import type { EraseTraces } from '../../core/erase/erasure.ts';
import type { People } from '../../core/people.ts';
import type { FamilyRooms } from '../../core/rooms.ts';
import type { TenantReader, Vault } from '../../core/tenant.ts';

interface FamilyParts {
  readonly vault: Vault;
  readonly people: People;
  readonly families: FamilyRooms;
}

/** What the family rooms hold of a person: papers that they sent there, and their questions with answers, found by message. */
export interface InFamilies {
  readonly papers: number;
  readonly turns: number;
}

/** Counts it, in every room's own file; a question that is both remembered and kept as marked is one. `events`: ids of messages that may have been questions. */
export function countInFamilies(parts: FamilyParts, person: string, events: readonly string[]): InFamilies {
  const found = callersOf(parts).map((caller) =>
    parts.vault.read(caller, (reader) => ({ papers: reader.sentBy(person), turns: turnsOf(reader, events).length })),
  );
  return {
    papers: found.reduce((sum, { papers }) => sum + papers, 0),
    turns: found.reduce((sum, { turns }) => sum + turns, 0),
  };
}

/**
 * Takes a person out of the family rooms: their questions go; papers that they gave to a room stay the room's, and nothing
 * says any more who sent them. A room where nobody else is any more ends, because the bot leaves it with them. A repeat
 * changes nothing. Used by the erasure of a person.
 */
export function removeFromFamilies(parts: FamilyParts, person: string, { rooms, events }: EraseTraces): void {
  for (const room of rooms) parts.families.erase(room);
  for (const caller of callersOf(parts)) {
    parts.vault.write(caller, (writer) => {
      for (const event of turnsOf(writer, events)) writer.forgetTurnOf(event);
      writer.forgetSender(person);
    });
  }
}

function turnsOf(reader: TenantReader, events: readonly string[]): string[] {
  const marked = new Set(reader.badAnswers().map(({ event }) => event));
  if (reader.memorySize().turns + marked.size === 0) return [];
  return events.filter((event) => marked.has(event) || reader.turnOf(event) !== undefined);
}

function callersOf({ people, families }: FamilyParts): Caller[] {
  return families.list().map(({ tenant }) => people.systemCaller(tenant));
}
