import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FamilyClient } from './family-client.ts';
import { countFrom, readRoom, unreadBy } from './reader.ts';
import { type Synapse, startSynapse } from './synapse.ts';

const VERSIONS = ['11', '12'] as const;

describe.each(VERSIONS)('two people in a room of version %s', (roomVersion) => {
  let synapse: Synapse;
  let ada: FamilyClient;
  let ben: FamilyClient;
  let room: string;

  const login = (user: string, options: { crossSigned: boolean; recoveryKey?: string; strict?: boolean }) =>
    FamilyClient.login({ homeserver: synapse.baseUrl, user, password: `pw-${user}`, ...options });

  beforeAll(async () => {
    synapse = await startSynapse({ rateLimits: 'lifted', roomVersion });
    for (const user of ['ada', 'ben']) await synapse.register(user, `pw-${user}`);
    ada = await login('ada', { crossSigned: true, strict: true });
    ben = await login('ben', { crossSigned: true });
    room = await ada.openChatWith(ben.userId, { encrypted: true });
    await ben.join(await ben.nextInvite({ from: ada.userId }));
    await ada.awaitMembership(room, ben.userId, 'join');
  });

  afterAll(async () => {
    await ada?.stop();
    await ben?.stop();
    await synapse?.stop();
  });

  test('text, its edit and its redaction arrive as a person sees them', async () => {
    const eventId = await ada.say(room, 'Where is the boiler manual?');
    expect(await ben.nextMessage(room)).toMatchObject({
      text: 'Where is the boiler manual?',
      encrypted: true,
      eventId,
    });
    await ada.edit(room, eventId, 'Where is the warranty?');
    const edited = await ben.nextMessage(room, { from: ada.userId, matching: /warranty/ });
    expect(edited).toMatchObject({ eventId, text: 'Where is the warranty?', edits: [{ encrypted: true }] });
    await ada.redact(room, eventId);
    await ben.until('the redaction', () => ben.messages(room).some((message) => message.redacted));
    expect(ben.messages(room).find((message) => message.eventId === eventId)).toMatchObject({
      text: '',
      redacted: true,
    });
  });

  test('a file is encrypted before the upload and arrives with its caption', async () => {
    const bytes = Buffer.from('Zählerstand 4711');
    await ben.sendFile(room, { name: 'Zähler.txt', bytes, mime: 'text/plain', caption: 'read today' });
    const message = await ada.nextMessage(room);
    expect(message).toMatchObject({ text: 'read today', msgtype: 'm.file', content: { filename: 'Zähler.txt' } });
    expect(message.content.url).toBeUndefined();
    expect(await ada.download(message)).toEqual(bytes);
    const file = message.content.file as { hashes: { sha256: string } };
    const tampered = { content: { file: { ...file, hashes: { sha256: 'AAAA' } } } };
    await expect(ada.download(tampered)).rejects.toThrow('hash');
  });

  test('emojis agree in a room and between devices, and make the identity trusted', async () => {
    expect(await ada.trusts(ben.userId)).toBe(false);
    const [mine, theirs] = await Promise.all([ada.verify(ben.userId, { roomId: room }), ben.answerVerification()]);
    expect(mine).toHaveLength(7);
    expect(theirs).toEqual(mine);
    expect(await ada.trusts(ben.userId)).toBe(true);
    const [again, answered] = await Promise.all([ben.verify(ada.userId), ada.answerVerification()]);
    expect(answered).toEqual(again);
  });

  test('a second device is signed with the recovery key, a third stays unsigned and gets nothing from a strict client', async () => {
    const signed = await login('ben', { crossSigned: true, recoveryKey: ben.recoveryKey! });
    const unsigned = await login('ben', { crossSigned: false });
    await ada.awaitDevice(ben.userId, unsigned.deviceId);
    const trust = new Map((await ada.deviceTrust(ben.userId)).map((device) => [device.deviceId, device.crossSigned]));
    expect(trust.get(signed.deviceId)).toBe(true);
    expect(trust.get(unsigned.deviceId)).toBe(false);
    const eventId = await ada.say(room, 'for signed devices');
    expect(await signed.nextMessage(room, { matching: /signed/ })).toMatchObject({ eventId });
    await unsigned.until('the event', () => unsigned.messages(room).some((message) => message.eventId === eventId));
    expect(unsigned.messages(room).find((message) => message.eventId === eventId)).toHaveProperty('undecryptable');
    for (const device of [signed, unsigned]) await device.stop({ logOut: true });
  });

  test('a room key can be kept back and delivered later', async () => {
    const deliver = await ada.withholdRoomKey(room, ben.userId);
    const eventId = await ada.say(room, 'you get the key later');
    await ben.until('the event', () => ben.messages(room).some((message) => message.eventId === eventId));
    expect(ben.messages(room).find((message) => message.eventId === eventId)).toHaveProperty('undecryptable');
    await expect(ben.nextMessage(room, { matching: /later/, timeoutMs: 200 })).rejects.toThrow(
      '@ada:home.test : MEGOLM_UNKNOWN_INBOUND_SESSION_ID',
    );
    expect(await deliver()).toBeGreaterThan(0);
    expect(await ben.nextMessage(room, { matching: /later/ })).toMatchObject({ eventId });
  });

  test('encryption can be switched on late, and the reader tells both kinds apart', async () => {
    const plain = await ada.openChatWith(ben.userId, { encrypted: false });
    await ben.join(await ben.nextInvite());
    await ada.say(plain, 'open');
    expect(await ben.nextMessage(plain)).toMatchObject({ text: 'open', encrypted: false });
    await ada.enableEncryption(plain);
    await ada.say(plain, 'closed');
    expect(await ben.nextMessage(plain)).toMatchObject({ text: 'closed', encrypted: true });
    const events = await readRoom(synapse, plain);
    expect(countFrom(events, ada.userId)).toEqual({ encrypted: 1, plainMessages: 1, otherPlain: {} });
    expect(unreadBy(ben.messages(plain), events, ada.userId)).toEqual([]);
    expect(unreadBy([], events, ada.userId)).toHaveLength(2);
  });

  test('a person can be invited and leave', async () => {
    const chat = await ada.openChatWith(ben.userId, { encrypted: true });
    await ada.awaitMembership(chat, ben.userId, 'invite');
    await ben.join(await ben.nextInvite({ from: ada.userId }));
    await ben.leave(chat);
    await ada.awaitMembership(chat, ben.userId, 'leave');
    await ada.invite(chat, ben.userId);
    await ada.awaitMembership(chat, ben.userId, 'invite');
  });
});
