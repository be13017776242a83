import { expect, test } from 'vitest';
import { say } from '../../bot/wording/say.ts';
import { encryptedPdf } from '../core/ingest/encrypted-pdf.ts';
import { CHAT, OPS } from './dispatcher-side.ts';
import { eventually } from './eventually.ts';
import { ADA, BOT, member, text } from './matrix/sample-events.ts';
import { useStage } from './use-stage.ts';

// What is said in which room and to whom, and what is not said any more.

const BEN = '@ben:home.test';
const EVE = '@eve:home.test';
const stage = useStage();
const words = (key: Parameters<typeof say>[1]) => say('en', key as 'greeting').replaceAll(/[*`]/g, '');

test('a password that is written where others listen opens nothing, and is taken up no further', async () => {
  await stage().arrive(CHAT, await stage().file(encryptedPdf, { name: 'locked.pdf' }));
  await stage().settle();
  stage().room(CHAT, BOT, ADA, BEN);
  await stage().arrive(CHAT, await stage().say('!password user'));
  expect((await stage().settle()).join(' ')).not.toMatch(/I read|could read/);
  expect(stage().documents()).toEqual([]);
  for (const { tenant } of stage().home.state.rooms.list())
    stage().home.state.vault.read(stage().home.state.control.people.systemCaller(tenant), (reader) =>
      expect(reader.documents()).toEqual([]),
    );
});

test('questions in the ops room are refused once, and files every time', async () => {
  stage().room(OPS, BOT, ADA);
  const inOps = (content: Record<string, unknown>) => stage().ada.encrypt(OPS, [BOT], { content });
  const question = (body: string) => inOps({ msgtype: 'm.text', body });
  await stage().arrive(OPS, await question('When is the rent due?'), await question('And how much is the rent?'));
  expect(await stage().settle()).toEqual([words('ops.no-questions')]);
  const file = { msgtype: 'm.file', body: 'a.txt', url: 'mxc://home.test/m1' };
  await stage().arrive(OPS, await inOps(file), await inOps(file));
  expect((await stage().settle()).slice(1)).toEqual([words('ops.no-files'), words('ops.no-files')]);
  expect(stage().asked).toEqual([]);
});

test('a room that is not encrypted is told why nothing is answered there', async () => {
  const plain = '!plain';
  stage().home.rooms.markJoined(plain, 1);
  stage().home.rooms.applyState(plain, [member(BOT, 'join'), member(ADA, 'join')]);
  stage().server.members.set(plain, [BOT, ADA]);
  await stage().arrive(plain, text('$clear'));
  expect(await stage().settle()).toEqual([words('room.not-encrypted')]);
  expect(stage().asked).toEqual([]);
});

test('what was written while a stranger was there is not used, also when it is looked at after they left', async () => {
  stage().room(CHAT, BOT, ADA, EVE);
  const question = await stage().say('When is the rent due?');
  const file = await stage().file('The rent is due on the first.');
  await stage().arrive(CHAT, question, file, member(EVE, 'leave'));
  stage().server.members.set(CHAT, [BOT, ADA]);
  expect((await stage().settle()).filter((shown) => shown === words('room.changed'))).toHaveLength(2);
  expect(stage().asked).toEqual([]);
  expect(stage().documents()).toEqual([]);
  await stage().arrive(CHAT, await stage().say('When is the rent due?'));
  expect((await stage().settle()).at(-1)).toBe('answer to When is the rent due?');
});

test('what was written to the bot alone does not become the room’s when others come before it is looked at', async () => {
  const file = await stage().file('The rent is due on the first.');
  const talk = await stage().say('Nobody is asked this');
  await stage().arrive(CHAT, file, talk, member(BEN, 'join'));
  stage().server.members.set(CHAT, [BOT, ADA, BEN]);
  stage().home.state.control.people.add({ id: BEN, role: 'member', language: 'en' });
  expect((await stage().settle()).filter((shown) => shown === words('room.changed'))).toHaveLength(1);
  expect(stage().documents()).toEqual([]);
  expect(stage().home.state.rooms.list()).toEqual([]);
});

test('a message that waits for its key is told of to its sender alone, not where others listen', async () => {
  const crowd = '!crowd';
  stage().room(crowd, BOT, ADA, BEN);
  const event = await stage().ada.encrypt(crowd, [BOT], { content: { msgtype: 'm.text', body: 'late?' } });
  stage().server.keys.takeInbox(BOT, 'BOTDEVICE');
  await stage().arrive(crowd, event);
  const [item] = stage().home.inbox.waiting();
  stage().dispatcher.tellWaiting(item!);
  expect(await stage().settle()).toEqual([]);
  expect(
    stage()
      .home.inbox.waiting()
      .map(({ told }) => told),
  ).toEqual([true]);
});

test('a file whose message is deleted where others listen is forgotten, and nothing is said of it there', async () => {
  const file = await stage().file('The rent is due on the first.');
  await stage().arrive(CHAT, file);
  await stage().settle();
  stage().room(CHAT, BOT, ADA, BEN);
  const redacts = file.event_id;
  await stage().arrive(CHAT, text('$redact', { type: 'm.room.redaction', redacts, content: { redacts } }));
  expect((await stage().settle()).join(' ')).not.toMatch(/forgot|rent/i);
  expect(stage().documents()).toEqual([]);
});

test('nothing is said about what was deleted before it was looked at', async () => {
  const deleted = { content: {}, unsigned: { redacted_because: {} } };
  await stage().arrive(CHAT, text('$sticker', { type: 'm.sticker', ...deleted }), text('$words', deleted));
  expect(await stage().settle()).toEqual([]);
  expect(stage().home.inbox.counts().open).toBe(0);
});

test('an edited question whose first answer never left is answered anew', async () => {
  const { people } = stage().home.state.control;
  let finish: (answer: string) => void = () => {};
  const { ask } = stage();
  stage().ask = () => new Promise((resolve) => (finish = resolve));
  const event = await stage().say('Wen?');
  await stage().arrive(CHAT, event);
  await eventually(() => stage().asked.length).toBe(1);
  people.add({ id: BEN, role: 'admin', language: 'de' });
  people.remove(ADA);
  finish('too late');
  expect(await stage().settle()).toEqual([]);
  people.add({ id: ADA, role: 'admin', language: 'en' });
  stage().ask = ask;
  const edit = { msgtype: 'm.text', body: 'When?' };
  const relation = { rel_type: 'm.replace', event_id: event.event_id };
  await stage().arrive(CHAT, await stage().say('* When?', { 'm.new_content': edit, 'm.relates_to': relation }));
  expect(await stage().settle()).toEqual(['answer to When?']);
});

test('a reply in a thread to what was said about a file asks about that file', async () => {
  const file = await stage().file('The rent is due on the first.');
  await stage().arrive(CHAT, file);
  await stage().settle();
  const reply = { rel_type: 'm.thread', event_id: file.event_id, 'm.in_reply_to': { event_id: '$sent1' } };
  await stage().arrive(CHAT, await stage().say('When is it due?', { 'm.relates_to': reply }));
  await stage().settle();
  expect(stage().asked.map(({ room }) => room)).toEqual([`${CHAT} ${file.event_id}`]);
  expect(stage().askedAbout).toEqual([file.event_id]);
});

test('a question that is deleted while it is answered shows no answer, though one is made all the same', async () => {
  let finish: (answer: string) => void = () => {};
  let isStopped = () => false;
  stage().ask = (_caller, _question, { signal }) => {
    isStopped = () => signal.aborted;
    return new Promise((resolve) => (finish = resolve));
  };
  const event = await stage().say('When is the rent due?');
  await stage().arrive(CHAT, event);
  await eventually(() => stage().asked.length).toBe(1);
  const redacts = event.event_id;
  await stage().arrive(CHAT, text('$redact', { type: 'm.room.redaction', redacts, content: { redacts } }));
  await eventually(() => isStopped()).toBe(true);
  finish('On the first.');
  expect(await stage().settle()).toEqual([]);
  expect(stage().home.outbox.length()).toBe(0);
  expect(stage().home.inbox.counts().open).toBe(0);
});
