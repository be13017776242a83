import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CryptoMachine } from '../../../bot/matrix/crypto-machine.ts';
import { Outbox, type OutgoingMessage } from '../../../bot/matrix/outbox.ts';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import { Sender } from '../../../bot/matrix/sender.ts';
import { AppError } from '../../../core/errors.ts';
import { eventually } from '../eventually.ts';
import { temporaryBotDb } from './bot-db.ts';
import { BOT, openBotCrypto, SESSION } from './bot-side.ts';
import { Peer } from './peer.ts';
import { ADA } from './sample-events.ts';
import { type Fault, respond, SmallHomeserver } from './small-homeserver.ts';

const BEN = '@ben:home.test';
const ROOM = '!chat';
let server: SmallHomeserver;
let place: ReturnType<typeof temporaryBotDb>;
let crypto: CryptoMachine;
let outbox: Outbox;
let rooms: RoomBook;
let sender: Sender;
let ada: Peer;
let now: number;
let known: Set<string>;
let refused: [string, string][];
let delays: unknown[];
let sentOnes: string[];
let signal: AbortSignal;

beforeEach(async () => {
  server = await SmallHomeserver.start();
  place = temporaryBotDb();
  now = 1_000_000;
  known = new Set([ADA, BEN]);
  refused = [];
  delays = [];
  sentOnes = [];
  signal = new AbortController().signal;
  const homeserver = server.client(BOT, SESSION.deviceId);
  crypto = await openBotCrypto(place.db, homeserver);
  await crypto.flush();
  await crypto.ensureIdentity();
  ada = await Peer.start(server, ADA, 'PHONE');
  outbox = new Outbox(place.db, () => now);
  rooms = new RoomBook(place.db);
  rooms.markEncrypted(ROOM, now);
  server.members.set(ROOM, [BOT, ADA]);
  sender = new Sender({
    own: BOT,
    homeserver,
    crypto,
    outbox,
    rooms,
    isKnown: (user) => known.has(user),
    isAdmin: (user) => user === ADA,
    isLeaving: () => false,
    isOver: ({ source }) => source === 'share ended',
    now: () => now,
    onRefused: (row, refusal) => refused.push([row.transaction, refusal]),
    onDelay: (_row, error) => delays.push(error),
    onSent: ({ transaction }) => sentOnes.push(transaction),
  });
});
afterEach(async () => {
  await crypto.close();
  place.remove();
  await server.stop();
});

function message(transaction: string, changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    transaction,
    room: ROOM,
    audience: { kind: 'direct', person: ADA },
    type: 'm.room.message',
    content: { body: `words of ${transaction}` },
    ...changes,
  };
}
const queue = (transaction: string, changes: Partial<OutgoingMessage> = {}) =>
  outbox.add(message(transaction, changes));
const drain = () => sender.drain(signal);
const stateOf = (transaction: string) => outbox.find(transaction)?.state;
const failing =
  (pattern: RegExp, status: number, body: unknown = {}, headers: Record<string, string> = {}): Fault =>
  ({ method, path }, response) =>
    pattern.test(`${method} ${path}`) ? respond(response, status, body, headers) : undefined;
/** No word of ours went over the wire in the clear, whatever else happened. */
const inTheClear = () => server.sent.filter(({ event }) => JSON.stringify(event).includes('words of'));

describe('a message', () => {
  test('goes out encrypted, once, and can be read by its person', async () => {
    queue('t1');
    await drain();
    await drain();
    expect(server.sent).toHaveLength(1);
    expect(server.sent[0]).toMatchObject({ room: ROOM, transaction: 't1', event: { type: 'm.room.encrypted' } });
    expect(await ada.decrypt(server.sent[0]!.event, ROOM)).toEqual({ body: 'words of t1' });
    expect(outbox.find('t1')).toMatchObject({ state: 'sent', eventId: '$sent1', content: {} });
  });

  test('about something that has ended is not sent, and its words are gone', async () => {
    queue('t1', { source: 'share ended' });
    queue('t2', { source: 'share open' });
    await drain();
    expect(server.sent.map(({ transaction }) => transaction)).toEqual(['t2']);
    expect(outbox.find('t1')).toMatchObject({ state: 'dropped', content: {} });
  });

  test('is sent under the same transaction id at every try, and once when only the answer was lost', async () => {
    let lost = 2;
    server.fault = ({ method, path, body, user, device }, response) => {
      if (method !== 'PUT' || !path.includes('/send/') || lost === 0) return undefined;
      lost -= 1;
      // Once before and once after the server took it.
      if (lost === 0)
        void fetch(`${server.url}/_matrix/${path}?late`, {
          method,
          body: new Uint8Array(body),
          headers: { authorization: `Bearer ${user}|${device}` },
        }).then(() => response.destroy());
      else response.destroy();
      return 'taken';
    };
    queue('t1');
    for (let at = 0; at < 4; at += 1) {
      await drain();
      now += 60_000;
    }
    expect(new Set(server.requests.filter((line) => line.includes('/send/'))).size).toBe(1);
    expect(server.sent).toHaveLength(1);
    expect(outbox.find('t1')).toMatchObject({ state: 'sent', eventId: '$sent1' });
  });

  test('that was finished anew while it was on its way does not lose its newer words', async () => {
    queue('t1', { content: { body: 'working' } });
    server.fault = ({ path }) => {
      // The members are asked for right before a message goes: the answer comes in that very moment.
      if (path.endsWith('joined_members') && stateOf('t1') === 'pending') {
        const row = outbox.find('t1')!;
        if (row.attempts === 0) outbox.add(message('t1', { content: { body: 'the answer' } }));
        else outbox.add(message('final', { content: { body: 'the answer' }, editOf: 't1' }));
      }
      return undefined;
    };
    await drain();
    const shown = await Promise.all(server.sent.map(({ event }) => ada.decrypt(event, ROOM)));
    expect(shown.at(-1)).toMatchObject({ body: 'the answer' });
  });

  test('that edits another gets its event’s id; one that never got out is not edited', async () => {
    queue('first');
    queue('edit', { editOf: 'first', content: { body: '* x' } });
    queue('lost');
    queue('edit of lost', { editOf: 'lost' });
    outbox.drop(outbox.find('lost')!.id);
    await drain();
    expect(await ada.decrypt(server.sent[1]!.event, ROOM)).toEqual({
      body: '* x',
      'm.relates_to': { rel_type: 'm.replace', event_id: '$sent1' },
    });
    expect(server.sent[1]!.event.content['m.relates_to']).toEqual({ rel_type: 'm.replace', event_id: '$sent1' });
    expect([stateOf('edit'), stateOf('edit of lost')]).toEqual(['sent', 'dropped']);
    expect(server.sent).toHaveLength(2);
  });
});

describe('an audience', () => {
  test.each([
    ['a third person is in the room', [BOT, ADA, BEN], 'not-alone'],
    ['a stranger is in the room', [BOT, ADA, '@eve:elsewhere.test'], 'not-alone'],
    ['the person left', [BOT], 'gone'],
    ['somebody else is there instead', [BOT, BEN], 'gone'],
    ['the bot is not in the room', [ADA], 'gone'],
  ] as const)('of one person is refused when %s', async (_when, members, refusal) => {
    server.members.set(ROOM, [...members]);
    queue('t1');
    await drain();
    expect(refused).toEqual([['t1', refusal]]);
    expect(outbox.find('t1')).toMatchObject({ state: 'dropped', content: {} });
    expect([server.sent, server.count(/sendToDevice/)]).toEqual([[], 0]);
    await expect(sender.tryNow(message('edit'))).rejects.toMatchObject({ refusal });
  });

  test('of a person who is no longer known is refused', async () => {
    known.delete(ADA);
    queue('t1');
    await drain();
    expect(refused).toEqual([['t1', 'gone']]);
    expect(server.sent).toEqual([]);
  });

  test('of admins is refused when somebody else listens', async () => {
    server.members.set(ROOM, [BOT, ADA, BEN]);
    queue('ops', { audience: { kind: 'ops' } });
    await drain();
    expect(refused).toEqual([['ops', 'not-alone']]);
    // It may be a key that is shown only once: it waits until the room is in order.
    expect(stateOf('ops')).toBe('pending');
    server.members.set(ROOM, [BOT, ADA]);
    outbox.hurry();
    await drain();
    expect(stateOf('ops')).toBe('sent');
  });

  test('is asked for again before every message', async () => {
    queue('t1');
    await drain();
    server.members.set(ROOM, [BOT, ADA, BEN]);
    queue('t2');
    await drain();
    expect([stateOf('t1'), stateOf('t2')]).toEqual(['sent', 'dropped']);
  });
});

describe('plain text', () => {
  const anyone = { audience: { kind: 'room' } } as const;

  test('goes to a room that is surely not encrypted, and only what is for anyone', async () => {
    server.members.set('!plain', [BOT, ADA]);
    queue('hint', { room: '!plain', ...anyone });
    queue('private', { room: '!plain' });
    queue('ops', { room: '!plain', audience: { kind: 'ops' } });
    await drain();
    expect(server.sent.map(({ transaction }) => transaction)).toEqual(['hint']);
    expect(refused).toEqual([
      ['private', 'not-encrypted'],
      ['ops', 'not-encrypted'],
    ]);
  });

  test.each([
    ['fails', 502, {}],
    ['is limited', 429, { errcode: 'M_LIMIT_EXCEEDED' }],
    ['is not understood', 404, { errcode: 'M_UNRECOGNIZED' }],
    ['has no code', 404, {}],
    ['is not whole', 200, '{"algorithm"'],
    ['is forbidden', 403, { errcode: 'M_FORBIDDEN' }],
  ])('is never sent while the question whether the room is encrypted %s', async (_how, status, body) => {
    server.members.set('!unsure', [BOT, ADA]);
    server.fault = failing(/state\/m\.room\.encryption/, status, body);
    queue('t1', { room: '!unsure', ...anyone });
    for (let at = 0; at < 3; at += 1) {
      await drain();
      now += 120_000;
    }
    expect(server.sent).toEqual([]);
    expect(stateOf('t1')).toBe('pending');
    server.states.set('!unsure m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' });
    server.fault = () => undefined;
    await drain();
    expect(inTheClear()).toEqual([]);
    expect(server.sent.map(({ event }) => event.type)).toEqual(['m.room.encrypted']);
  });

  test('never goes to a room that was once encrypted, whatever the server says later', async () => {
    server.members.set('!once', [BOT, ADA]);
    server.states.set('!once m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' });
    queue('t1', { room: '!once', ...anyone });
    await drain();
    server.states.delete('!once m.room.encryption');
    queue('t2', { room: '!once', ...anyone });
    queue('t3', { room: '!once' });
    await drain();
    expect(server.sent.map(({ event }) => event.type)).toEqual([
      'm.room.encrypted',
      'm.room.encrypted',
      'm.room.encrypted',
    ]);
    expect(inTheClear()).toEqual([]);
  });

  test('does not go out when encrypting fails', async () => {
    server.fault = failing(/keys\/(query|claim)|sendToDevice/, 502);
    queue('t1');
    await drain();
    expect([server.sent, stateOf('t1')]).toEqual([[], 'pending']);
    server.fault = () => undefined;
    now += 60_000;
    await drain();
    expect(stateOf('t1')).toBe('sent');
  });
});

describe('a fault', () => {
  test('with a pause asked for is obeyed to the millisecond', async () => {
    server.fault = failing(/PUT .*\/send\//, 429, { errcode: 'M_LIMIT_EXCEEDED' }, { 'retry-after': '17' });
    queue('t1');
    await drain();
    const tries = server.count(/\/send\//);
    server.fault = () => undefined;
    now += 16_999;
    await drain();
    expect(await sender.tryNow(message('edit'))).toBe(false);
    expect(server.count(/\/send\//)).toBe(tries);
    now += 1;
    expect(outbox.nextAt()).toBeLessThanOrEqual(now);
    await drain();
    expect(stateOf('t1')).toBe('sent');
    expect(await sender.tryNow(message('edit'))).toBe(true);
  });

  test.each([
    ['when sending', /PUT .*\/send\//],
    ['when asking for the members', /joined_members/],
    ['when sharing keys', /keys\/query/],
  ])('that may pass is tried again with growing pauses %s', async (_when, pattern) => {
    server.fault = failing(pattern, 503);
    queue('t1');
    const pauses: number[] = [];
    for (let at = 0; at < 12; at += 1) {
      await drain();
      const due = outbox.nextAt()!;
      pauses.push(due - now);
      now = due;
    }
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses[0]).toBeLessThanOrEqual(1000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(30_000);
    expect(pauses.at(-1)).toBeLessThanOrEqual(60_000);
    expect(delays).toHaveLength(12);
    server.fault = () => undefined;
    await drain();
    expect(stateOf('t1')).toBe('sent');
  });

  test('for good drops the message, and the next one goes', async () => {
    let first = true;
    server.fault = ({ path }, response) => {
      if (!path.includes('/send/') || !first) return undefined;
      first = false;
      return respond(response, 413, { errcode: 'M_TOO_LARGE' });
    };
    queue('t1');
    queue('t2');
    await drain();
    expect([stateOf('t1'), stateOf('t2')]).toEqual(['dropped', 'sent']);
  });

  test.each([
    ['keys/query', 400],
    ['keys/claim', 403],
    ['sendToDevice', 400],
    ['sendToDevice', 413],
  ])('in sharing keys (%s: %i) never costs the message', async (path, status) => {
    server.fault = failing(new RegExp(path), status, { errcode: 'M_UNKNOWN' });
    queue('t1');
    await drain();
    expect(stateOf('t1')).toBe('pending');
    server.fault = () => undefined;
    now += 60_000;
    await drain();
    expect(stateOf('t1')).toBe('sent');
  });

  test('of our session keeps the message for the day it works again', async () => {
    server.fault = failing(/./, 401, { errcode: 'M_UNKNOWN_TOKEN' });
    queue('t1');
    await drain();
    expect(stateOf('t1')).toBe('pending');
  });

  test('of one room does not hold up another', async () => {
    server.members.set('!other', [BOT, ADA]);
    rooms.markEncrypted('!other', now);
    server.fault = failing(/!chat/, 502);
    queue('stuck');
    queue('behind it');
    queue('free', { room: '!other' });
    await drain();
    expect(['stuck', 'behind it', 'free'].map(stateOf)).toEqual(['pending', 'pending', 'sent']);
  });

  test('a person without a signed device is told about, and gets the message once there is one', async () => {
    server.members.set('!ben', [BOT, BEN]);
    rooms.markEncrypted('!ben', now);
    queue('t1', { room: '!ben', audience: { kind: 'direct', person: BEN } });
    await drain();
    expect(delays[0]).toBeInstanceOf(AppError);
    expect(delays[0]).toMatchObject({ reason: 'no-signed-device', facts: { person: BEN } });
    expect(sentOnes).toEqual([]);
    const ben = await Peer.start(server, BEN, 'BEN');
    await crypto.feed({ batch: 1, toDevice: [], changed: [BEN], left: [], oneTimeKeys: {}, fallbackKeys: null });
    now += 60_000;
    await drain();
    expect(await ben.decrypt(server.sent[0]!.event, '!ben')).toEqual({ body: 'words of t1' });
    expect(sentOnes).toEqual(['t1']);
  });
});

test('stopping ends the sending and leaves the rows as they are', async () => {
  const stop = new AbortController();
  signal = stop.signal;
  server.fault = ({ path }) => {
    if (path.includes('/send/')) stop.abort();
    return undefined;
  };
  queue('t1');
  queue('t2');
  await drain();
  expect([stateOf('t1'), stateOf('t2')]).toEqual(['sent', 'pending']);
});

test('an edit that may be lost never comes after the final one', async () => {
  queue('first');
  await drain();
  const order: string[] = [];
  let members = 0;
  let release: () => void = () => {};
  server.fault = async ({ path }) => {
    if (path.includes('/send/')) order.push(path.split('/').at(-1)!);
    if (!path.endsWith('joined_members')) return undefined;
    members += 1;
    // The progress edit gets stuck on its way; the final edit is queued meanwhile.
    if (members === 1) await new Promise<void>((resolve) => (release = resolve));
    return undefined;
  };
  const progress = sender.tryNow(message('progress'));
  await eventually(() => members).toBe(1);
  queue('final', { editOf: 'first' });
  const done = drain();
  // Long enough for a final edit that does not wait to get to the server.
  await Promise.race([
    done,
    expect
      .poll(() => order.length, { timeout: 1000 })
      .toBe(1)
      .catch(() => undefined),
  ]);
  release();
  await Promise.all([progress, done]);
  expect(order.at(-1)).toBe('final');
});
