import { BOT } from '../lab/household.ts';
import { countFrom, listRooms, readRoom } from '../lab/reader.ts';
import type { Synapse } from '../lab/synapse.ts';

/** What lies on the homeserver in rooms that are encrypted. */
export interface MessageCount {
  readonly rooms: number;
  /** Encrypted events of everybody. */
  readonly encrypted: number;
  /** Those of the bot. */
  readonly byBot: number;
  /** Messages of the bot in the clear: each one would be a leak. */
  readonly plainByBot: number;
}

/** Counts as the homeserver's administrator does: without keys, and without asking any of our parts. */
export async function countMessages(synapse: Synapse): Promise<MessageCount> {
  const rooms = (await listRooms(synapse)).filter(({ encryption }) => encryption !== null);
  const count = { rooms: rooms.length, encrypted: 0, byBot: 0, plainByBot: 0 };
  for (const { room_id: room } of rooms) {
    const events = await readRoom(synapse, room);
    const bot = countFrom(events, BOT);
    count.encrypted += events.filter(({ type }) => type === 'm.room.encrypted').length;
    count.byBot += bot.encrypted;
    count.plainByBot += bot.plainMessages;
  }
  return count;
}
