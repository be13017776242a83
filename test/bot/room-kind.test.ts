import { expect, test } from 'vitest';
import { isAddressed, withoutName } from '../../bot/addressed.ts';
import { endEmptyRooms } from '../../bot/end-empty-rooms.ts';
import { readMessage } from '../../bot/message-facts.ts';
import { roomKindOf } from '../../bot/room-kind.ts';
import { type Route, route } from '../../bot/route.ts';
import type { FamilyRoom } from '../../core/rooms.ts';
import { EMPTY_ROOM_KEPT_MS } from '../../core/rooms.ts';

const [BOT, ADA, BEN, EVE] = ['@kin:home.test', '@ada:home.test', '@ben:home.test', '@eve:home.test'];

test.each<[string, string[], boolean, string]>([
  ['the bot and one known person', [BOT!, ADA!], false, 'direct'],
  ['two known people', [BOT!, ADA!, BEN!], false, 'family'],
  ['an unknown one among them', [BOT!, ADA!, BEN!, EVE!], false, 'other'],
  ['one person and a stranger', [BOT!, ADA!, EVE!], false, 'other'],
  ['one person left in a room that something is kept of', [BOT!, ADA!], true, 'family'],
  ['a stranger in such a room', [BOT!, ADA!, EVE!], true, 'other'],
  ['nobody but the bot', [BOT!], true, 'other'],
  ['a stranger alone', [BOT!, EVE!], false, 'other'],
  ['a room without the bot', [ADA!, BEN!], true, 'other'],
])('a room with %s', (_, members, hasTenant, kind) => {
  const parts = {
    own: BOT!,
    rooms: { joinedMembers: () => members },
    people: { find: (id: string) => (id === EVE ? undefined : ({ id } as never)) },
    families: { has: () => hasTenant },
  };
  expect(roomKindOf({ ...parts, opsRoom: () => undefined }, '!r')).toBe(kind);
  expect(roomKindOf({ ...parts, opsRoom: () => '!r' }, '!r')).toBe('ops');
});

test.each<[string[], boolean, string]>([
  [[BOT!, ADA!, BEN!], false, 'other'],
  [[BOT!, BEN!], true, 'other'],
  [[BOT!, ADA!], true, 'family'],
  // Their own chat: it is they who are to be told.
  [[BOT!, BEN!], false, 'direct'],
])('with Ben’s identity changed, a room of %s (kept of: %s) is %s', (members, hasTenant, kind) => {
  const parts = {
    ...{ own: BOT!, rooms: { joinedMembers: () => members }, families: { has: () => hasTenant } },
    people: { find: (id: string) => ({ id, identityChanged: id === BEN }) as never },
  };
  expect(roomKindOf({ ...parts, opsRoom: () => undefined }, '!r')).toBe(kind);
});

test('a message is for the bot when it names, mentions or answers it', () => {
  const of = (text: string, more: object = {}, repliesToUs = false) =>
    isAddressed({ body: text, ...more }, { own: BOT!, text, repliesToUs });
  for (const text of ['@kin: when?', 'kin, when?', 'Kin: when', '@kin:home.test when', 'Kinkeeper: when'])
    expect([text, of(text), withoutName(text, BOT!)]).toEqual([text, true, text.endsWith('?') ? 'when?' : 'when']);
  expect(of('when', { 'm.mentions': { user_ids: [BOT] } })).toBe(true);
  expect(of('when', {}, true)).toBe(true);
  for (const text of ['when?', 'kind of you', 'akin: x', 'kin is nice', 'see you at 5'])
    expect([text, of(text), withoutName(text, BOT!)]).toEqual([text, false, text]);
  expect(of('when', { 'm.mentions': { user_ids: 'kin' } })).toBe(false);
});

test('people who talk to each other in a family room are left alone', () => {
  const of = (content: object, more: object = {}): Route =>
    route({
      ...{ room: { kind: 'family', encrypted: true }, sender: 'member', wasEncrypted: true, shield: 'ok', old: false },
      ...{ type: 'm.room.message', message: readMessage({ msgtype: 'm.text', ...content }), addressed: false },
      ...more,
    });
  const silence = { kind: 'ignore', why: 'not-addressed' };
  expect(of({ body: 'See you at 5' })).toEqual(silence);
  expect(of({ body: 'Really?' })).toEqual(silence);
  expect(of({ msgtype: 'm.location', body: 'here' })).toEqual(silence);
  expect(of({ body: 'Hello!' })).toEqual(silence);
  expect(of({ body: 'When is the rent due?' })).toEqual({
    kind: 'question',
    text: 'When is the rent due?',
    quiet: true,
  });
  expect(of({ body: 'rent' }, { addressed: true })).toEqual({ kind: 'question', text: 'rent' });
  expect(of({ body: '!files' })).toMatchObject({ kind: 'command', name: 'files' });
  expect(of({ msgtype: 'm.file', body: 'a.pdf' })).toEqual({ kind: 'file', caption: '' });
  expect(of({ body: '?' }, { shield: 'unsigned' })).toEqual({ kind: 'refuse', why: 'unsigned' });
  const clear = { room: { kind: 'family', encrypted: false } };
  expect(of({ body: 'When is the rent due?' }, clear)).toEqual({ kind: 'refuse', why: 'not-encrypted' });
  expect(of({ body: 'See you at 5' }, clear)).toEqual(silence);
});

test('what is kept of a room waits a month for its people, counted from when the last one went', () => {
  let members = [BOT!, ADA!];
  let known = true;
  let kept: FamilyRoom[] = [{ tenant: 't' as never, room: '!r', emptySince: null }];
  const families = {
    list: () => kept,
    noteEmpty: (_: string, since: number | null) => {
      kept = kept.map((one) => ({ ...one, emptySince: since }));
    },
    erase: () => {
      kept = [];
    },
  };
  const at = (now: number) =>
    endEmptyRooms({
      rooms: { joinedMembers: () => members },
      people: { find: (id: string) => (known && id === ADA ? ({ id } as never) : undefined) },
      families: families as never,
      clock: () => now,
    });
  at(5);
  expect(kept[0]!.emptySince).toBeNull();
  // Removed from the household, or gone from the room.
  known = false;
  at(10);
  expect(kept[0]!.emptySince).toBe(10);
  known = true;
  at(20);
  expect(kept[0]!.emptySince).toBeNull();
  members = [BOT!, EVE!];
  at(30);
  at(30 + EMPTY_ROOM_KEPT_MS - 1);
  expect(kept).toHaveLength(1);
  at(30 + EMPTY_ROOM_KEPT_MS);
  expect(kept).toEqual([]);
});
