import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CryptoMachine } from '../../../bot/matrix/crypto-machine.ts';
import type { MatrixEvent, SyncAnswer } from '../../../bot/matrix/events.ts';
import { HomeserverError } from '../../../bot/matrix/homeserver-error.ts';
import { Inbox } from '../../../bot/matrix/inbox.ts';
import { Outbox } from '../../../bot/matrix/outbox.ts';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import { runSyncLoop } from '../../../bot/matrix/sync-loop.ts';
import { installTransport } from '../../../bot/matrix/transport.ts';
import { eventually } from '../eventually.ts';
import { temporaryBotDb } from './bot-db.ts';
import { openBotCrypto, SESSION } from './bot-side.ts';
import { Peer } from './peer.ts';
import { ADA, answer, BOT, member, ROOM, text, timeline } from './sample-events.ts';
import { type Fault, respond, SmallHomeserver } from './small-homeserver.ts';

let server: SmallHomeserver;
let place: ReturnType<typeof temporaryBotDb>;
let crypto: CryptoMachine;
let inbox: Inbox;
let stop: AbortController;
/** What the server answers to each `since`, and the tokens it was asked with. */
let answers: Map<string, SyncAnswer>;
let asked: string[];
let contacts: (HomeserverError | undefined)[];
let running: Promise<void> | undefined;

beforeEach(async () => {
  server = await SmallHomeserver.start();
  place = temporaryBotDb();
  stop = new AbortController();
  installTransport(stop.signal);
  asked = [];
  contacts = [];
  answers = new Map([['', answer('s0', { [ROOM]: timeline([member(ADA, 'join'), member(BOT, 'join')]) })]]);
  server.fault = syncing;
  crypto = await openBotCrypto(place.db, server.client(BOT, SESSION.deviceId));
  const now = () => Date.now();
  inbox = new Inbox(place.db, { own: BOT, rooms: new RoomBook(place.db), outbox: new Outbox(place.db, now), now });
});
afterEach(async () => {
  stop.abort();
  await running?.catch(() => undefined);
  await crypto.close();
  place.remove();
  await server.stop();
});

/** Answers /sync from the list; without an entry the request waits, as a long poll does. */
const syncing: Fault = ({ path, query }, response) => {
  if (path !== 'client/v3/sync') return undefined;
  const since = query.get('since') ?? '';
  asked.push(since);
  const found = answers.get(since);
  if (found) return respond(response, 200, found);
  const wait = Number(query.get('timeout'));
  if (wait <= 1000) setTimeout(() => respond(response, 200, { next_batch: since }), wait);
  return 'taken';
};
/** The same, after a fault of its own. */
const first = (fault: Fault): void => {
  server.fault = async (seen, response) => (await fault(seen, response)) ?? syncing(seen, response);
};
function start(): Promise<void> {
  // One signal ends every request of a process.
  installTransport(stop.signal);
  running = runSyncLoop(
    {
      homeserver: server.client(BOT, SESSION.deviceId, stop.signal),
      inbox,
      crypto,
      now: () => Date.now(),
      onNews: () => {},
      onDevices: () => {},
      onContact: (error) => contacts.push(error),
    },
    stop.signal,
  );
  running.catch(() => undefined);
  return running;
}
const open = () => inbox.open(1000).map((item) => item.event.event_id);
const page = (chunk: readonly MatrixEvent[], end?: string) => ({ chunk, ...(end === undefined ? {} : { end }) });

test('reads on from the stored token, across restarts', async () => {
  answers.set('s0', answer('s1', { [ROOM]: timeline([text('$1')]) }));
  start();
  await eventually(open).toEqual(['$1']);
  await eventually(() => asked).toEqual(['', 's0', 's1']);
  stop.abort();
  await running;
  stop = new AbortController();
  answers.set('s1', answer('s2', { [ROOM]: timeline([text('$2')]) }));
  start();
  await eventually(open).toEqual(['$1', '$2']);
  await eventually(() => asked.slice(3)).toEqual(['s1', 's2']);
});

test('what was stored but not fed when the process died is fed at the next start', async () => {
  const ada = await Peer.start(server, ADA, 'PHONE');
  await crypto.flush();
  const event = await ada.encrypt(ROOM, [BOT], { content: { body: 'x' } });
  inbox.store(answer('s0', {}));
  inbox.store(
    answer(
      's1',
      { [ROOM]: timeline([event]) },
      { to_device: { events: server.keys.takeInbox(BOT, SESSION.deviceId) } },
    ),
  );
  expect(open()).toEqual([]);
  start();
  await eventually(open).toEqual([event.event_id]);
  expect(await crypto.decrypt(event, ROOM)).toMatchObject({ kind: 'ok' });
});

test('a gap is filled page by page before what follows is handled', async () => {
  answers.set('s0', answer('s1', { [ROOM]: timeline([text('$1')]) }));
  answers.set('s1', answer('s2', { [ROOM]: timeline([text('$6')], { limited: true, prev_batch: 'p5' }) }));
  const pages: Record<string, unknown> = {
    p5: page([text('$5'), text('$4')], 'p3'),
    p3: page([text('$3'), text('$2'), text('$1')], 'p0'),
  };
  first(({ path, query }, response) =>
    path.endsWith('/messages') ? respond(response, 200, pages[query.get('from')!]) : undefined,
  );
  start();
  await eventually(open).toEqual(['$1', '$2', '$3', '$4', '$5', '$6']);
});

test('a gap whose filling fails is tried again, and its room waits', async () => {
  answers.set(
    's0',
    answer('s1', {
      [ROOM]: timeline([text('$6')], { limited: true, prev_batch: 'p5' }),
      '!other': timeline([text('$o')]),
    }),
  );
  let failed = 0;
  first(({ path }, response) => {
    if (!path.endsWith('/messages')) return undefined;
    failed += 1;
    if (failed === 1) expect(open()).toEqual(['$o']);
    return failed < 3
      ? respond(response, failed === 1 ? 502 : 200, failed === 1 ? '' : '{"chunk":[{"eve')
      : respond(response, 200, page([text('$5')]));
  });
  answers.set('s1', answer('s2', {}));
  answers.set('s2', answer('s3', {}));
  start();
  await eventually(open).toEqual(['$5', '$6', '$o']);
});

test('a gap that the server refuses for good is closed; one that our session may not fill is kept', async () => {
  answers.set('s0', answer('s1', { [ROOM]: timeline([text('$6')], { limited: true, prev_batch: 'p5' }) }));
  let status = 401;
  first(({ path }, response) =>
    path.endsWith('/messages')
      ? respond(response, status, { errcode: status === 401 ? 'M_UNKNOWN_TOKEN' : 'M_FORBIDDEN' })
      : undefined,
  );
  await expect(start()).rejects.toMatchObject({ errcode: 'M_UNKNOWN_TOKEN' });
  expect(inbox.counts().gaps).toBe(1);
  status = 403;
  start();
  await eventually(open).toEqual(['$6']);
});

test('an answer that is not whole, or a failing server, is asked again, and contact is reported when it is back', async () => {
  let failures = 0;
  first(({ path }, response) => {
    if (path !== 'client/v3/sync' || failures === 3) return undefined;
    failures += 1;
    if (failures === 1) return respond(response, 502, '<html>');
    return failures === 2 ? respond(response, 200, '{"next_batch":"s9","rooms":{"jo') : respond(response, 200, {});
  });
  start();
  await eventually(() => inbox.token()).toBe('s0');
  expect(contacts.slice(0, 3).every((contact) => contact instanceof HomeserverError)).toBe(true);
  expect(contacts[3]).toBeUndefined();
});

test('the pause that the server asks for is kept', async () => {
  let limited = true;
  const times: number[] = [];
  first(({ path }, response) => {
    if (path !== 'client/v3/sync') return undefined;
    times.push(performance.now());
    if (!limited) return undefined;
    limited = false;
    return respond(response, 429, { errcode: 'M_LIMIT_EXCEEDED' }, { 'retry-after': '2' });
  });
  start();
  await eventually(() => times.length).toBeGreaterThan(1);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1990);
});

test('a server that repeats one answer for ever is not asked as fast as it answers, and nothing doubles', async () => {
  answers.set('s0', answer('s0', { [ROOM]: timeline([text('$1')]) }));
  start();
  await eventually(() => asked.length).toBeGreaterThan(1);
  const before = asked.length;
  await sleep(3000);
  // One every 200 ms at most; a slow machine asks less often.
  expect(asked.length - before).toBeLessThanOrEqual(16);
  expect(open()).toEqual(['$1']);
});

test('refused keys do not keep events from being handled', async () => {
  first(({ path }, response) =>
    path.endsWith('keys/upload') ? respond(response, 400, { errcode: 'M_UNKNOWN' }) : undefined,
  );
  answers.set('s0', answer('s1', { [ROOM]: timeline([text('$1')]) }));
  start();
  await eventually(open).toEqual(['$1']);
});

test('a session that the server no longer knows ends the loop', async () => {
  first(({ path }, response) =>
    path === 'client/v3/sync' ? respond(response, 401, { errcode: 'M_UNKNOWN_TOKEN' }) : undefined,
  );
  await expect(start()).rejects.toMatchObject({ errcode: 'M_UNKNOWN_TOKEN' });
});

test('stopping ends a hanging request and the loop', async () => {
  start();
  await eventually(() => asked.at(-1)).toBe('s0');
  stop.abort();
  await expect(running).resolves.toBeUndefined();
});
