import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VisibleMessage } from '../lab/conversation.ts';
import { BOT, passwordOf } from '../lab/household.ts';
import { NioClient } from '../lab/nio-client.ts';
import { type Chat, House, textFile } from './house.ts';
import { PAPERS } from './papers.ts';

// A family's everyday chat without a language model: greeting, files, questions, commands, forgetting.

let house: House;
let ada: Chat;
let ben: Chat;
let ops: Chat;

beforeAll(async () => {
  house = await House.open({
    people: [{ local: 'ada', role: 'admin' }, { local: 'ben', language: 'de' }, { local: 'cem' }],
  });
  const [adaDevice, benDevice] = await Promise.all([house.login('ada'), house.login('ben')]);
  [ops, ada, ben] = await Promise.all([
    house.enterOpsRoom(adaDevice),
    house.openChat(adaDevice),
    house.openChat(benDevice),
  ]);
});

afterAll(() => house?.close());

test('everyone is greeted once, in their own language', async () => {
  expect((await ada.sees(/^Hello!/)).msgtype).toBe('m.notice');
  expect((await ben.sees(/^Hallo!/)).text).toContain('!hilfe');
  const again = await house.openChat(ada.client);
  await again.ask('!whoami');
  expect(again.all(/^Hello!/)).toEqual([]);
  expect(ada.all(/^Hello!/)).toHaveLength(1);
});

test('rooms have the newest stable version', () => {
  for (const { client, room } of [ada, ops]) expect(client.sdk.getRoom(room)?.getVersion()).toBe('12');
});

test('the admin gets recovery key and recovery code in an encrypted ops room, once', async () => {
  const key = await ops.sees(/^My recovery key for Matrix/);
  const code = await ops.sees(/^The recovery code for everything/);
  expect(key.encrypted && code.encrypted).toBe(true);
  expect(key.text).toMatch(/^E[\w]{3}( \w{4})+/m);
  const state = (type: string) => ada.client.sdk.getStateEvent(ops.room, type, '');
  expect(await state('m.room.encryption')).toMatchObject({ algorithm: 'm.megolm.v1.aes-sha2' });
  expect(await state('m.room.join_rules')).toMatchObject({ join_rule: 'invite' });
  expect(await state('m.room.history_visibility')).toMatchObject({ history_visibility: 'joined' });
  await house.restartBot();
  await ops.ask('status');
  expect(ops.all(/^My recovery key/)).toHaveLength(1);
  expect(ops.all(/^The recovery code/)).toHaveLength(1);
});

test('the recovery code is typed back from the paper, and then both messages are taken back', async () => {
  const key = await ops.sees(/^My recovery key for Matrix/);
  const code = await ops.sees(/^The recovery code for everything/);
  const end = /^(?:[0-9A-Z]{5}-){7}([0-9A-Z]{5})$/m.exec(code.text)![1]!;
  expect((await ops.ask('status')).text).toContain('Recovery code not confirmed yet');
  expect((await ops.ask(`!keys confirm ${end.slice(0, 4)}`)).text).toContain('which has 5 characters');
  expect((await ops.ask(`!keys confirm ${end}`)).text).toMatch(/^Right: .*taken back 2 messages/);
  for (const { eventId } of [key, code]) {
    expect(await ada.client.sdk.fetchRoomEvent(ops.room, eventId)).toMatchObject({ content: {} });
  }
  expect((await ops.ask('status')).text).not.toContain('Recovery code');
});

test.each(PAPERS)('$file.name is read, and a question about it is answered with its source', async ({
  file,
  question,
  fact,
  source,
}) => {
  const kept = await ada.send(file);
  expect(kept.text).toContain(`I read ${file.name}`);
  const answer = await ada.ask(question);
  expect(answer.text).toContain("I can't tell whether they answer your question");
  expect(answer.text).toContain(fact);
  expect(firstSource(answer.text)).toMatch(source);
});

test('a question in another language finds the same place, and is answered in its own', async () => {
  const answer = await ada.ask('Wie viel kostet die jährliche Wartung der Heizung?');
  expect(answer.text).toMatch(/\[\d\] boiler\.pdf, Seite 2/);
  expect(answer.text).toContain('189 euros');
});

test('a follow-up question goes on from the one before', async () => {
  await ada.ask('What does the yearly boiler service cost?', /189 euros/);
  const answer = await ada.ask('And when does it take place?');
  expect(answer.text).toContain('every October');
});

test('a caption that asks is answered right with the file; another caption is not', async () => {
  const [asked, said] = await Promise.all([
    ada.send(textFile('club.txt', 'The tennis club costs 31 francs a month.', 'What does the tennis club cost?')),
    ada.send(textFile('scout.txt', 'The scouts meet on Thursdays in the old mill.', 'about the scouts')),
  ]);
  expect(asked.text).toMatch(/I read club\.txt[\s\S]*31 francs/);
  expect(said.text).not.toContain('come closest');
});

test('an edited question is answered anew in the message of its first answer', async () => {
  const question = await ada.client.say(ada.room, 'When do the scouts meet?');
  const first = await ada.replyTo(question, /Thursdays/);
  await ada.client.edit(ada.room, question, 'How much is the tennis club a month?');
  const changed = await ada.replyTo(question, /31 francs/);
  expect(changed.eventId).toBe(first.eventId);
  expect(changed.edits.length).toBeGreaterThan(0);
});

test("another member's question finds nothing of it", async () => {
  for (const { question, fact } of PAPERS) {
    const answer = await ben.ask(question);
    // Asked in English, so answered in English although Ben talks German with the bot.
    expect(answer.text).toBe(
      "I don't have any document of yours yet. Send me one and I'll read it; then you can ask me about it.",
    );
    expect(answer.text).not.toContain(fact);
  }
  await ben.send(textFile('garage.txt', 'Das Garagentor öffnet mit dem Code 4711.'));
  const answer = await ben.ask(PAPERS[0]!.question);
  expect(answer.text).not.toMatch(/Sunflower|wifi\.txt/);
  expect((await ben.ask('!dateien')).text).not.toContain('wifi.txt');
});

test('deleting the message that brought a file forgets the document, and says so', async () => {
  const event = await ada.client.sendFile(ada.room, textFile('secret.txt', 'The present for Ben is a telescope.'));
  await ada.replyTo(event, /I read secret\.txt/);
  expect((await ada.ask('What is the present for Ben?')).text).toContain('telescope');
  await ada.client.redact(ada.room, event);
  await ada.sees(/^You deleted the message, so I forgot secret\.txt, with 1 passage/);
  expect((await ada.ask('What is the present for Ben?')).text).not.toContain('telescope');
  expect((await ada.ask('!files')).text).not.toContain('secret.txt');
});

test('a file that is deleted before it was read is never kept', async () => {
  await house.bot.stop();
  const event = await ada.client.sendFile(ada.room, textFile('regret.txt', 'The code of the safe is 90210.'));
  await ada.client.redact(ada.room, event);
  house.bot = house.home.startBot();
  expect((await ada.ask('!files')).text).not.toContain('regret.txt');
  expect((await ada.ask('What is the code of the safe?')).text).not.toContain('90210');
});

test('!files, /files and !forget: the list, the numbers in it, and the end of a document', async () => {
  const list = await ada.ask('!files');
  const number = /^- (\d+) scout\.txt \(txt/m.exec(list.text)?.[1];
  expect(number).toBeDefined();
  expect((await ada.ask('/files')).text).toBe(list.text);
  expect((await ada.ask(`!forget ${number}`)).text).toMatch(/^Forgotten: scout\.txt/);
  expect((await ada.ask('!files')).text).not.toContain('scout.txt');
  expect((await ada.ask(`!forget ${number}`)).text).toContain('I know no document');
  expect((await ada.ask('When do the scouts meet?')).text).not.toContain('old mill');
});

test('!whoami and !privacy tell the caller what is kept of them', async () => {
  expect((await ada.ask('!whoami')).text).toContain('You are @ada:home.test, an admin');
  expect((await ben.ask('!whoami')).text).toContain('Du bist @ben:home.test');
  const privacy = await ben.ask('!datenschutz');
  expect(privacy.text).toContain('den Text von 1 Dokument, zerlegt in 1 Abschnitt');
});

test('!export sends the kept text as an encrypted file', async () => {
  const list = await ada.ask('!files');
  const number = /^- (\d+) wifi\.txt/m.exec(list.text)?.[1];
  const exported = await ada.ask(`!export ${number}`);
  expect(exported).toMatchObject({ msgtype: 'm.file', encrypted: true });
  expect(exported.text).toMatch(/^This is all the text I keep of wifi\.txt \(document/);
  expect(exported.content.url).toBeUndefined();
  expect((await ada.client.download(exported)).toString().trim()).toBe(PAPERS[0]!.file.bytes.toString());
});

test('!language changes the language of the answers', async () => {
  expect((await ada.ask('!language de')).text).toBe('Ab jetzt rede ich Deutsch mit dir.');
  expect((await ada.ask('!files')).text).toContain('Ich kenne');
  expect((await ada.ask('!sprache en')).text).toBe('From now on I speak English with you.');
});

test('commands of the ops room are refused in a chat, for members and for admins', async () => {
  expect((await ben.ask('!status')).text).toBe('Das darf nur ein Admin.');
  expect((await ben.ask('!people remove @ada:home.test')).text).toBe('Das darf nur ein Admin.');
  expect((await ada.ask('!people')).text).toBe('That command works in the ops room only.');
  expect((await ops.ask('people')).text).toContain('@ada:home.test');
});

test('the ops room answers status, people and alerts, and keeps no questions', async () => {
  const status = await ops.ask('status');
  expect(status.text).toMatch(/Answers with passages only/);
  expect(status.text).toMatch(/Kept for 3 people: \d+ documents/);
  const picture = await ops.sees(/^Kinkeeper, the last 30 days/);
  expect(picture).toMatchObject({ msgtype: 'm.image', encrypted: true });
  expectPicture(await ada.client.download(picture), picture);
  expect((await ops.ask('!people')).text).toContain('@cem:home.test member, reads English');
  expect((await ops.ask('alerts')).text).toMatch(/alert/);
  expect((await ops.ask('What is the wifi password?')).text).toContain('In this room I take commands only');
});

test('a client with an independent crypto stack has the whole conversation', async () => {
  const cem = await NioClient.login({
    homeserver: house.synapse.baseUrl,
    user: 'cem',
    password: passwordOf('cem'),
    crossSigned: true,
  });
  try {
    const room = await cem.openChatWith(BOT);
    await cem.nextMessage(room, { matching: /^Hello!/ });
    await cem.sendFile(room, textFile('parking.txt', 'Our parking space is number 34 on level C.'));
    await cem.nextMessage(room, { matching: /I read parking\.txt/ });
    await cem.say(room, 'Which number has our parking space?');
    const answer = await cem.nextMessage(room, { matching: /number 34 on level C/ });
    expect(answer).toMatchObject({ encrypted: true, sender: BOT });
    expect(answer.text).toContain('[1] parking.txt');
    await cem.say(room, '!export 1');
    const exported = await cem.nextMessage(room, { matching: /all the text I keep/ });
    expect((await cem.download(exported)).toString()).toContain('number 34 on level C');
    await ops.ask('people add @cem:home.test admin', /is an admin now/);
    const opsRoom = await cem.nextInvite();
    await cem.join(opsRoom);
    await cem.say(opsRoom, 'status');
    await cem.nextMessage(opsRoom, { matching: /Answers with passages only/ });
    const picture = await cem.nextMessage(opsRoom, { matching: /^Kinkeeper, the last 30 days/ });
    expect(picture).toMatchObject({ msgtype: 'm.image', encrypted: true, sender: BOT });
    expectPicture(await cem.download(picture), picture);
    await ops.ask('people add @cem:home.test', /is a member now/);
  } finally {
    await cem.stop();
  }
});

test('the homeserver holds nothing of the bot in the clear, and nothing was answered twice', async () => {
  await house.expectNothingPlain();
  await house.expectAllReadOnce();
});

/** A PNG as its message says it is, which no phone's mobile data minds. */
function expectPicture(bytes: Buffer, { content }: VisibleMessage): void {
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(bytes.length).toBeLessThan(150_000);
  const [w, h] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  expect(content.info).toEqual({ mimetype: 'image/png', size: bytes.length, w, h });
  expect(w).toBe(1080);
}

/** The line of the first source of an answer. */
function firstSource(text: string): string {
  return text.split('\n').find((line) => line.startsWith('[1]')) ?? '';
}
