import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomStream, testSeed } from '../bot/random.ts';
import { BOT } from '../lab/household.ts';
import { Canaries, findMarks } from '../prove/canaries/marks.ts';
import { Chat, House, textFile } from './house.ts';

// What two thieves have in their hands, measured on a real household: the disk of the bot, and everything of the homeserver.

const seed = testSeed();
const canaries = new Canaries(randomStream(seed));
const [TEXT, NAME, QUESTION, ROOM_TEXT] = [
  canaries.make('text'),
  canaries.make('file name'),
  canaries.make('question'),
  canaries.make('text'),
];
const FILE = `The contract with ${TEXT} has the number 4711. ${'Roses need water in dry summers. '.repeat(200)}`;

let house: House;
let copies: string;
let ids: string[];
let log: string;

beforeAll(async () => {
  house = await House.open();
  copies = mkdtempSync(join(tmpdir(), 'kinkeeper-thief-'));
  const [ada, ben] = await Promise.all([house.login('ada'), house.login('ben')]);
  const [adaChat, benChat] = await Promise.all([house.openChat(ada), house.openChat(ben)]);
  const room = await ada.openChatWith(ben.userId, { encrypted: true });
  await ben.join(room);
  await ada.invite(room, BOT);
  await ada.awaitMembership(room, BOT, 'join');
  const family = new Chat(house, ada, room);
  await adaChat.send(textFile(`${NAME}.txt`, FILE));
  await family.send(textFile('ferry.txt', `The ferry of ${ROOM_TEXT} leaves at 7:45.`));
  await adaChat.ask(`What is the number of ${QUESTION}?`);
  await adaChat.ask('!share 1 with @ben:home.test');
  await benChat.ask('Which number has the contract?', /4711/);
  ids = [ada.userId, ben.userId, BOT, adaChat.room, benChat.room, room];
  execFileSync('cp', ['-r', house.home.stateDir, join(copies, 'running')]);
  log = house.bot.output();
  await house.bot.stop();
  execFileSync('cp', ['-r', house.home.stateDir, join(copies, 'stopped')]);
  execFileSync('cp', ['-r', house.synapse.dir, join(copies, 'homeserver')]);
}, 180_000);

afterAll(async () => {
  await house?.close();
  rmSync(copies, { recursive: true, force: true });
});

interface StoredFile {
  readonly name: string;
  readonly bytes: Buffer;
}

function filesIn(folder: string): StoredFile[] {
  const root = join(copies, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(root, name)).isFile())
    .map((name) => ({ name, bytes: readFileSync(join(root, name)) }));
}

const sizesOf = (folder: string) => filesIn(folder).map(({ name, bytes }) => `${name} ${bytes.length}`);

/** Bits per byte; random bytes come near 8. */
function entropy(bytes: Buffer): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]! += 1;
  return -counts.reduce(
    (sum, count) => (count === 0 ? sum : sum + (count / bytes.length) * Math.log2(count / bytes.length)),
    0,
  );
}

test(`the disk of the bot tells how many people, rooms and lent papers there are and how large they are, and no word or name (seed ${seed})`, () => {
  for (const when of ['running', 'stopped']) {
    for (const { name, bytes } of filesIn(when)) {
      expect(findMarks(bytes), name).toEqual([]);
      expect(findMarks(Buffer.from(name)), name).toEqual([]);
      for (const id of ids) expect([bytes.includes(id), name.includes(id)], `${id} in ${name}`).toEqual([false, false]);
      // The log of a database has a head for each page in the clear, so its entropy is a little lower.
      if (/\.db(-wal)?$/.test(name) && bytes.length > 100_000) expect(entropy(bytes), name).toBeGreaterThan(7.9);
      if (name.endsWith('.db')) expect(bytes.subarray(0, 16).toString('latin1'), name).not.toContain('SQLite');
    }
  }
  const stopped = filesIn('stopped');
  const names = stopped.map(({ name }) => name);
  // What is learned: two people, one room, one lent paper, by the number of files; which is which only by size and time.
  expect(names.filter((name) => /^tenants\/[A-Za-z0-9_-]+\.db$/.test(name))).toHaveLength(4);
  expect(names.filter((name) => !name.startsWith('tenants/')).sort()).toEqual([
    ...['bot.db', 'bot.lock', 'control.db', 'keys.json', 'tombstones'],
  ]);
  // The size of a page is in the clear at its place in the head; sizes of files are what they are.
  const stores = stopped.filter(({ name }) => name.endsWith('.db'));
  expect(new Set(stores.map(({ bytes }) => bytes.toString('hex', 16, 24))).size).toBe(1);
  expect(new Set(stores.map(({ bytes }) => bytes.toString('hex', 0, 16))).size).toBe(stores.length);
  for (const { name, bytes } of stores) {
    expect(bytes.readUInt16BE(16), name).toBe(4096);
    expect(bytes.length % 4096, name).toBe(0);
  }
  const keys = JSON.parse(stopped.find(({ name }) => name === 'keys.json')!.bytes.toString());
  console.log(JSON.stringify({ keys: Object.keys(keys), running: sizesOf('running'), stopped: sizesOf('stopped') }));
});

test(`the homeserver has no word and no name of a file in its database, media and logs (seed ${seed})`, () => {
  const files = filesIn('homeserver');
  for (const { name, bytes } of files) expect(findMarks(bytes), name).toEqual([]);
  // The same files do hold what a homeserver has to know: they are the ones to look at.
  expect(files.some(({ bytes }) => bytes.includes(ids[0]!))).toBe(true);
  expect(findMarks(Buffer.from(log))).toEqual([]);
  for (const id of ids.slice(0, 2)) expect(log).not.toContain(id);
});

test('the homeserver learns who talks to the bot and when, which message answers which, and the exact size of every file', () => {
  const db = new Database(join(copies, 'homeserver', 'homeserver.db'), { readonly: true });
  const pluck = (sql: string, ...values: unknown[]) =>
    db
      .prepare(sql)
      .pluck()
      .all(...values) as string[];
  try {
    const rooms = pluck("SELECT room_id FROM room_memberships WHERE user_id = ? AND membership = 'join'", BOT);
    expect(ids.slice(3).every((room) => rooms.includes(room))).toBe(true);
    const sent = pluck("SELECT json FROM event_json WHERE json LIKE '%m.room.encrypted%'").map((json) =>
      JSON.parse(json),
    );
    const own = sent.filter(({ type, sender }) => type === 'm.room.encrypted' && sender === BOT);
    expect(own.length).toBeGreaterThan(5);
    for (const { content, origin_server_ts: at } of own) {
      expect(at).toBeGreaterThan(0);
      // Relations stay outside of the encryption, by the specification.
      expect(
        Object.keys(content).filter(
          (key) => !['algorithm', 'ciphertext', 'session_id', 'sender_key', 'device_id'].includes(key),
        ),
      ).toSatisfy((keys: string[]) => keys.every((key) => key === 'm.relates_to'));
    }
    expect(own.some(({ content }) => content['m.relates_to']?.['m.in_reply_to'])).toBe(true);
    expect(db.prepare('SELECT media_length FROM local_media_repository').pluck().all()).toContain(
      Buffer.byteLength(FILE),
    );
  } finally {
    db.close();
  }
});
