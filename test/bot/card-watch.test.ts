import { afterEach, beforeEach, expect, it } from 'vitest';
import { CARD_MS, CardWatch } from '../../bot/card-watch.ts';
import { CardBook } from '../../bot/matrix/card-book.ts';
import { HomeserverError } from '../../bot/matrix/homeserver-error.ts';
import { Outbox, transactionFor } from '../../bot/matrix/outbox.ts';
import { createLogger } from '../../core/log.ts';
import { temporaryBotDb } from './matrix/bot-db.ts';

const [BEN, SOURCE, ROOM] = ['@ben:home.test', '$asked', '!ops'];
const PASSWORD = 'abcd-efgh-jkmn-pqrs';

let bot: ReturnType<typeof temporaryBotDb>;
let book: CardBook;
let outbox: Outbox;
let now: number;
let devices: number;
let redacted: string[];
let redaction: () => void;

beforeEach(() => {
  bot = temporaryBotDb();
  now = 1_800_000_000_000;
  [devices, redacted, redaction] = [0, [], () => {}];
  [book, outbox] = [new CardBook(bot.db), new Outbox(bot.db, () => now)];
  book.note({ source: SOURCE, person: BEN, at: now, password: PASSWORD });
});
afterEach(() => bot.remove());

const makeWatch = () =>
  new CardWatch({
    ...{ book, outbox, clock: () => now, log: createLogger({ name: 'test', level: 'silent' }) },
    homeserver: {
      redact: async (room, event) => {
        redaction();
        redacted.push(`${room} ${event}`);
      },
    },
    accounts: { find: async () => ({ isAdmin: false, isClosed: false, devices }) },
  });

async function look(watch = makeWatch()): Promise<void> {
  watch.tick();
  await watch.idle();
  watch.tick();
  await watch.idle();
}

function queue(source: string): void {
  for (const part of ['answer', 'picture'])
    outbox.add({
      ...{ transaction: transactionFor(source, part), room: ROOM, audience: { kind: 'ops' } },
      ...{ type: 'm.room.message', content: { body: PASSWORD } },
    });
}

function send(source: string): void {
  queue(source);
  for (const part of ['answer', 'picture']) {
    const transaction = transactionFor(source, part);
    outbox.markSent(outbox.find(transaction)!.id, `$${source}-${part}`);
  }
}

const inBotDb = () =>
  JSON.stringify(['facts', 'outbox'].map((table) => bot.db.prepare(`SELECT * FROM ${table}`).all()));

it('forgets the password as soon as the message has left, and not before', async () => {
  queue(SOURCE);
  await look();
  expect(book.find(SOURCE)?.password).toBe(PASSWORD);
  send(SOURCE);
  await look();
  expect(inBotDb()).not.toContain(PASSWORD);
  expect(redacted).toEqual([]);
});

it('takes words and picture back once the person is logged in, over a restart', async () => {
  send(SOURCE);
  await look();
  devices = 1;
  await look();
  expect(redacted).toEqual([`${ROOM} $${SOURCE}-answer`, `${ROOM} $${SOURCE}-picture`]);
  expect(book.all()).toEqual([]);
});

it('takes it back after a week, though nobody logged in', async () => {
  send(SOURCE);
  await look();
  now += CARD_MS + 1;
  await look();
  expect(redacted).toHaveLength(2);
});

it('takes the older card back when there is a newer one', async () => {
  send(SOURCE);
  now += 1000;
  book.note({ source: '$newer', person: BEN, at: now, password: 'another' });
  await look();
  expect(redacted).toEqual([`${ROOM} $${SOURCE}-answer`, `${ROOM} $${SOURCE}-picture`]);
  expect(book.all().map(({ source }) => source)).toEqual(['$newer']);
});

it('tries again while the homeserver is away, and lets a message be that is gone', async () => {
  send(SOURCE);
  devices = 1;
  redaction = () => {
    throw new HomeserverError('away', { status: 0, errcode: '', retryAfterMs: 0 });
  };
  await look();
  expect(book.all()).toHaveLength(1);
  redaction = () => {
    throw new HomeserverError('gone', { status: 404, errcode: 'M_NOT_FOUND', retryAfterMs: 0 });
  };
  await look();
  expect(book.all()).toEqual([]);
});

it('lets a card be that nobody was sent', async () => {
  outbox.add({
    ...{ transaction: transactionFor(SOURCE, 'answer'), room: ROOM, audience: { kind: 'ops' } },
    ...{ type: 'm.room.message', content: {} },
  });
  outbox.drop(outbox.find(transactionFor(SOURCE, 'answer'))!.id);
  await look();
  expect(book.all()).toEqual([]);
});

it('names nobody any more who is erased, and takes the message back all the same', async () => {
  send(SOURCE);
  await look();
  book.forget(BEN);
  expect(JSON.stringify(book.all())).not.toContain('ben');
  await look();
  expect(redacted).toHaveLength(2);
  book.note({ source: SOURCE, person: BEN, at: now, password: PASSWORD });
  book.forget(BEN);
  expect(book.all()).toEqual([]);
});
