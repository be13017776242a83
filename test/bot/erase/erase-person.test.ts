import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EraseDesk } from '../../../bot/erase/erase-desk.ts';
import { MarkedAnswers } from '../../../bot/marked-answers.ts';
import { HomeserverError } from '../../../bot/matrix/homeserver-error.ts';
import { Inbox } from '../../../bot/matrix/inbox.ts';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import { verifyReceipt } from '../../../core/erase/receipt.ts';
import { temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { openedControl } from '../../prove/kill-steps/opened-control.ts';
import { answer, BOT, member, text, timeline } from '../matrix/sample-events.ts';
import {
  ADA,
  BEN,
  BENS_ROOM,
  CANARY,
  type EraseSide,
  fillForBen,
  HOUR,
  leftOfBen,
  OPS_ROOM,
  openEraseSide,
} from './erase-side.ts';

let place: ReturnType<typeof temporaryFolder>;
let side: EraseSide;
let tenant: string;

beforeEach(async () => {
  place = temporaryFolder();
  side = await openEraseSide(place.stateDir);
  fillForBen(side);
  tenant = side.state.control.people.find(BEN)!.tenant;
});
afterEach(() => {
  side.close();
  place.remove();
});

const ben = () => side.state.control.people.callerFor(BEN)!;
const book = () => side.state.erasing.book;
const alerts = () => side.state.control.alerts.recent(20).filter(({ clearedAt }) => clearedAt === null);

describe('somebody who wants to be erased', () => {
  test('is, after the cooling-off, without a trace in any store', async () => {
    expect((await leftOfBen(place.stateDir, join(place.folder, 'before'), tenant)).length).toBeGreaterThan(12);
    const { id, dueAt } = side.departures.ask(ben(), 'person');
    expect(dueAt).toBe(side.clock.now + 72 * HOUR);
    await side.desk.runDue();
    expect(book().get(id)).toMatchObject({ state: 'waiting', steps: [] });
    side.clock.now = dueAt;
    await side.desk.runDue();
    expect(book().get(id)).toMatchObject({
      state: 'done',
      person: null,
      tenant: null,
      traces: { rooms: [], events: [] },
    });
    expect(await leftOfBen(place.stateDir, join(place.folder, 'after'), tenant)).toEqual([]);
    expect(readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.startsWith(tenant))).toEqual([]);
    // The logs hold the pages as they were before; they are empty.
    for (const file of ['control.db-wal', 'bot.db-wal'])
      expect(statSync(join(place.stateDir, file), { throwIfNoEntry: false })?.size ?? 0).toBe(0);
    expect(side.frozen).toEqual([BEN]);
    expect(side.chats.done).toEqual([
      `takeBack ${BENS_ROOM}`,
      'removeUpload mxc://home.test/benscopy',
      `tell ${BENS_ROOM}`,
      `leave ${BENS_ROOM}`,
      `forgetKeys ${BEN}`,
    ]);
    expect(alerts().filter(({ code }) => code !== 'no-signed-device')).toEqual([]);
  });

  test('gets a receipt as the last words, which tells the truth and shows every change', async () => {
    side.departures.ask(ben(), 'person');
    side.clock.now += 72 * HOUR;
    await side.desk.runDue();
    const { text: words, person } = side.chats.told[0]!;
    expect(person).toBe(BEN);
    expect(words).toContain('3 documents, 6 passages');
    expect(words).toContain('no backup holds any of it');
    const receipt = verifyReceipt(words, side.state.erasing.verifyingKey);
    expect(receipt).toMatchObject({ kind: 'person', cause: 'self', erasedAt: side.clock.now, backups: [] });
    expect(receipt.before).toMatchObject({
      documents: 3,
      passages: 6,
      turns: 1,
      badAnswers: 1,
      settings: 1,
      uploads: 1,
    });
    expect(receipt.before).toMatchObject({ lockedFiles: 1 });
    expect(new Set(Object.values(receipt.after))).toEqual(new Set([0]));
    expect(receipt.subject).toBe(side.state.erasing.subject(BEN));
    expect(JSON.stringify(receipt)).not.toContain('ben');
    const line = words.split('\n').find((one) => one.length === 64)!;
    const changed = words.replace(line, `${line.slice(0, -1)}${line.endsWith('A') ? 'B' : 'A'}`);
    expect(() => verifyReceipt(changed, side.state.erasing.verifyingKey)).toThrowError(
      expect.objectContaining({ reason: 'receipt-forged' }),
    );
    expect(() => verifyReceipt('hello', side.state.erasing.verifyingKey)).toThrowError(
      expect.objectContaining({ reason: 'receipt-missing' }),
    );
  });

  test('takes nobody else along, and the audit trail stays whole without the name', async () => {
    side.departures.ask(ben(), 'person');
    side.clock.now += 72 * HOUR;
    const before = side.state.control.audit.recent(9);
    expect(before.map(({ target }) => target)).toContain(BEN);
    await side.desk.runDue();
    const { people, audit } = side.state.control;
    expect(audit.verify()).toBe(2);
    expect(audit.recent(9)).toEqual([
      expect.objectContaining({ actor: ADA, target: expect.stringMatching(/^person:[0-9a-f]{24}$/) }),
      expect.objectContaining({
        actor: expect.stringMatching(/^person:[0-9a-f]{24}$/),
        target: expect.stringMatching(/^tenant:[0-9a-f]{24}\/3$/),
      }),
    ]);
    const documents = side.state.vault.read(people.callerFor(ADA)!, (reader) => reader.documents());
    expect(documents.map(({ name }) => name)).toEqual(['$adas:home.test.pdf']);
  });

  test('can take it back until it begins', async () => {
    side.departures.ask(ben(), 'person');
    expect(side.departures.cancel(BEN)).toBe(true);
    expect(side.departures.cancel(BEN)).toBe(false);
    side.clock.now += 100 * HOUR;
    await side.desk.runDue();
    expect(side.state.vault.read(ben(), (reader) => reader.documents())).toHaveLength(2);
    expect(side.frozen).toEqual([]);
  });

  test('does not come back by the settings file, but an admin can add them, as somebody new', async () => {
    side.departures.ask(ben(), 'person');
    side.clock.now += 72 * HOUR;
    await side.desk.runDue();
    const { people } = side.state.control;
    people.seed([{ id: BEN, role: 'member', language: 'en' }]);
    expect(people.find(BEN)).toBeUndefined();
    people.add({ id: BEN, role: 'member', language: 'en' });
    expect(people.find(BEN)!.tenant).not.toBe(tenant);
    side.close();
    side = await openEraseSide(place.stateDir);
    expect(side.state.vault.read(ben(), (reader) => reader.documents())).toEqual([]);
  });
});

test('somebody who is in a room with others goes from everything but that room, and the receipt says so', async () => {
  const family = '!family:home.test';
  const { db, outbox, clock } = side;
  const inbox = new Inbox(db, { own: BOT, rooms: new RoomBook(db), outbox, now: () => clock.now });
  const joined = [BOT, ADA, BEN].map((one) => member(one, 'join', { event_id: `$${one} in family` }));
  inbox.store(answer('s2', { [family]: timeline([...joined, text('$chat:home.test', { sender: BEN })]) }));
  const { id } = side.departures.ask(ben(), 'person');
  side.clock.now += 72 * HOUR;
  await side.desk.runDue();
  expect(book().get(id)!.state).toBe('done');
  expect(await leftOfBen(place.stateDir, join(place.folder, 'after'), tenant)).toEqual(['bot.db members.user_id 1']);
  expect(new RoomBook(db).joinedMembers(family)).toEqual([ADA, BEN, BOT]);
  expect(verifyReceipt(side.chats.told[0]!.text, side.state.erasing.verifyingKey).remains).toContain('shared-rooms');
});

describe('nothing that waits or was noted holds an erasure up:', () => {
  const family = '!family:home.test';
  async function erased(): Promise<void> {
    const { id, dueAt } = side.departures.ask(ben(), 'person');
    side.clock.now = dueAt;
    await side.desk.runDue();
    expect(book().get(id)!.state).toBe('done');
  }
  const contentOf = (transaction: string) => side.outbox.find(transaction);

  test('what was explained to them in a room with others', async () => {
    const rooms = new RoomBook(side.db);
    for (const person of [BEN, ADA, `${BEN}.example`]) rooms.firstTime(family, `unsigned ${person}`);
    rooms.firstTime(family, 'family');
    await erased();
    const told = ['family', `unsigned ${ADA}`, `unsigned ${BEN}.example`, `unsigned ${BEN}`];
    expect(told.map((name) => rooms.wasTold(family, name))).toEqual([true, true, true, false]);
    expect(await leftOfBen(place.stateDir, join(place.folder, 'after'), tenant)).toEqual([]);
  });

  test('messages that name them to others: a notice of a share goes, the rest loses the name', async () => {
    const { outbox } = side;
    const rest = { type: 'm.room.message', room: OPS_ROOM } as const;
    const body = `${BEN} was added, and ${BEN}:8448`;
    outbox.add({ ...rest, transaction: 'kin.ops.1', audience: { kind: 'ops' }, content: { body } });
    const notice = { kind: 'direct', person: ADA } as const;
    outbox.add({ ...rest, transaction: 'kin.told.1', audience: notice, content: { body: `${BEN} lends you a.pdf` } });
    outbox.add({ ...rest, transaction: 'kin.told.2', audience: notice, content: { body: 'a reminder' } });
    await erased();
    expect(contentOf('kin.ops.1')).toMatchObject({
      state: 'pending',
      content: { body: `- was added, and ${BEN}:8448` },
    });
    expect(contentOf('kin.told.1')).toMatchObject({ state: 'dropped', content: {} });
    expect(contentOf('kin.told.2')).toMatchObject({ state: 'pending', content: { body: 'a reminder' } });
  });

  test('people whose ids begin like theirs, known ones and strangers', async () => {
    const { people, alerts } = side.state.control;
    const [port, longer] = [`${BEN}:8448`, `${BEN}.example`];
    for (const id of [port, longer]) people.add({ id, role: 'member', language: 'en' });
    alerts.raise({
      code: 'no-signed-device',
      severity: 'warning',
      key: `no-signed-device ${port}`,
      facts: { person: port },
    });
    side.db.prepare('INSERT INTO invites VALUES (?, ?, ?)').run('!evil:evil.test', `${BEN}.evil.test`, side.clock.now);
    side.db.prepare('INSERT INTO members VALUES (?, ?, ?)').run(family, `${BEN}.evil.test`, 'join');
    await erased();
    expect([people.find(port), people.find(longer)].every((one) => one !== undefined)).toBe(true);
    expect(alerts.recent(20).flatMap(({ facts }) => facts.person ?? [])).toEqual([port, '-']);
    expect(side.db.prepare('SELECT inviter FROM invites').pluck().all()).toEqual([`${BEN}.evil.test`]);
  });

  test('messages that they go on sending', async () => {
    const rooms = new RoomBook(side.db);
    const inbox = new Inbox(side.db, { own: BOT, rooms, outbox: side.outbox, now: () => side.clock.now });
    let sent = 0;
    const send = () => {
      const late = text(`$late${++sent}:home.test`, { sender: BEN, content: { msgtype: 'm.text', body: 'hello?' } });
      inbox.store(answer(`late${sent}`, { [BENS_ROOM]: timeline([late]) }, {}));
      inbox.finish(late.event_id);
    };
    const steps = book().stepDone.bind(book());
    vi.spyOn(book(), 'stepDone').mockImplementation((id, step, found) => {
      steps(id, step, found);
      // Until the bot has left.
      if (step !== 'leave' && step !== 'rest') send();
    });
    await erased();
    vi.restoreAllMocks();
    expect(sent).toBeGreaterThan(9);
    expect(await leftOfBen(place.stateDir, join(place.folder, 'after'), tenant)).toEqual([]);
  });

  test('an open message of others, in a room with them', async () => {
    const inbox = new Inbox(side.db, {
      own: BOT,
      rooms: new RoomBook(side.db),
      outbox: side.outbox,
      now: () => side.clock.now,
    });
    const joined = [BOT, ADA, BEN].map((one) => member(one, 'join', { event_id: `$${one} in family` }));
    inbox.store(answer('s2', { [family]: timeline([...joined, text('$adas', { sender: ADA })]) }));
    expect(side.db.prepare("SELECT members FROM events WHERE event_id = '$adas'").pluck().get()).toContain(BEN);
    await erased();
    // Somebody unknown was there when it was written: nothing is used for it.
    const members = side.db.prepare("SELECT members FROM events WHERE event_id = '$adas'").pluck().get() as string;
    expect(JSON.parse(members).sort()).toEqual(['-', ADA, BOT]);
  });
});

test('work that ends late is waited for, and what it leaves goes too', async () => {
  const stopped: string[] = [];
  const stopAll = async (person: string) => {
    stopped.push(person);
    const audience = { kind: 'direct', person: BEN } as const;
    side.outbox.add({ transaction: 'kin.late', room: BENS_ROOM, audience, type: 'm.room.message', content: {} });
    new MarkedAnswers(side.db).note('$late:home.test', '$asked:home.test');
  };
  const work = { stopAll, stopReading: async () => {} };
  const { id, dueAt } = side.departures.ask(ben(), 'person');
  side.clock.now = dueAt;
  await new EraseDesk({ ...side.parts, work }, new AbortController().signal).runDue();
  expect([stopped, book().get(id)!.state]).toEqual([[BEN], 'done']);
  expect(side.outbox.find('kin.late')).toBeUndefined();
});

test('a room where somebody is invited is not theirs alone', async () => {
  const room = '!soon:home.test';
  const inbox = new Inbox(side.db, {
    own: BOT,
    rooms: new RoomBook(side.db),
    outbox: side.outbox,
    now: () => side.clock.now,
  });
  const there = [BOT, BEN].map((one) => member(one, 'join', { event_id: `$${one} soon` }));
  inbox.store(answer('s2', { [room]: timeline([...there, member(ADA, 'invite', { event_id: '$ada soon' })]) }, {}));
  side.departures.ask(ben(), 'person');
  side.clock.now += 72 * HOUR;
  await side.desk.runDue();
  expect(side.chats.done.filter((one) => one.includes(room))).toEqual([]);
  expect(side.chats.done).toContain(`leave ${BENS_ROOM}`);
});

describe('an erasure that fails', () => {
  test('is tried again after growing pauses, told to the admins without a word, and never passed over', async () => {
    const { id } = side.departures.ask(ben(), 'person');
    side.clock.now += 72 * HOUR;
    const away = { status: 0, errcode: '', retryAfterMs: 0 };
    side.chats.fail.set('takeBack', new HomeserverError('no answer', away));
    await side.desk.runDue();
    const pauses: number[] = [];
    for (let round = 0; round < 4; round++) {
      const { nextAt, steps, attempts } = book().get(id)!;
      expect(steps).toEqual('shares freeze stop count families shred index'.split(' '));
      expect(attempts).toBe(round + 1);
      pauses.push(nextAt - side.clock.now);
      await side.desk.runDue();
      expect(book().get(id)!.attempts).toBe(round + 1);
      side.clock.now = nextAt;
      await side.desk.runDue();
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000]);
    const [alert] = alerts().filter(({ code }) => code === 'erase-failing');
    expect(alert!.facts).toEqual({ reference: book().get(id)!.reference, step: 'messages', attempts: 5 });
    // What lies here is gone although the homeserver is away.
    expect(existsSync(join(place.stateDir, 'tenants', `${tenant}.db`))).toBe(false);
    side.chats.fail.clear();
    side.clock.now = book().get(id)!.nextAt;
    await side.desk.runDue();
    expect(book().get(id)!.state).toBe('done');
    expect(alerts().filter(({ code }) => code === 'erase-failing')).toEqual([]);
  });

  test('says on the receipt what the server did not let it take back', async () => {
    side.chats.allowed = false;
    side.departures.ask(ben(), 'person');
    side.clock.now += 72 * HOUR;
    await side.desk.runDue();
    const receipt = verifyReceipt(side.chats.told[0]!.text, side.state.erasing.verifyingKey);
    expect(receipt.remains).toEqual(expect.arrayContaining(['bot-messages', 'bot-media']));
    expect(alerts().map(({ code }) => code)).toContain('receipt-undelivered');
  });

  test.each([
    { id: '@kinkeeper-guest-abcd:home.test', isMissed: false },
    { id: '@cleo:home.test', isMissed: true },
  ])('$id is erased; who was a guest of set-up misses no receipt', async ({ id, isMissed }) => {
    const { control } = side.state;
    control.people.add({ id, role: 'member', language: 'en' });
    const added = control.people.find(id)!;
    const wish = { kind: 'person', cause: 'ordered', tenant: added.tenant, language: 'en' } as const;
    book().plan({ ...wish, person: added.id, dueAt: side.clock.now });
    control.people.remove(id);
    await side.desk.runDue();
    expect(book().openOf(id)).toBeUndefined();
    expect(alerts().some(({ code }) => code === 'receipt-undelivered')).toBe(isMissed);
  });

  test('does not sign a receipt while something is left', async () => {
    const { id } = side.departures.ask(ben(), 'person');
    side.clock.now += 72 * HOUR;
    side.db.exec('CREATE TABLE forgotten_place (note TEXT)');
    side.db.prepare('INSERT INTO forgotten_place VALUES (?)').run(`said by ${BEN}`);
    await side.desk.runDue();
    expect(book().get(id)).toMatchObject({ state: 'running', receipt: null });
    expect(book().get(id)!.steps).not.toContain('receipt');
    expect(side.chats.told).toEqual([]);
    expect(alerts().map(({ code }) => code)).toContain('erase-failing');
  });

  test('is not over while control.db holds a name anywhere, and is when it does not any more', async () => {
    const { id, dueAt } = side.departures.ask(ben(), 'person');
    const { db: control } = await openedControl(place.stateDir);
    control.exec('CREATE TABLE forgotten_place (note TEXT)');
    control.prepare('INSERT INTO forgotten_place VALUES (?)').run(`said by ${BEN}`);
    side.clock.now = dueAt;
    await side.desk.runDue();
    expect(book().get(id)).toMatchObject({ state: 'running', person: BEN });
    expect(side.state.control.people.find(BEN)).toBeUndefined();
    expect(alerts().find(({ code }) => code === 'erase-failing')!.facts).toMatchObject({ step: 'bury' });
    control.exec('DROP TABLE forgotten_place');
    control.close();
    side.clock.now += HOUR;
    await side.desk.runDue();
    expect(book().get(id)).toMatchObject({ state: 'done', person: null });
  });

  test('leaves the files of somebody as long as the log may hold their key', async () => {
    const files = () => readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.startsWith(tenant));
    vi.spyOn(side.state.erasing, 'emptyLog').mockReturnValue(false);
    expect(() => side.state.erasing.shred(tenant as never)).toThrowError(
      expect.objectContaining({ reason: 'store-busy' }),
    );
    expect(files()).not.toEqual([]);
    vi.restoreAllMocks();
    side.state.erasing.shred(tenant as never);
    expect(files()).toEqual([]);
  });

  test('refuses to leave the household without an admin', async () => {
    side.departures.ask(side.state.control.people.callerFor(ADA)!, 'person');
    side.clock.now += 72 * HOUR;
    await side.desk.runDue();
    expect(side.state.control.people.find(ADA)).toBeDefined();
    expect(alerts().map(({ code }) => code)).toContain('erase-failing');
  });
});

test('the log that still holds what was removed is emptied as soon as nobody reads it', async () => {
  side.departures.ask(ben(), 'person');
  side.clock.now += 72 * HOUR;
  side.chats.during.set('leave', () => void vi.spyOn(side.state.erasing, 'emptyLog').mockReturnValue(false));
  await side.desk.runDue();
  const size = () => statSync(join(place.stateDir, 'control.db-wal')).size;
  expect(size()).toBeGreaterThan(0);
  vi.restoreAllMocks();
  side.desk.tick();
  expect(size()).toBe(0);
});

describe('somebody whom an admin removes', () => {
  test('is told once, frozen at once, and erased after the wait', async () => {
    const { dueAt, id } = await side.departures.remove(side.state.control.people.find(BEN)!);
    expect(dueAt).toBe(side.clock.now + 30 * 24 * HOUR);
    expect(side.state.control.people.callerFor(BEN)).toBeUndefined();
    expect(side.frozen).toEqual([BEN]);
    const waiting = side.db.prepare("SELECT audience, content FROM outbox WHERE state = 'pending'").all() as {
      audience: string;
      content: string;
    }[];
    expect(waiting).toHaveLength(1);
    expect(waiting[0]!.content).toMatch(/An admin has taken you out/);
    expect(waiting[0]!.content).not.toContain(CANARY);
    expect(JSON.parse(waiting[0]!.audience)).toEqual({ kind: 'direct', person: BEN, leaving: true });
    await side.desk.runDue();
    expect(book().get(id)!.state).toBe('waiting');
    side.clock.now = dueAt;
    await side.desk.runDue();
    expect(await leftOfBen(place.stateDir, join(place.folder, 'after'), tenant)).toEqual([]);
  });

  test('keeps everything when they are added again before', async () => {
    await side.departures.remove(side.state.control.people.find(BEN)!);
    expect(side.departures.cancel(BEN)).toBe(true);
    side.state.control.people.add({ id: BEN, role: 'member', language: 'en' });
    side.clock.now += 60 * 24 * HOUR;
    await side.desk.runDue();
    expect(side.state.vault.read(ben(), (reader) => reader.documents())).toHaveLength(2);
  });

  test('is erased at once when an admin does not want to wait', async () => {
    await side.departures.remove(side.state.control.people.find(BEN)!);
    const { id } = await side.departures.eraseNow(BEN);
    await side.desk.runDue();
    expect(book().get(id)!.state).toBe('done');
    await expect(side.departures.eraseNow('@eve:home.test')).rejects.toMatchObject({ reason: 'no-such-person' });
  });
});

test('a canary stands in no file of the state folder once its person is erased, whatever reads it', async () => {
  side.departures.ask(ben(), 'person');
  side.clock.now += 72 * HOUR;
  await side.desk.runDue();
  side.close();
  const files = readdirSync(place.stateDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name));
    for (const word of [CANARY, BEN, tenant]) expect(bytes.includes(word), `${name} holds ${word}`).toBe(false);
    expect(name).not.toContain(tenant);
  }
  side = await openEraseSide(place.stateDir);
});
