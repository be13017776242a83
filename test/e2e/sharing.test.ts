import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FamilyClient } from '../lab/family-client.ts';
import { BOT, passwordOf } from '../lab/household.ts';
import { Chat, House, textFile } from './house.ts';

// Family rooms and lent papers: what is sent to a room stays in it, what is lent can be taken back.

let house: House;
let ada: FamilyClient;
let ben: FamilyClient;
let eve: FamilyClient;
let adaChat: Chat;
let benChat: Chat;
let adaRoom: Chat;
let benRoom: Chat;

beforeAll(async () => {
  house = await House.open();
  await house.synapse.register('eve', passwordOf('eve'));
  [ada, ben, eve] = await Promise.all([house.login('ada'), house.login('ben'), house.login('eve')]);
  [adaChat, benChat] = await Promise.all([house.openChat(ada), house.openChat(ben)]);
  const room = await ada.openChatWith(ben.userId, { encrypted: true });
  await ben.join(room);
  await ada.invite(room, BOT);
  await ada.awaitMembership(room, BOT, 'join');
  [adaRoom, benRoom] = [new Chat(house, ada, room), new Chat(house, ben, room)];
  house.chats.push(adaRoom, benRoom);
});

afterAll(() => house?.close());

/** What the bot said in answer to an event. */
const answers = (chat: Chat, event: string) =>
  chat.fromBot().filter(({ content }) => JSON.stringify(content).includes(event));

test('a family room has what is sent there for both, and nothing of what each has alone', async () => {
  await adaRoom.sees(/^Hello! This is a family room[\s\S]*Hallo! Das ist ein Familienraum/);
  await benChat.send(textFile('tagebuch.txt', 'Das Versteck der Kekse ist hinter dem Atlas.'));
  await adaRoom.send(textFile('ferry.txt', 'The ferry to Sassnitz leaves at 7:45 from pier 3.'));
  const answer = await benRoom.ask('When does the ferry to Sassnitz leave?');
  expect(answer).toMatchObject({ encrypted: true });
  expect(answer.text).toContain('7:45');
  const secret = await benRoom.ask('@kin where is the Versteck der Kekse?');
  expect(secret.text).not.toContain('Atlas');
  expect((await adaRoom.ask('!files')).text).toMatch(/1 document in this room[\s\S]*ferry\.txt/);
  expect((await adaChat.ask('!files')).text).toMatch(/I know no documents from you yet/);
  expect((await benChat.ask('Wann fährt die Fähre nach Sassnitz, the ferry?')).text).not.toContain('7:45');
  expect((await benChat.ask('!dateien')).text).not.toContain('ferry.txt');
});

test('people may talk to each other there, and only who sent a file makes it forgotten', async () => {
  const talk = [await ada.say(adaRoom.room, 'See you at five'), await ben.say(benRoom.room, 'Bis dann!')];
  expect((await benRoom.ask('!vergiss 1')).text).toMatch(/^ferry\.txt hat jemand anderes geschickt/);
  for (const event of talk) expect(answers(adaRoom, event)).toEqual([]);
  await benRoom.ask('When does the ferry to Sassnitz leave?', /7:45/);
});

test('while a stranger is there nothing is read or answered, which is said once', async () => {
  await ada.invite(adaRoom.room, eve.userId);
  await eve.join(adaRoom.room);
  await adaRoom.sees(/^@eve:home\.test is here, whom I don't know/);
  const asked = [
    await ben.say(benRoom.room, '@kin when does the ferry leave?'),
    await ada.say(adaRoom.room, '!files'),
    await ada.sendFile(adaRoom.room, textFile('late.txt', 'The bus leaves at nine.')),
  ];
  await eve.leave(adaRoom.room);
  await adaRoom.sees(/Everybody here is known to me again/);
  await adaRoom.ask('When does the ferry to Sassnitz leave?', /7:45/);
  for (const event of asked) expect(answers(adaRoom, event)).toEqual([]);
  expect(adaRoom.all(/is here, whom I don't know/)).toHaveLength(1);
  expect(eve.messages(adaRoom.room).filter(({ text, sender }) => sender === BOT && text.includes('7:45'))).toEqual([]);
});

test('a lent paper answers its reader with its owner’s name, until it is taken back', async () => {
  await adaChat.send(textFile('lease.txt', 'The rent of the flat is 930 euros a month, due on the third.'));
  await adaChat.send(textFile('will.txt', 'The violin goes to aunt Rosa.'));
  expect((await adaChat.ask('!share 1 with @ben:home.test')).text).toMatch(/^lease\.txt is lent to @ben:home\.test/);
  await benChat.sees(/^@ada:home\.test leiht dir lease\.txt/);
  const answer = await benChat.ask('Wie hoch ist die Miete, the rent of the flat?');
  expect(answer.text).toContain('930');
  expect(answer.text).toContain('Von Ada: lease.txt');
  expect((await benChat.ask('Who gets the violin?')).text).not.toContain('Rosa');
  expect((await benChat.ask('!dateien')).text).toMatch(/An dich verliehen:[\s\S]*lease\.txt.*von @ada:home\.test/);
  // What is lent to a person is not there for a room.
  const inRoom = await benRoom.ask('@kin what is the rent of the flat?');
  expect(inRoom.text).not.toContain('930');
  expect((await adaChat.ask('!unshare 1')).text).toMatch(
    /^Taken back: @ben:home\.test can no longer ask about lease\.txt/,
  );
  expect((await benChat.ask('Wie hoch ist die Miete, the rent of the flat?')).text).not.toContain('930');
  expect((await benChat.ask('!verliehen')).text).toMatch(/^Es ist nichts verliehen/);
  expect((await adaChat.ask('What is the rent of the flat?')).text).toContain('930');
});

test('who left a room gets nothing from it; after a restart it is as before', async () => {
  await house.restartBot();
  await adaRoom.ask('When does the ferry to Sassnitz leave?', /7:45/);
  await ben.leave(adaRoom.room);
  await adaRoom.sees(/just the two of us now, but this stays a family room/);
  await adaRoom.ask('When does the ferry to Sassnitz leave?', /7:45/);
  expect((await adaRoom.ask('@kin what is the rent of the flat?')).text).not.toContain('930');
  expect(ben.messages(benRoom.room).filter(({ sender }) => sender === BOT).length).toBeGreaterThan(0);
});

test('the homeserver holds nothing of the bot in the clear', async () => {
  await house.expectNothingPlain();
});
