import type { Person } from '../core/people.ts';
import type { MatrixEvent } from './matrix/events.ts';
import type { RoomBook } from './matrix/room-book.ts';

interface TellParts {
  readonly own: string;
  readonly people: readonly Person[];
  readonly rooms: Pick<RoomBook, 'joinedMembers'>;
  readonly opsRoom: string | undefined;
}

/**
 * Whom the locked bot tells that it is locked, by chat: known people who wrote in their direct chat. In a room with others
 * people talk to each other, and nobody can tell without opening a message whether it was meant for the bot.
 */
export function writersToTell(
  { own, people, rooms, opsRoom }: TellParts,
  waiting: Iterable<{ readonly event: MatrixEvent; readonly room: string }>,
): Map<string, Person> {
  const told = new Map<string, Person>();
  for (const { event, room } of waiting) {
    const person = people.find(({ id }) => id === event.sender);
    const isMessage = event.type === 'm.room.encrypted' || event.type === 'm.room.message';
    if (person === undefined || !isMessage || room === opsRoom) continue;
    const isAlone = rooms.joinedMembers(room).every((member) => member === own || member === person.id);
    if (isAlone) told.set(room, person);
  }
  return told;
}
