import type { RoomBook } from './matrix/room-book.ts';

/** How a person's own chats are found. */
export interface OwnChatParts {
  readonly own: string;
  readonly rooms: Pick<RoomBook, 'directRoomsOf' | 'everEncrypted'>;
  /** True for rooms that are no person's own chat, whoever is in them now: the ops room of a single admin has two members as well. */
  readonly isShared: (room: string) => boolean;
}

/** The chats in which something may be said to a person without being asked, the one in which they spoke last first. */
export function ownChats({ own, rooms, isShared }: OwnChatParts, person: string): string[] {
  return rooms.directRoomsOf(own, person).filter((room) => rooms.everEncrypted(room) && !isShared(room));
}
