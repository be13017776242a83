import type { Caller } from '../core/caller.ts';
import type { FamilyRooms } from '../core/rooms.ts';
import type { Place } from './commands/command-spec.ts';
import type { Surroundings } from './incoming.ts';
import type { RefusalReason, Route } from './route.ts';

/** What reads or keeps papers: in a family room those of the room, and never one's own. */
const USES_PAPERS: ReadonlySet<Route['kind']> = new Set(
  'file question edit-of-question command unknown-command plain-request thumbs-down'.split(' ') as Route['kind'][],
);

/**
 * For the dispatcher: the caller by whose right a message is handled, that of its sender in this room. undefined when the
 * sender may not enter the room's papers any more.
 */
export function callerIn(
  families: FamilyRooms,
  about: { around: Surroundings; decision: Route; room: string; person: Caller },
): Caller | undefined {
  const { around, decision, room, person } = about;
  const isOfRoom = around.roomKind === 'family' && USES_PAPERS.has(decision.kind);
  return isOfRoom ? families.enter(room, person.person) : person;
}

/** True where people talk to the bot about papers. */
export function isChat({ roomKind }: Surroundings): boolean {
  return roomKind === 'direct' || roomKind === 'family';
}

/** The place of a command that was given there. */
export function placeIn({ roomKind }: Surroundings): Place {
  return roomKind === 'ops' || roomKind === 'family' ? roomKind : 'direct';
}

/** Name under which a refusal is told once in its room; in a family room once to each, because people talk there. undefined: every time. */
export function toldOnce(why: RefusalReason, person: string, { roomKind }: Surroundings): string | undefined {
  if (why === 'not-direct') return 'crowd';
  if (why === 'identity-changed') return `${why} ${person}`;
  if (why === 'ops-no-questions') return why;
  return roomKind === 'family' ? `${why} ${person}` : undefined;
}
