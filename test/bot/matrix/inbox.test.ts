import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MatrixEvent, SyncAnswer } from '../../../bot/matrix/events.ts';
import { Inbox } from '../../../bot/matrix/inbox.ts';
import { Outbox } from '../../../bot/matrix/outbox.ts';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import { temporaryBotDb } from './bot-db.ts';
import { ADA, answer, BOT, member, ROOM, text, timeline } from './sample-events.ts';

let place: ReturnType<typeof temporaryBotDb>;
let db: Database;
let rooms: RoomBook;
let outbox: Outbox;
let inbox: Inbox;
let now = 0;

beforeEach(() => {
  place = temporaryBotDb();
  db = place.db;
  now = 10_000;
  const clock = () => now;
  rooms = new RoomBook(db);
  outbox = new Outbox(db, clock);
  inbox = new Inbox(db, { own: BOT, rooms, outbox, now: clock });
});
afterEach(() => place.remove());

/** The first sync is over and the bot is in the room. */
function started(): void {
  inbox.store(answer('s0', { [ROOM]: timeline([member(ADA, 'join'), member(BOT, 'join')]) }));
  fed();
}

function fed(): void {
  for (let batch = inbox.crypto.next(); batch; batch = inbox.crypto.next()) inbox.crypto.markFed(batch.batch);
}

const open = () => inbox.open(1000).map((item) => item.event.event_id);
const rows = (table: string) => db.prepare(`SELECT * FROM ${table}`).all();
const tables = ['facts', 'crypto_inbox', 'events', 'gaps', 'invites', 'rooms', 'members', 'outbox'];
const everything = () => JSON.stringify(tables.map(rows));

test('counts of keys that are none are left out, and no list of fallback keys is told from an empty one', () => {
  const counts = { signed_curve25519: 50, none: 0, below: -1, text: '5', part: 1.5, nothing: null };
  let syncs = 0;
  const stored = (changes: object) => {
    inbox.store({ ...answer(`s${++syncs}`, {}), ...changes });
    const batch = inbox.crypto.next()!;
    inbox.crypto.markFed(batch.batch);
    return [batch.oneTimeKeys, batch.fallbackKeys];
  };
  expect(stored({ device_one_time_keys_count: counts })).toEqual([{ signed_curve25519: 50, none: 0 }, null]);
  expect(stored({ device_unused_fallback_key_types: [] })).toEqual([{}, []]);
  expect(stored({ device_unused_fallback_key_types: ['signed_curve25519', 7] })).toEqual([{}, ['signed_curve25519']]);
});

describe('storing a sync answer', () => {
  const full: SyncAnswer = {
    ...answer('s1', {
      '!a': timeline([text('$1'), text('$2')]),
      '!b': timeline([text('$3')], { limited: true, prev_batch: 'p' }),
    }),
    to_device: { events: [{ type: 'm.room_key' }] },
    device_lists: { changed: [ADA], left: [] },
  };

  test('stores to-device messages, events, gaps and the token together', () => {
    started();
    expect(inbox.store(full)).toBe(true);
    expect(inbox.token()).toBe('s1');
    expect(inbox.crypto.next()).toMatchObject({ toDevice: [{ type: 'm.room_key' }], changed: [ADA] });
    expect(inbox.counts()).toMatchObject({ open: 3, gaps: 1 });
  });

  test('a throw in the middle stores nothing at all and keeps the token', () => {
    started();
    const before = everything();
    for (const method of ['applyState', 'markJoined', 'markLeft'] as const) {
      const broken = new RoomBook(db);
      let calls = 0;
      broken[method] = () => {
        calls += 1;
        if (calls > 1 || method === 'markLeft') throw new Error('no more');
        return true;
      };
      const failing = new Inbox(db, { own: BOT, rooms: broken, outbox, now: () => now });
      expect(() => failing.store({ ...full, rooms: { ...full.rooms, leave: { '!gone': {} } } })).toThrow('no more');
      expect(everything(), method).toBe(before);
    }
    expect(inbox.token()).toBe('s0');
  });

  test('a repeated answer, and an older one, change no event and lose none', () => {
    started();
    inbox.store(full);
    fed();
    inbox.finish('$1');
    const events = rows('events');
    inbox.store(full);
    inbox.store(answer('s2', { '!a': timeline([text('$4')]) }));
    inbox.store(full);
    fed();
    expect(rows('events')).toHaveLength(events.length + 1);
    expect(inbox.isDone('$1')).toBe(true);
    expect(db.prepare("SELECT position FROM events WHERE event_id = '$2'").get()).toEqual({
      position: (events as { event_id: string; position: number }[]).find((row) => row.event_id === '$2')!.position,
    });
    expect(inbox.token()).toBe('s1');
  });

  test('an empty repeat is no news, and leaves nothing behind', () => {
    started();
    const before = everything();
    expect(inbox.store(answer('s0', {}))).toBe(false);
    expect(everything()).toBe(before);
  });

  test.each([
    ['an event', { rooms: { join: { [ROOM]: timeline([text('$new')]) } } }],
    ['a to-device message', { to_device: { events: [{ type: 'm.room_key' }] } }],
    ['a changed device list', { device_lists: { changed: [ADA] } }],
    [
      'an invite',
      { rooms: { invite: { '!new': { invite_state: { events: [member(BOT, 'invite', { sender: ADA })] } } } } },
    ],
    ['a leave', { rooms: { leave: { [ROOM]: {} } } }],
  ] as [string, Partial<SyncAnswer>][])('%s is stored even when the token is the same', (_what, news) => {
    started();
    expect(inbox.store({ next_batch: 's0', ...news })).toBe(false);
    const { open: events } = inbox.counts();
    expect(
      events + inbox.invites.all().length + rows('crypto_inbox').length + (rooms.joinedRooms().length === 0 ? 1 : 0),
    ).toBeGreaterThan(0);
  });

  test('drops events of the wrong shape and keeps the rest', () => {
    started();
    const wrong = [
      null,
      5,
      'x',
      [],
      {},
      { ...text('$w1'), event_id: 7 },
      { ...text('$w2'), content: null },
      { ...text('$w3'), content: 'x' },
      { ...text('$w4'), sender: undefined },
      { ...text('$w5'), origin_server_ts: '1' },
      { ...text('$w6'), type: {} },
      { ...text('$w7'), state_key: {} },
    ];
    const events = [...wrong, text('$good')] as unknown as MatrixEvent[];
    inbox.store(
      answer('s1', { [ROOM]: { state: { events: wrong as unknown as MatrixEvent[] }, ...timeline(events) } }),
    );
    fed();
    expect(open()).toEqual(['$good']);
    expect(inbox.token()).toBe('s1');
  });

  test('a room or a list of the wrong shape does not keep the rest from being stored', () => {
    started();
    const wrong = {
      '!x': { timeline: { events: 'all of them' } },
      '!y': null,
      '!z': { state: { events: {} } },
      [ROOM]: timeline([text('$good')]),
    };
    inbox.store(
      answer('s1', wrong as never, {
        to_device: { events: {} as never },
        device_lists: { changed: 'x' as never, left: [5] as never },
      }),
    );
    expect(inbox.crypto.next()).toMatchObject({ toDevice: [], changed: [], left: [] });
    fed();
    expect(open()).toEqual(['$good']);
  });

  test('an own event that comes back confirms its outbox row', () => {
    started();
    const message = {
      transaction: 'kin.1',
      room: ROOM,
      audience: { kind: 'room' },
      type: 'm.room.message',
      content: { body: 'x' },
    } as const;
    outbox.add(message);
    inbox.store(
      answer('s1', { [ROOM]: timeline([text('$own', { sender: BOT, unsigned: { transaction_id: 'kin.1' } })]) }),
    );
    expect(outbox.find('kin.1')).toMatchObject({ state: 'sent', eventId: '$own', content: {} });
    fed();
    expect(open()).toEqual([]);
  });

  test('somebody else cannot confirm a row with its transaction id', () => {
    started();
    outbox.add({ transaction: 'kin.1', room: ROOM, audience: { kind: 'room' }, type: 'm.room.message', content: {} });
    inbox.store(answer('s1', { [ROOM]: timeline([text('$x', { unsigned: { transaction_id: 'kin.1' } })]) }));
    expect(outbox.find('kin.1')).toMatchObject({ state: 'pending', eventId: null });
  });
});

describe('who is in a room', () => {
  const EVE = '@eve:home.test';
  /** As a homeserver answers when somebody joins while another state event is written, which stands on a branch of its own. */
  const branch = (membership: string, events: readonly MatrixEvent[]) => ({
    ...timeline(events),
    state: { events: [member(EVE, membership)] },
  });
  const membersThen = () => inbox.open(1000).map(({ event, membersThen: then }) => [event.event_id, then]);

  test('whoever joined stays in it when a later answer tells how it was on another branch', () => {
    started();
    inbox.store(answer('s1', { [ROOM]: timeline([member(EVE, 'invite')]) }));
    inbox.store(answer('s2', { [ROOM]: timeline([member(EVE, 'join')]) }));
    inbox.store(answer('s3', { [ROOM]: branch('invite', [text('$beside')]) }));
    inbox.store(answer('s4', { [ROOM]: branch('join', [text('$then')]) }));
    inbox.store(answer('s5', { [ROOM]: timeline([member(EVE, 'leave')]) }));
    inbox.store(answer('s6', { [ROOM]: branch('join', [text('$after')]) }));
    fed();
    const all = [ADA, EVE, BOT].sort();
    const open = membersThen();
    expect(open).toContainEqual(['$beside', all]);
    expect(open).toContainEqual(['$then', all]);
    expect(open).toContainEqual(['$after', [ADA, BOT].sort()]);
    expect(rooms.joinedMembers(ROOM)).not.toContain(EVE);
  });

  test('what happened in a gap, and while the bot was out of the room, is taken from there', () => {
    started();
    inbox.store(answer('s1', { [ROOM]: timeline([member(EVE, 'join')]) }));
    const gone = member(EVE, 'leave', { event_id: '$unseen' });
    inbox.store(answer('s2', { [ROOM]: { ...timeline([text('$1')]), state: { events: [gone] } } }));
    expect(rooms.joinedMembers(ROOM)).not.toContain(EVE);
    inbox.store({ next_batch: 's3', rooms: { leave: { [ROOM]: timeline([member(BOT, 'leave')]) } } });
    inbox.store(answer('s4', { [ROOM]: branch('join', [member(BOT, 'join', { event_id: '$again' })]) }));
    expect(rooms.joinedMembers(ROOM)).toContain(EVE);
  });
});

describe('what is history', () => {
  test('the timeline of the very first sync is never open', () => {
    inbox.store(answer('s0', { [ROOM]: timeline([text('$old')], { limited: true, prev_batch: 'p' }) }));
    fed();
    expect(open()).toEqual([]);
    expect(inbox.isDone('$old')).toBe(true);
    expect(inbox.counts().gaps).toBe(0);
  });

  test('of a room joined later, only what came after the invite is open', () => {
    started();
    const invite = member(BOT, 'invite', { sender: ADA, origin_server_ts: 2000 });
    const events = [
      text('$before', { origin_server_ts: 1999 }),
      invite,
      text('$after', { origin_server_ts: 2001 }),
      member(BOT, 'join', { origin_server_ts: 2002 }),
    ];
    inbox.store(answer('s1', { '!new': timeline(events) }));
    fed();
    expect(open()).toEqual([invite.event_id, '$after']);
  });

  test('an invite that stands in the state part counts as well', () => {
    started();
    const state = { events: [member(BOT, 'invite', { sender: ADA, origin_server_ts: 2000 })] };
    const events = [text('$before', { origin_server_ts: 1999 }), text('$after', { origin_server_ts: 2001 })];
    inbox.store(answer('s1', { '!new': { state, ...timeline(events) } }));
    fed();
    expect(open()).toEqual(['$after']);
  });

  test('in a room that the bot is in already, an old timestamp does not make history', () => {
    started();
    inbox.store(answer('s1', { [ROOM]: timeline([text('$skewed', { origin_server_ts: 1 })]) }));
    fed();
    expect(open()).toEqual(['$skewed']);
  });
});

describe('gaps', () => {
  beforeEach(() => {
    started();
    inbox.store(answer('s1', { [ROOM]: timeline([text('$1')]), '!other': timeline([text('$o')]) }));
    inbox.store(answer('s2', { [ROOM]: timeline([text('$8'), text('$9')], { limited: true, prev_batch: 'p8' }) }));
    fed();
  });

  test('hold back what came after them in their room, and nothing else', () => {
    expect(open()).toEqual(['$1', '$o']);
  });

  test('are filled page by page, in the order of the timeline, until a known event', () => {
    inbox.fillGap(inbox.gaps.next()!, { chunk: [text('$7'), text('$6'), text('$5')], end: 'p5' });
    expect(inbox.gaps.next()).toMatchObject({ from: 'p5', filled: 3 });
    expect(open()).toEqual(['$1', '$o']);
    inbox.fillGap(inbox.gaps.next()!, {
      chunk: [text('$4'), text('$3'), text('$2'), text('$1'), text('$0')],
      end: 'p0',
    });
    expect(inbox.gaps.next()).toBeUndefined();
    expect(open()).toEqual(['$1', '$o', '$2', '$3', '$4', '$5', '$6', '$7', '$8', '$9']);
  });

  test('end at the bot’s own invite', () => {
    const invite = member(BOT, 'invite', { sender: ADA });
    inbox.fillGap(inbox.gaps.next()!, { chunk: [text('$7'), invite, text('$before')], end: 'p0' });
    expect(inbox.gaps.next()).toBeUndefined();
    expect(inbox.knows('$before')).toBe(false);
  });

  test('end where the server has no more', () => {
    inbox.fillGap(inbox.gaps.next()!, { chunk: [text('$7')] });
    expect(inbox.gaps.next()).toBeUndefined();
    expect(open()).toContain('$7');
  });

  test('do not end at an empty page that leads on, but at one that leads nowhere', () => {
    inbox.fillGap(inbox.gaps.next()!, { chunk: [], end: 'p7' });
    expect(inbox.gaps.next()).toMatchObject({ from: 'p7' });
    inbox.fillGap(inbox.gaps.next()!, { chunk: [], end: 'p7' });
    expect(inbox.gaps.next()).toBeUndefined();
  });

  test('a page of malformed events is no obstacle', () => {
    inbox.fillGap(inbox.gaps.next()!, { chunk: [null, {}, text('$7')] as MatrixEvent[], end: 'p7' });
    expect(inbox.gaps.next()).toMatchObject({ from: 'p7', filled: 1 });
  });

  test('confirm own messages that lie in them', () => {
    outbox.add({ transaction: 'kin.1', room: ROOM, audience: { kind: 'room' }, type: 'm.room.message', content: {} });
    inbox.fillGap(inbox.gaps.next()!, {
      chunk: [text('$own', { sender: BOT, unsigned: { transaction_id: 'kin.1' } })],
      end: 'p7',
    });
    expect(outbox.find('kin.1')).toMatchObject({ state: 'sent', eventId: '$own' });
  });

  test('a postponed gap waits for its time, and still holds its room back', () => {
    inbox.gaps.postpone(inbox.gaps.next()!.id, now + 5000);
    expect(inbox.gaps.next()).toBeUndefined();
    expect(inbox.gaps.nextAt()).toBe(now + 5000);
    expect(open()).not.toContain('$8');
    now += 5000;
    expect(inbox.gaps.next()).toBeDefined();
    inbox.gaps.close(inbox.gaps.next()!.id);
    expect(open()).toContain('$8');
  });

  test('a room joined again in one answer with its own invite needs no back-filling', () => {
    const events = [member(BOT, 'invite', { sender: ADA }), member(BOT, 'join')];
    inbox.store(answer('s3', { '!fresh': timeline(events, { limited: true, prev_batch: 'p' }) }));
    expect(inbox.counts().gaps).toBe(1);
  });
});

describe('the life of an event', () => {
  beforeEach(() => {
    started();
    inbox.store(answer('s1', { [ROOM]: timeline([text('$1'), text('$2')]) }));
  });

  test('waits until the crypto machine was fed with its batch', () => {
    expect(open()).toEqual([]);
    inbox.crypto.markFed(inbox.crypto.next()!.batch);
    expect(open()).toEqual(['$1', '$2']);
  });

  test('later batches wait for earlier ones', () => {
    inbox.store(answer('s2', { [ROOM]: timeline([text('$3')]) }));
    const first = inbox.crypto.next()!.batch;
    inbox.crypto.markFed(first);
    expect(open()).toEqual(['$1', '$2']);
    expect(inbox.crypto.next()!.batch).toBeGreaterThan(first);
  });

  test('waits for its key, is tried again, remembers since when and what was said', () => {
    fed();
    inbox.markWaiting('$1');
    expect(open()).toEqual(['$2']);
    expect(inbox.waiting()).toMatchObject([{ waitingSince: 10_000, told: false, room: ROOM }]);
    now = 20_000;
    inbox.markTold('$1');
    inbox.retry('$1');
    expect(inbox.open(10)[0]).toMatchObject({ waitingSince: 10_000, told: true });
    inbox.markWaiting('$1');
    expect(inbox.waiting()).toMatchObject([{ waitingSince: 10_000, told: true }]);
  });

  test('is handled together with what came of it, and its words are forgotten', () => {
    fed();
    const message = {
      transaction: 'kin.1',
      room: ROOM,
      audience: { kind: 'room' },
      type: 'm.room.message',
      content: {},
    } as const;
    expect(() =>
      inbox.finish('$1', (queue) => {
        queue.add(message);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(outbox.find('kin.1')).toBeUndefined();
    expect(inbox.isDone('$1')).toBe(false);
    inbox.finish('$1', (queue) => queue.add(message));
    expect(outbox.length()).toBe(1);
    expect(inbox.isDone('$1')).toBe(true);
    expect(db.prepare("SELECT body FROM events WHERE event_id = '$1'").get()).toEqual({ body: null });
    inbox.markWaiting('$1');
    inbox.retry('$1');
    expect(inbox.isDone('$1')).toBe(true);
  });

  test('leaving a room drops what is open and waiting there, and its gaps and invites', () => {
    inbox.store(answer('s2', { [ROOM]: timeline([text('$3')], { limited: true, prev_batch: 'p' }) }));
    inbox.store({ next_batch: 's3', rooms: { invite: { '!i': {} } } });
    fed();
    inbox.markWaiting('$1');
    inbox.store({ next_batch: 's4', rooms: { leave: { [ROOM]: {}, '!i': {} } } });
    expect(inbox.counts()).toEqual({ open: 0, waiting: 0, gaps: 0 });
    expect(inbox.invites.all()).toEqual([]);
    expect(rooms.joinedRooms()).toEqual([]);
    expect(db.prepare('SELECT count(*) FROM events WHERE body IS NOT NULL').pluck().get()).toBe(0);
  });
});

test('an invite is stored with who sent it; "" when that is not said', () => {
  started();
  inbox.store({
    next_batch: 's1',
    rooms: {
      invite: {
        '!i': { invite_state: { events: [member(BOT, 'invite', { sender: ADA })] } },
        '!j': { invite_state: { events: 'x' as never } },
      },
    },
  });
  expect(inbox.invites.all()).toEqual([
    { room: '!i', inviter: ADA },
    { room: '!j', inviter: '' },
  ]);
  inbox.invites.finish('!i');
  expect(inbox.invites.all()).toHaveLength(1);
});

test('pruning keeps what is open, what is young, and the last 500 of each room', () => {
  started();
  const many = Array.from({ length: 700 }, (_, at) => text(`$m${at}`));
  inbox.store(answer('s1', { [ROOM]: timeline(many), '!small': timeline([text('$small')]) }));
  fed();
  for (const { event } of inbox.open(1000)) if (event.event_id !== '$m3') inbox.finish(event.event_id);
  expect(inbox.prune(now)).toBe(0);
  inbox.prune(now + 1);
  const left = (db.prepare('SELECT event_id FROM events WHERE room_id = ?').pluck().all(ROOM) as string[]).filter(
    (id) => id.startsWith('$m'),
  );
  expect(left).toHaveLength(501);
  expect(left).toContain('$m3');
  expect(left).toContain('$m200');
  expect(left).not.toContain('$m199');
  expect(inbox.knows('$small')).toBe(true);
});
