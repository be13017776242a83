import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Opened } from '../../bot/incoming.ts';
import { LockedFiles } from '../../bot/locked-files.ts';
import { temporaryBotDb } from './matrix/bot-db.ts';
import { ADA, text } from './matrix/sample-events.ts';

const BEN = '@ben:home.test';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
let place: ReturnType<typeof temporaryBotDb>;
let locked: LockedFiles;
let now: number;

beforeEach(() => {
  place = temporaryBotDb();
  now = 1_800_000_000_000;
  locked = new LockedFiles(place.db, () => now);
});
afterEach(() => place.remove());

function add(event: string, { sender = ADA, room = '!chat', content = {} } = {}): void {
  const file = { msgtype: 'm.file', body: 'a.pdf', file: { url: 'mxc://home.test/1' }, ...content };
  const opened: Opened = {
    ...{ event: text(event, { sender }), room, type: 'm.room.message' },
    ...{ content: file, wasEncrypted: true, shield: 'ok' },
  };
  locked.add(opened);
}
const waiting = (person = ADA, room = '!chat') =>
  locked
    .of(person, room)
    .filter(({ opened }) => opened)
    .map(({ event }) => event);

test('the file that asked last comes first, and nobody else’s, nor another room’s', () => {
  add('$1');
  add('$ben', { sender: BEN });
  add('$elsewhere', { room: '!second' });
  now += MINUTE;
  add('$2');
  expect(waiting()).toEqual(['$2', '$1']);
  expect([waiting(BEN), waiting(ADA, '!second'), waiting(BEN, '!second')]).toEqual([['$ben'], ['$elsewhere'], []]);
});

test('half an hour after it asked last a file waits no more, also when nobody looked in between', () => {
  add('$1');
  add('$2');
  now += 29 * MINUTE;
  expect(locked.isWaiting('$1')).toBe(true);
  add('$2');
  now += 2 * MINUTE;
  expect(locked.isWaiting('$1')).toBe(false);
  expect(waiting()).toEqual(['$2']);
  now += 29 * MINUTE;
  expect(waiting()).toEqual([]);
  // That they asked is known for a month, so that a late reply is known for what it is.
  expect(locked.of(ADA, '!chat').map(({ event }) => event)).toEqual(['$2', '$1']);
});

test('a file that was opened, or whose message was deleted, waits no more, and nothing of its key is left', () => {
  add('$1');
  locked.close('$1');
  expect([locked.isWaiting('$1'), waiting()]).toEqual([false, []]);
  expect(JSON.stringify(place.db.prepare('SELECT * FROM locked_files').all())).not.toContain('mxc');
});

test('of a caption it keeps what asks, which is answered later, and nothing that may hold the password', () => {
  add('$1', { content: { body: 'When is it due? ', filename: 'a.pdf' } });
  add('$2', { content: { body: 'it is zebra', filename: 'a.pdf' } });
  const bodies = locked.of(ADA, '!chat').map(({ event, opened }) => [event, opened?.content.body]);
  expect(bodies.sort()).toEqual([
    ['$1', 'When is it due? '],
    ['$2', 'a.pdf'],
  ]);
  expect(JSON.stringify(place.db.prepare('SELECT * FROM locked_files').all())).not.toContain('zebra');
});

test('messages about passwords are known for a month, with the file that a wrong one was meant for', () => {
  locked.notePassword('$right');
  locked.notePassword('$wrong', '$1');
  locked.notePassword('$wrong');
  expect(['$right', '$wrong', '$other'].map((event) => locked.isPassword(event))).toEqual([true, true, false]);
  expect(['$right', '$wrong', '$other'].map((event) => locked.wronglyTried(event))).toEqual([
    undefined,
    '$1',
    undefined,
  ]);
  add('$1');
  now += 29 * DAY;
  locked.expire();
  expect([locked.isPassword('$right'), locked.of(ADA, '!chat').length]).toEqual([true, 1]);
  now += 2 * DAY;
  locked.expire();
  expect([locked.isPassword('$right'), locked.of(ADA, '!chat').length]).toEqual([false, 0]);
});
