import { afterEach, expect, test } from 'vitest';
import { RoomBook } from '../../bot/matrix/room-book.ts';
import { writersToTell } from '../../bot/writers-to-tell.ts';
import type { PersonId } from '../../core/caller.ts';
import type { Person } from '../../core/people.ts';
import { temporaryBotDb } from './matrix/bot-db.ts';
import { ADA, BOT, member, text } from './matrix/sample-events.ts';

const BEN = '@ben:home.test';
const people = [ADA, BEN].map((id) => ({ id: id as PersonId, role: 'member', language: 'en' }) as Person);

const place = temporaryBotDb();
afterEach(() => place.remove());

test('a locked bot tells who writes in a direct chat, and says nothing where people talk to each other', () => {
  const rooms = new RoomBook(place.db);
  const fill = (room: string, ...users: string[]) =>
    rooms.applyState(
      room,
      users.map((user) => member(user, 'join')),
    );
  for (const room of ['!ada', '!family', '!ops', '!silent']) rooms.markJoined(room, 1);
  fill('!ada', BOT, ADA);
  fill('!family', BOT, ADA, BEN);
  fill('!ops', BOT, ADA);
  fill('!silent', BOT, BEN);
  const by = (sender: string, type = 'm.room.encrypted') => text(`$${sender}${type}`, { sender, type });
  const waiting = [
    { event: by(ADA), room: '!ada' },
    { event: by(ADA), room: '!family' },
    { event: by(BEN), room: '!family' },
    { event: by(ADA), room: '!ops' },
    { event: by(BEN, 'm.reaction'), room: '!silent' },
    { event: by('@eve:home.test'), room: '!ada' },
  ];
  const told = writersToTell({ own: BOT, people, rooms, opsRoom: '!ops' }, waiting);
  expect([...told].map(([room, { id }]) => [room, id])).toEqual([['!ada', ADA]]);
});
