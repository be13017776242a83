import { afterAll, beforeAll, expect, test } from 'vitest';
import { FamilyClient } from './family-client.ts';
import { NioClient } from './nio-client.ts';
import { type Synapse, startSynapse } from './synapse.ts';

let synapse: Synapse;
let ada: FamilyClient;
let nio: NioClient;
let room: string;

beforeAll(async () => {
  synapse = await startSynapse({ rateLimits: 'lifted' });
  for (const user of ['ada', 'ben']) await synapse.register(user, `pw-${user}`);
  const homeserver = synapse.baseUrl;
  // Strict: she gives room keys to cross-signed devices only, as the bot does.
  ada = await FamilyClient.login({ homeserver, user: 'ada', password: 'pw-ada', crossSigned: true, strict: true });
  nio = await NioClient.login({ homeserver, user: 'ben', password: 'pw-ben', crossSigned: true });
  room = await nio.openChatWith(ada.userId);
  await ada.join(await ada.nextInvite({ from: nio.userId }));
  await nio.awaitJoin(room, ada.userId);
});

afterAll(async () => {
  await ada?.stop();
  await nio?.stop();
  await synapse?.stop();
});

test('both stacks read each other, edits included', async () => {
  await nio.say(room, 'hello from Python');
  expect(await ada.nextMessage(room)).toMatchObject({ text: 'hello from Python', encrypted: true });
  const eventId = await ada.say(room, 'hello from JavaScript');
  expect(await nio.nextMessage(room)).toMatchObject({ text: 'hello from JavaScript', encrypted: true, eventId });
  await ada.edit(room, eventId, 'hello again');
  expect(await nio.nextMessage(room)).toMatchObject({ text: 'hello again', eventId, edits: [{ encrypted: true }] });
});

test('its device is cross-signed in the eyes of the other stack', async () => {
  await ada.awaitDevice(nio.userId, nio.deviceId);
  expect(await ada.deviceTrust(nio.userId)).toEqual([{ deviceId: nio.deviceId, crossSigned: true, verified: false }]);
});

test('files go both ways', async () => {
  await nio.sendFile(room, { name: 'from-nio.txt', bytes: Buffer.from('äöü'), mime: 'text/plain', caption: 'look' });
  const received = await ada.nextMessage(room, { matching: (message) => message.content.file !== undefined });
  expect(received).toMatchObject({ text: 'look', content: { filename: 'from-nio.txt' } });
  expect(String(await ada.download(received))).toBe('äöü');
  await ada.sendFile(room, {
    name: 'from-ada.txt',
    bytes: Buffer.from([0, 1, 2, 255]),
    mime: 'application/octet-stream',
  });
  const got = await nio.nextMessage(room, { matching: (message) => message.content.file !== undefined });
  expect(await nio.download(got)).toEqual(Buffer.from([0, 1, 2, 255]));
});

test('a late room key opens the message', async () => {
  const deliver = await ada.withholdRoomKey(room, nio.userId);
  const eventId = await ada.say(room, 'locked at first');
  await expect.poll(() => nio.messages(room).some((message) => message.eventId === eventId)).toBe(true);
  expect(nio.messages(room).find((message) => message.eventId === eventId)).toHaveProperty('undecryptable');
  await deliver();
  expect(await nio.nextMessage(room, { matching: /locked/ })).toMatchObject({ eventId });
});

test('an unsigned nio device reads nothing of a strict client', async () => {
  await synapse.register('eve', 'pw-eve');
  const eve = await NioClient.login({
    homeserver: synapse.baseUrl,
    user: 'eve',
    password: 'pw-eve',
    crossSigned: false,
  });
  const chat = await eve.openChatWith(ada.userId);
  await ada.join(chat);
  await eve.awaitJoin(chat, ada.userId);
  await ada.awaitMembership(chat, eve.userId, 'join');
  const eventId = await ada.say(chat, 'not for you');
  await expect.poll(() => eve.messages(chat).some((message) => message.eventId === eventId)).toBe(true);
  expect(eve.messages(chat).find((message) => message.eventId === eventId)).toHaveProperty('undecryptable');
  await eve.stop();
});

test('a wrong password is told in one line', async () => {
  const wrong = { homeserver: synapse.baseUrl, user: 'ben', password: 'wrong', crossSigned: false };
  await expect(NioClient.login(wrong)).rejects.toThrow('M_FORBIDDEN');
});
