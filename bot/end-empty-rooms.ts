import type { Clock } from '../core/clock.ts';
import { EMPTY_ROOM_KEPT_MS, type FamilyRooms } from '../core/rooms.ts';
import type { RoomKindParts } from './room-kind.ts';

/**
 * Notes which family rooms no known person is in any more, and erases what is kept of those that stayed so for a month.
 * Called by housekeeping: people leave, and people are removed from the household.
 */
export function endEmptyRooms({
  rooms,
  people,
  families,
  clock,
}: Pick<RoomKindParts, 'rooms' | 'people'> & {
  readonly families: FamilyRooms;
  readonly clock: Clock;
}): void {
  const now = clock();
  for (const { room, emptySince } of families.list()) {
    const isEmpty = !rooms.joinedMembers(room).some((member) => people.find(member));
    if (isEmpty !== (emptySince !== null)) families.noteEmpty(room, isEmpty ? now : null);
    else if (isEmpty && emptySince !== null && emptySince + EMPTY_ROOM_KEPT_MS <= now) families.erase(room);
  }
}
