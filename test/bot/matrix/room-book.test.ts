import { afterEach, beforeEach, expect, test } from 'vitest';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import { temporaryBotDb } from './bot-db.ts';
import { ADA, BOT, member, ROOM, text } from './sample-events.ts';

let place: ReturnType<typeof temporaryBotDb>;
let rooms: RoomBook;

beforeEach(() => {
  place = temporaryBotDb();
  rooms = new RoomBook(place.db);
});
afterEach(() => place.remove());

test('members follow the state events in order; a direct room has exactly the two', () => {
  rooms.markJoined(ROOM, 1);
  rooms.applyState(ROOM, [member(BOT, 'join'), member(ADA, 'invite')]);
  expect(rooms.directRoomsOf(BOT, ADA)).toEqual([]);
  rooms.applyState(ROOM, [member(ADA, 'join')]);
  expect(rooms.directRoomsOf(BOT, ADA)).toEqual([ROOM]);
  rooms.applyState(ROOM, [member('@eve:home.test', 'join')]);
  expect(rooms.directRoomsOf(BOT, ADA)).toEqual([]);
  rooms.applyState(ROOM, [member('@eve:home.test', 'ban')]);
  expect(rooms.joinedMembers(ROOM)).toEqual([ADA, BOT]);
  rooms.markLeft(ROOM);
  expect(rooms.directRoomsOf(BOT, ADA)).toEqual([]);
});

test('a membership that is not said counts as gone, and messages are not state', () => {
  rooms.applyState(ROOM, [
    member(ADA, 'join'),
    member(ADA, 'join', { content: { membership: 5 } }),
    text('$1', { type: 'm.room.encryption' }),
  ]);
  expect(rooms.joinedMembers(ROOM)).toEqual([]);
  expect(rooms.everEncrypted(ROOM)).toBe(false);
});

test('once encrypted, always encrypted', () => {
  rooms.applyState(ROOM, [
    text('$e', { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }),
  ]);
  rooms.applyState(ROOM, [text('$f', { type: 'm.room.encryption', state_key: '', content: {} })]);
  rooms.markLeft(ROOM);
  rooms.markJoined(ROOM, 5);
  expect(rooms.everEncrypted(ROOM)).toBe(true);
  expect(rooms.everEncrypted('!other')).toBe(false);
});

test('joining is news once', () => {
  expect([rooms.markJoined(ROOM, 1), rooms.markJoined(ROOM, 2)]).toEqual([true, false]);
  rooms.markLeft(ROOM);
  expect(rooms.markJoined(ROOM, 3)).toBe(true);
});

test('an explanation is given once per room and name, until its cause went away', () => {
  expect([
    rooms.firstTime(ROOM, 'x'),
    rooms.firstTime(ROOM, 'x'),
    rooms.firstTime(ROOM, 'y'),
    rooms.firstTime('!b', 'x'),
  ]).toEqual([true, false, true, true]);
  rooms.forgetTold(ROOM, 'x');
  expect([rooms.firstTime(ROOM, 'x'), rooms.firstTime(ROOM, 'y')]).toEqual([true, false]);
  expect(new RoomBook(place.db).firstTime(ROOM, 'x')).toBe(false);
});
