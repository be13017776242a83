import { afterAll, beforeAll, expect, test } from 'vitest';
import { callJson } from '../lab/call-json.ts';
import type { VisibleMessage } from '../lab/conversation.ts';
import type { FamilyClient } from '../lab/family-client.ts';
import { BOT, passwordOf } from '../lab/household.ts';
import { readRoom } from '../lab/reader.ts';
import { Chat, House, repliesTo, textFile } from './house.ts';

// Who is let in where: rooms without encryption, rooms with more people, strangers, people who come and go.

let house: House;
let ada: FamilyClient;
let ben: FamilyClient;
let cem: FamilyClient;
let eve: FamilyClient;
let ops: Chat;
let adaChat: Chat;

const isReplyTo = (event: string) => (message: VisibleMessage) => repliesTo(message, event);
/** What was looked at after the stranger left is refused with a word, what was before without one. */
const isUse = ({ text }: VisibleMessage) => !text.startsWith('Somebody came or left around the time of this message');

beforeAll(async () => {
  house = await House.open({
    people: [{ local: 'ada', role: 'admin' }, { local: 'ben', language: 'de' }, { local: 'cem' }],
  });
  await house.synapse.register('eve', passwordOf('eve'));
  [ada, ben, cem, eve] = await Promise.all([
    house.login('ada'),
    house.login('ben'),
    house.login('cem'),
    house.login('eve'),
  ]);
  [ops, adaChat] = await Promise.all([house.enterOpsRoom(ada), house.openChat(ada)]);
  await adaChat.send(textFile('will.txt', 'The violin goes to aunt Rosa in Trieste.'));
});

afterAll(() => house?.close());

test('a stranger ends the use of documents in a chat, until they leave', async () => {
  await ada.invite(adaChat.room, eve.userId);
  await eve.join(adaChat.room);
  await adaChat.sees(/^@eve:home\.test is here now, so I no longer use your documents in this room/);
  const asked = await ada.say(adaChat.room, 'Who gets the violin?');
  const sent = await ada.sendFile(adaChat.room, textFile('later.txt', 'The piano goes to uncle Marco.'));
  const askedByEve = await eve.say(adaChat.room, 'Who gets the violin?');
  await eve.leave(adaChat.room);
  await adaChat.sees(/^It is just the two of us again/);
  const answer = await adaChat.ask('Who gets the violin?');
  expect(answer.text).toContain('aunt Rosa');
  // The bot takes a room's messages in order, so these three were dealt with before that answer.
  for (const event of [asked, sent, askedByEve])
    expect(adaChat.fromBot().filter(isReplyTo(event)).filter(isUse)).toEqual([]);
  expect((await adaChat.ask('!files')).text).not.toContain('later.txt');
  expect(eve.messages(adaChat.room).filter(({ text, sender }) => sender === BOT && text.includes('Rosa'))).toEqual([]);
});

test('a room with a stranger from the start is not used either', async () => {
  const room = await ada.openChatWith(BOT, { encrypted: true });
  await ada.invite(room, eve.userId);
  await eve.join(room);
  await ada.awaitMembership(room, BOT, 'join');
  const crowd = new Chat(house, ada, room);
  const asked = await ada.say(room, 'Who gets the violin?');
  await crowd.sees(/^Somebody is here whom I don't know|is here now/);
  await eve.leave(room);
  await crowd.ask('Who gets the violin?', /aunt Rosa/);
  expect(crowd.fromBot().filter(isReplyTo(asked)).filter(isUse)).toEqual([]);
});

test('a room without encryption is used from the moment it is switched on, and nothing before', async () => {
  const room = await ben.openChatWith(BOT, { encrypted: false });
  const chat = new Chat(house, ben, room);
  house.chats.push(chat);
  const notice = await chat.sees(/^Dieser Raum ist nicht verschlüsselt/);
  expect(notice.encrypted).toBe(false);
  const refused = await chat.ask('Wo ist der Autoschlüssel?');
  expect(refused.text).toMatch(/^Dieser Raum ist nicht verschlüsselt/);
  const plainFile = await ben.sendFile(room, textFile('plain.txt', 'Der Autoschlüssel liegt in der blauen Dose.'));
  await chat.replyTo(plainFile, /nicht verschlüsselt/);
  await ben.enableEncryption(room);
  expect((await chat.sees(/^Hallo!/)).encrypted).toBe(true);
  expect((await chat.ask('!dateien')).text).toContain('Ich kenne noch keine Dokumente');
  await chat.send(textFile('dose.txt', 'Der Autoschlüssel liegt in der roten Dose.'));
  const answer = await chat.ask('Wo liegt der Autoschlüssel?');
  expect(answer).toMatchObject({ encrypted: true });
  expect(answer.text).toContain('roten Dose');
});

test('a message that came without encryption into an encrypted room is not used', async () => {
  const url = `${house.synapse.baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(adaChat.room)}/send/m.room.message/plain-1`;
  const body = { msgtype: 'm.text', body: 'Who gets the violin?' };
  const call = { method: 'PUT', accessToken: ada.sdk.getAccessToken()!, body };
  const { event_id: event } = await callJson<{ event_id: string }>(url, call);
  const reply = await adaChat.replyTo(event);
  expect(reply.encrypted).toBe(true);
  expect(reply.text).toMatch(/^That message came without encryption/);
});

test('an invitation by a stranger is refused and counted in the ops room; the bot was never in that room', async () => {
  const room = await eve.openChatWith(BOT, { encrypted: true });
  await eve.awaitMembership(room, BOT, 'leave');
  await ops.sees(/I refused 1 invitation by strangers/);
  expect((await ops.ask('alerts')).text).toContain('I refused 1 invitation by strangers');
  expect(
    ops
      .fromBot()
      .map(({ text }) => text)
      .join(),
  ).not.toContain('@eve');
  const memberships = (await readRoom(house.synapse, room))
    .filter(({ type, state_key }) => type === 'm.room.member' && state_key === BOT)
    .map(({ content }) => content.membership);
  expect(memberships).toEqual(['invite', 'leave']);
});

test('a person added in the ops room is greeted when they open a chat', async () => {
  expect((await ops.ask('people add @eve:home.test')).text).toContain('@eve:home.test may talk to me now, as a member');
  const chat = await house.openChat(eve);
  await chat.sees(/^Hello!/);
  expect((await chat.ask('Who gets the violin?')).text).toMatch(/^I don't have any document of yours yet/);
});

test('a removed person reads that they were taken out, gets no answer, and is heard again when they are added again', async () => {
  const chat = await house.openChat(cem);
  await chat.send(textFile('bees.txt', 'The bees live behind the greenhouse.'));
  expect((await ops.ask('people remove @cem:home.test')).text).toContain("@cem:home.test can't talk to me any more");
  const ignored = await cem.say(chat.room, 'Where do the bees live?');
  const command = await cem.say(chat.room, '!files');
  await chat.replyTo(ignored, /^An admin has taken you out of this household/);
  await adaChat.ask('!whoami');
  await ops.ask('people add @cem:home.test');
  const answer = await chat.ask('Where do the bees live?');
  expect(answer.text).toContain('behind the greenhouse');
  for (const event of [ignored, command])
    for (const reply of chat.fromBot().filter(isReplyTo(event)))
      expect(reply.text).toMatch(/^An admin has taken you out of this household: what I keep of you is sealed/);
});

test('an admin is invited into the ops room, and put out of it when they are none any more', async () => {
  await ops.ask('people add @ben:home.test admin', /is an admin now[\s\S]*I invited them/);
  const room = await ben.nextInvite({ from: BOT });
  expect(room).toBe(ops.room);
  await ben.join(room);
  const benInOps = new Chat(house, ben, room);
  expect((await benInOps.ask('status')).text).toContain('Bot');
  await ops.ask('people add @ben:home.test');
  await ben.awaitMembership(room, BOT, 'join');
  await ada.awaitMembership(room, ben.userId, 'leave');
  expect((await ops.ask('people remove @ada:home.test')).text).toMatch(/no admin at all/);
});

test('the homeserver holds nothing of the bot in the clear, and nothing was answered twice', async () => {
  await house.expectNothingPlain();
  await house.expectAllReadOnce();
});
