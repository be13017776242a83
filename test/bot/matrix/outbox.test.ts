import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Outbox, type OutgoingMessage, transactionFor } from '../../../bot/matrix/outbox.ts';
import { temporaryBotDb } from './bot-db.ts';

let place: ReturnType<typeof temporaryBotDb>;
let db: Database;
let outbox: Outbox;
let now = 0;

beforeEach(() => {
  place = temporaryBotDb();
  db = place.db;
  now = 1000;
  outbox = new Outbox(db, () => now);
});
afterEach(() => place.remove());

function message(transaction: string, changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    transaction,
    room: '!a',
    audience: { kind: 'room' },
    type: 'm.room.message',
    content: { body: transaction },
    ...changes,
  };
}
const contents = () => db.prepare('SELECT content FROM outbox WHERE content IS NOT NULL').pluck().all();

test('the same transaction twice is one row', () => {
  outbox.add(message('t1'));
  outbox.add(message('t1', { room: '!b' }));
  expect(outbox.length()).toBe(1);
  expect(outbox.find('t1')).toMatchObject({ room: '!a', state: 'pending' });
});

test('only a pending message that was never tried takes newer content', () => {
  outbox.add(message('t1'));
  outbox.add(message('t1', { content: { body: 'newer' } }));
  expect(outbox.find('t1')!.content).toEqual({ body: 'newer' });
  outbox.markTried(outbox.find('t1')!.id);
  outbox.add(message('t1', { content: { body: 'too late' } }));
  expect(outbox.find('t1')).toMatchObject({ content: { body: 'newer' }, attempts: 1 });
  outbox.markSent(outbox.find('t1')!.id, '$e');
  outbox.add(message('t1', { content: { body: 'far too late' } }));
  expect(outbox.find('t1')).toMatchObject({ content: {}, state: 'sent', eventId: '$e' });
});

test('inside a room the order is kept; a stuck room does not hold up others', () => {
  for (const [transaction, room] of [
    ['a1', '!a'],
    ['a2', '!a'],
    ['b1', '!b'],
  ] as const)
    outbox.add(message(transaction, { room }));
  outbox.postpone(outbox.find('a1')!.id, now + 500);
  expect(outbox.next()!.transaction).toBe('b1');
  outbox.markSent(outbox.find('b1')!.id, '$b');
  expect(outbox.next()).toBeUndefined();
  now += 500;
  expect(outbox.next()!.transaction).toBe('a1');
  outbox.drop(outbox.find('a1')!.id);
  expect(outbox.next()!.transaction).toBe('a2');
});

test('a message for a room to come waits for its address', () => {
  outbox.add(message('early', { room: '', audience: { kind: 'ops' } }));
  outbox.add(message('other'));
  expect(outbox.next()!.transaction).toBe('other');
  outbox.markSent(outbox.find('other')!.id, '$o');
  expect(outbox.next()).toBeUndefined();
  expect(outbox.nextAt()).toBeUndefined();
  outbox.address('!ops');
  expect(outbox.next()).toMatchObject({ transaction: 'early', room: '!ops' });
});

test('what waits for an ops room follows to the next one, and nothing else does', () => {
  outbox.add(message('alert', { room: '!old', audience: { kind: 'ops' } }));
  outbox.add(message('answer', { room: '!dm' }));
  outbox.address('!new');
  expect([outbox.find('alert')!.room, outbox.find('answer')!.room]).toEqual(['!new', '!dm']);
});

test('words are forgotten once a message was sent, confirmed or given up', () => {
  for (const transaction of ['sent', 'confirmed', 'dropped', 'waiting']) outbox.add(message(transaction));
  outbox.markSent(outbox.find('sent')!.id, '$s');
  outbox.confirm('confirmed', '$c');
  outbox.drop(outbox.find('dropped')!.id);
  expect(contents()).toEqual(['{"body":"waiting"}']);
  expect(outbox.find('confirmed')).toMatchObject({ state: 'sent', eventId: '$c' });
});

test('a confirmation after a lost answer ends the message; a late one changes nothing', () => {
  outbox.add(message('t1'));
  outbox.markTried(outbox.find('t1')!.id);
  outbox.confirm('t1', '$real');
  expect(outbox.next()).toBeUndefined();
  outbox.confirm('t1', '$other');
  outbox.confirm('unknown', '$x');
  expect(outbox.find('t1')!.eventId).toBe('$real');
});

test('answers to an event are what was sent about it, without edits', () => {
  outbox.add(message('a', { source: '$q' }));
  outbox.add(message('edit', { source: '$q', editOf: 'a' }));
  outbox.add(message('pending', { source: '$q' }));
  outbox.add(message('else', { source: '$other' }));
  for (const [transaction, event] of [
    ['a', '$a'],
    ['edit', '$e'],
    ['else', '$x'],
  ] as const)
    outbox.markSent(outbox.find(transaction)!.id, event);
  expect(outbox.answersTo('!a', '$q')).toEqual(['$a']);
  expect(outbox.answersTo('!a', '$nothing')).toEqual([]);
  expect(outbox.answersTo('!elsewhere', '$q')).toEqual([]);
  expect(outbox.withdraw('!elsewhere', '$q')).toBe(0);
  expect(outbox.find('pending')?.state).toBe('pending');
  expect(outbox.withdraw('!a', '$q')).toBe(0);
  expect(outbox.find('pending')?.state).toBe('dropped');
});

test('what is stored comes back as it was', () => {
  const whole = message('t', { audience: { kind: 'direct', person: '@ada:home.test' }, editOf: 'x', source: '$q' });
  outbox.add(whole);
  expect(outbox.find('t')).toEqual({ ...whole, id: 1, state: 'pending', eventId: null, attempts: 0 });
});

test('pruning takes what is old and over, never what waits', () => {
  outbox.add(message('old'));
  outbox.add(message('stuck'));
  outbox.drop(outbox.find('old')!.id);
  now += 1000;
  outbox.add(message('young'));
  outbox.drop(outbox.find('young')!.id);
  expect(outbox.prune(now)).toBe(1);
  expect(['old', 'stuck', 'young'].map((name) => outbox.find(name)?.state)).toEqual([undefined, 'pending', 'dropped']);
});

test('transaction ids name event and part, are the same every time, and hold nothing of the event', () => {
  expect(transactionFor('$event', 'answer')).toBe(transactionFor('$event', 'answer'));
  expect(
    new Set(['$a', '$b'].flatMap((event) => ['answer', 'final'].map((part) => transactionFor(event, part)))).size,
  ).toBe(4);
  expect(transactionFor('$secret', 'answer')).not.toContain('secret');
});

test('what waits is due at once when somebody may have become able to read it', () => {
  outbox.add(message('t1'));
  // The sender marks a row as tried before it looks for readers.
  outbox.markTried(outbox.find('t1')!.id);
  outbox.postpone(outbox.find('t1')!.id, now + 60_000);
  expect(outbox.next()).toBeUndefined();
  outbox.hurry();
  expect(outbox.next()).toMatchObject({ transaction: 't1' });
});

test('an explanation for whoever is there does not wait behind an answer that was put off', () => {
  outbox.add(message('answer', { audience: { kind: 'direct', person: '@ada:home.test' } }));
  outbox.add(message('notice'));
  outbox.add(message('later', { audience: { kind: 'direct', person: '@ada:home.test' } }));
  expect(outbox.next()!.transaction).toBe('answer');
  outbox.postpone(outbox.find('answer')!.id, now + 500);
  expect(outbox.next()!.transaction).toBe('notice');
  outbox.markSent(outbox.find('notice')!.id, '$n');
  expect(outbox.next()).toBeUndefined();
});
