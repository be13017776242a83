import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Homeserver } from '../../bot/matrix/homeserver.ts';
import { Welcome } from '../../bot/welcome.ts';
import { say } from '../../bot/wording/say.ts';
import { eventually } from './eventually.ts';
import { ADA, BOT, member } from './matrix/sample-events.ts';
import { respond, SmallHomeserver } from './matrix/small-homeserver.ts';
import { type Household, openHousehold, queued } from './people-state.ts';

const BEN = '@ben:home.test';
const EVE = '@eve:home.test';
let home: Household;
let server: SmallHomeserver;
let homeserver: Homeserver;
let opsRoom: string | undefined;

beforeEach(async () => {
  home = await openHousehold();
  server = await SmallHomeserver.start();
  homeserver = server.client(BOT, 'D');
  opsRoom = undefined;
});
afterEach(async () => {
  await server.stop();
  home.remove();
});

/** Fresh at every call, as after a restart. */
function consider(room: string, joiner?: string): void {
  const { state, rooms, outbox, clock } = home;
  clock.now += 1000;
  new Welcome({
    own: BOT,
    rooms,
    outbox,
    people: state.control.people,
    families: state.rooms,
    homeserver,
    opsRoom: () => opsRoom,
    clock: () => clock.now,
  }).consider(room, joiner);
}
function enter(room: string, ...users: string[]): void {
  home.rooms.markJoined(room, 1);
  home.rooms.applyState(
    room,
    users.map((user) => member(user, 'join')),
  );
}
const leave = (room: string, user: string) => home.rooms.applyState(room, [member(user, 'leave')]);
const bodies = () => queued(home).map(({ body }) => body.split('\n')[0]);
const words = (language: 'en' | 'de', key: Parameters<typeof say>[1]) =>
  say(language, key as 'greeting')
    .replaceAll('**', '')
    .split('\n')[0];

test('a person is greeted once, in their language, in whichever encrypted direct chat comes first, restarts included', async () => {
  for (const room of ['!one', '!two']) {
    enter(room, BOT, BEN);
    home.rooms.markEncrypted(room, 1);
    consider(room);
    consider(room);
    await home.reopen();
  }
  expect(bodies()).toEqual([words('de', 'greeting')]);
  expect(queued(home)[0]!.audience).toEqual({ kind: 'direct', person: BEN });
  enter('!three', BOT, ADA);
  home.rooms.markEncrypted('!three', 1);
  consider('!three');
  expect(bodies()).toEqual([words('de', 'greeting'), words('en', 'greeting')]);
});

test('a greeting that was queued but not noted before a crash is still one greeting', () => {
  enter('!one', BOT, ADA);
  home.rooms.markEncrypted('!one', 1);
  const { people } = home.state.control;
  const noted = people.markGreeted.bind(people);
  people.markGreeted = () => {
    throw new Error('killed');
  };
  expect(() => consider('!one')).toThrow('killed');
  people.markGreeted = noted;
  consider('!one');
  expect(bodies()).toEqual([words('en', 'greeting')]);
});

test('a person stays greeted when the record of the greeting was forgotten', () => {
  enter('!one', BOT, ADA);
  home.rooms.markEncrypted('!one', 1);
  consider('!one');
  home.outbox.drop(home.outbox.next()!.id);
  home.outbox.prune(home.clock.now + 1);
  consider('!one');
  expect(bodies()).toEqual([]);
});

test('a room that is not encrypted is explained once, says nothing private, and is greeted when it is encrypted', () => {
  enter('!plain', BOT, ADA);
  consider('!plain');
  consider('!plain');
  expect(bodies()).toEqual([words('en', 'room.not-encrypted')]);
  expect(queued(home)[0]!.audience).toEqual({ kind: 'room' });
  home.rooms.markEncrypted('!plain', 2);
  consider('!plain');
  expect(bodies()).toEqual([words('en', 'room.not-encrypted'), words('en', 'greeting')]);
});

test('who joins a direct chat is named, once; being two again is said; and again the next time', () => {
  enter('!chat', BOT, ADA);
  home.rooms.markEncrypted('!chat', 1);
  consider('!chat', BOT);
  for (let round = 0; round < 2; round += 1) {
    enter('!chat', EVE);
    consider('!chat', EVE);
    consider('!chat');
    leave('!chat', EVE);
    consider('!chat');
    consider('!chat');
  }
  const said = bodies();
  expect(said).toHaveLength(5);
  expect([said[1], said[3]].every((line) => line!.includes(EVE))).toBe(true);
  expect([said[2], said[4]]).toEqual([words('en', 'room.direct-again'), words('en', 'room.direct-again')]);
  expect(queued(home)[1]!.audience).toEqual({ kind: 'room' });
});

test('a room that was never a direct chat is explained without naming anyone', () => {
  enter('!group', BOT, ADA, BEN, EVE);
  home.rooms.markEncrypted('!group', 1);
  consider('!group', EVE);
  consider('!group', BEN);
  expect(bodies()).toEqual([words('en', 'room.not-direct')]);
});

test('among strangers, and alone, nothing is said', () => {
  enter('!strangers', BOT, EVE);
  enter('!alone', BOT);
  for (const room of ['!strangers', '!alone']) {
    home.rooms.markEncrypted(room, 1);
    consider(room, EVE);
  }
  expect(bodies()).toEqual([]);
});

test('the ops room is welcomed once, when an admin is there, and nobody is greeted in it', () => {
  opsRoom = '!ops';
  enter('!ops', BOT);
  home.rooms.markEncrypted('!ops', 1);
  consider('!ops');
  enter('!ops', ADA);
  consider('!ops', ADA);
  consider('!ops', ADA);
  expect(bodies()).toEqual([words('en', 'ops.welcome')]);
  expect(queued(home)[0]!.audience).toEqual({ kind: 'ops' });
  expect(home.state.control.people.find(ADA)!.greetedAt).toBeNull();
});

test('the ops room is welcomed in its first admin’s language', () => {
  const { people } = home.state.control;
  people.setLanguage(people.list().find(({ role }) => role === 'admin')!.id, 'de');
  opsRoom = '!ops';
  enter('!ops', BOT, ADA);
  home.rooms.markEncrypted('!ops', 1);
  consider('!ops', ADA);
  expect(bodies()).toEqual([words('de', 'ops.welcome')]);
});

test('history of a direct chat is closed to who comes later, once; a fault is tried again, a refusal is not', async () => {
  enter('!chat', BOT, ADA);
  home.rooms.markEncrypted('!chat', 1);
  let status = 502;
  server.fault = ({ method }, response) =>
    method === 'PUT' && status !== 200 ? respond(response, status, { errcode: 'M_X' }) : undefined;
  const puts = () => server.count(/PUT .*history_visibility/);
  consider('!chat');
  await eventually(puts).toBe(1);
  status = 403;
  consider('!chat');
  await eventually(() => home.rooms.wasTold('!chat', 'history')).toBe(true);
  expect(puts()).toBe(2);
  consider('!chat');
  consider('!chat');
  await new Promise(setImmediate);
  expect(puts()).toBe(2);
});

test('a history that is closed already is left alone', async () => {
  server.states.set('!chat m.room.history_visibility', { history_visibility: 'joined' });
  enter('!chat', BOT, ADA);
  home.rooms.markEncrypted('!chat', 1);
  consider('!chat');
  await eventually(() => server.count(/GET .*history_visibility/)).toBe(1);
  expect(server.count(/PUT/)).toBe(0);
});

test('a crash between noting and telling loses no explanation and makes none up', () => {
  const { db, rooms } = home;
  enter('!crowd', BOT, ADA, EVE);
  enter('!plain', BOT, ADA);
  enter('!again', BOT, ADA, EVE);
  consider('!again');
  leave('!again', EVE);
  rooms.markEncrypted('!again', 1);
  db.exec("CREATE TRIGGER crash BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'killed'); END");
  for (const room of ['!crowd', '!plain', '!again']) expect(() => consider(room)).toThrow('killed');
  db.exec('DROP TRIGGER crash');
  for (const room of ['!crowd', '!plain', '!again', '!crowd', '!plain', '!again']) consider(room);
  expect(bodies()).toEqual([
    words('en', 'room.not-direct'),
    words('en', 'room.not-direct'),
    words('en', 'room.not-encrypted'),
    words('en', 'room.direct-again'),
    words('en', 'greeting'),
  ]);
});

test('a room of known people is greeted once as a family room, in the languages of all who are there', () => {
  enter('!family', BOT, ADA, BEN);
  home.rooms.markEncrypted('!family', 1);
  consider('!family', BEN);
  consider('!family', BOT);
  expect(queued(home)).toHaveLength(1);
  const [{ body, audience }] = queued(home) as [ReturnType<typeof queued>[number]];
  expect(body).toMatch(/^Hello! This is a family room/);
  expect(body).toMatch(/\n\nHallo! Das ist ein Familienraum/);
  expect(audience).toEqual({ kind: 'family' });
});

test('a direct chat that grows is said to be a family room from now on; a stranger in it is named, once', () => {
  enter('!chat', BOT, ADA);
  home.rooms.markEncrypted('!chat', 1);
  consider('!chat', BOT);
  enter('!chat', BEN);
  consider('!chat', BEN);
  expect(bodies().at(-1)).toMatch(/^`?@ben:home.test`? is here now, so this is a family room from now on/);
  home.state.rooms.askMembership(() => true);
  home.state.rooms.enter('!chat', BEN);
  for (let round = 0; round < 2; round += 1) {
    enter('!chat', EVE);
    consider('!chat', EVE);
    consider('!chat');
    leave('!chat', EVE);
    consider('!chat');
  }
  leave('!chat', BEN);
  consider('!chat');
  consider('!chat');
  expect(bodies().slice(2)).toEqual([
    expect.stringContaining(EVE),
    words('en', 'family.again'),
    expect.stringContaining(EVE),
    words('en', 'family.again'),
    words('en', 'family.alone'),
  ]);
});
