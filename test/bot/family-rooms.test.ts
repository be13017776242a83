import { beforeEach, expect, test } from 'vitest';
import type { MatrixEvent } from '../../bot/matrix/events.ts';
import { attachmentContent } from '../../bot/matrix/media.ts';
import { say } from '../../bot/wording/say.ts';
import { CHAT } from './dispatcher-side.ts';
import { eventually } from './eventually.ts';
import { Peer } from './matrix/peer.ts';
import { ADA, BOT, member, text } from './matrix/sample-events.ts';
import { useStage } from './use-stage.ts';

const BEN = '@ben:home.test';
const EVE = '@eve:home.test';
const ROOM = '!family:home.test';
const stage = useStage();
let ben: Peer;

beforeEach(async () => {
  ben = await Peer.start(stage().server, BEN, 'BENPHONE');
  stage().room(ROOM, BOT, ADA, BEN);
});

const from = (peer: Peer, body: string, more: object = {}) =>
  peer.encrypt(ROOM, [BOT], { content: { msgtype: 'm.text', body, ...more } });
const words = (key: Parameters<typeof say>[1]) => say('en', key as 'greeting').replaceAll('**', '');
const redaction = (target: string, sender = ADA) =>
  text(`$redact ${target} ${sender}`, {
    ...{ type: 'm.room.redaction', redacts: target, content: { redacts: target }, sender },
  });
const namesIn = (room: string) => {
  const { state } = stage().home;
  const caller = state.control.people.systemCaller(state.rooms.list().find((one) => one.room === room)!.tenant);
  return state.vault.read(caller, (reader) => reader.documents().map(({ name }) => name));
};

async function file(peer: Peer, name: string): Promise<MatrixEvent> {
  const sender = stage().server.client(peer.user, peer.device);
  const content = await attachmentContent(sender, {
    bytes: Buffer.from(`The words of ${name}.`),
    name,
    mime: 'text/plain',
  });
  return peer.encrypt(ROOM, [BOT], { content });
}

test('a file of one is kept for the room, apart from what each has alone', async () => {
  await stage().arrive(ROOM, await file(ben, 'ferry.txt'));
  await stage().settle();
  expect(namesIn(ROOM)).toEqual(['ferry.txt']);
  expect(stage().documents()).toEqual([]);
  await stage().arrive(ROOM, await from(stage().ada, '!files'));
  expect((await stage().settle()).at(-1)).toMatch(/^1 document in this room[\s\S]*ferry.txt/);
});

test('talk is left alone; a question to nobody is answered only when there is something to say', async () => {
  stage().ask = (_, { text: asked }, { quiet }) =>
    Promise.resolve(quiet && asked.includes('boat') ? '' : `to ${asked}`);
  const said = ['See you at five', 'Who takes the boat?', 'When does the ferry leave?', '@kin boat'];
  for (const body of said) await stage().arrive(ROOM, await from(stage().ada, body));
  expect(await stage().settle()).toEqual(['to When does the ferry leave?', 'to boat']);
  expect(stage().home.inbox.counts()).toMatchObject({ open: 0, waiting: 0 });
});

test('an answer changes with the question that it was given to', async () => {
  const asked = await from(stage().ada, 'When does the ferry leave?');
  await stage().arrive(ROOM, asked);
  await stage().settle();
  const edited = { 'm.new_content': { msgtype: 'm.text', body: 'the bus' } };
  const relation = { 'm.relates_to': { rel_type: 'm.replace', event_id: asked.event_id } };
  await stage().arrive(ROOM, await from(stage().ada, '* the bus', { ...edited, ...relation }));
  expect((await stage().settle()).at(-1)).toBe('* answer to the bus');
});

test('an answer is withheld when somebody unknown came in, or its asker went, while it was made', async () => {
  for (const members of [
    [BOT, ADA, BEN, EVE],
    [BOT, ADA],
  ]) {
    stage().server.members.set(ROOM, [BOT, ADA, BEN]);
    const asking = Promise.withResolvers<string>();
    stage().ask = () => asking.promise;
    const before = stage().asked.length;
    await stage().arrive(ROOM, await from(ben, '@kin when does the ferry leave?'));
    await eventually(() => stage().asked.length).toBe(before + 1);
    stage().server.members.set(ROOM, members);
    asking.resolve('at 7:45');
    expect(await stage().settle()).toEqual([]);
  }
});

test('an answer in a room names no file that its asker has sent elsewhere', async () => {
  const reading = Promise.withResolvers<never>();
  stage().prepare = () => reading.promise;
  await stage().arrive(CHAT, await stage().file('secret words', { name: 'diary.txt' }));
  await stage().arrive(ROOM, await from(ben, '@kin when?'), await from(stage().ada, '@kin where?'));
  await eventually(() => stage().asked.length).toBe(2);
  await Promise.all([stage().lanes.questions.drained()]);
  await stage().send();
  reading.reject(new Error('over'));
  const shown = await stage().settle();
  expect(shown.filter((one) => one.startsWith('answer to'))).toEqual(['answer to when?', 'answer to where?']);
});

test('while somebody unknown is there nothing is used, but deleting is heard', async () => {
  const sent = await file(stage().ada, 'ferry.txt');
  await stage().arrive(ROOM, sent);
  await stage().settle();
  stage().home.rooms.applyState(ROOM, [member(EVE, 'join')]);
  stage().server.members.set(ROOM, [BOT, ADA, BEN, EVE]);
  await stage().arrive(ROOM, await from(stage().ada, '!files'), await from(ben, '@kin when?'));
  const shown = await stage().settle();
  expect(shown.slice(1)).toEqual([words('room.not-direct')]);
  expect(stage().asked).toEqual([]);
  // Only by who sent it.
  await stage().arrive(ROOM, redaction(sent.event_id, BEN));
  await stage().settle();
  expect(namesIn(ROOM)).toEqual(['ferry.txt']);
  await stage().arrive(ROOM, redaction(sent.event_id));
  await stage().settle();
  expect(namesIn(ROOM)).toEqual([]);
});

test('what was sent in a direct chat stays one’s own when it grows, and deleting its message still forgets it', async () => {
  const sent = await stage().file('The rent is 900 euros.', { name: 'lease.txt' });
  await stage().arrive(CHAT, sent);
  await stage().settle();
  stage().home.rooms.applyState(CHAT, [member(BEN, 'join')]);
  stage().server.members.set(CHAT, [BOT, ADA, BEN]);
  await stage().arrive(CHAT, await stage().say('!files'));
  expect((await stage().settle()).at(-1)).toBe(words('family.files-none'));
  stage().home.rooms.applyState(CHAT, [member(BEN, 'leave')]);
  stage().server.members.set(CHAT, [BOT, ADA]);
  await stage().arrive(CHAT, await stage().say('!files'));
  expect((await stage().settle()).at(-1)).toBe(words('family.files-none'));
  expect(stage().documents()).toEqual(['lease.txt']);
  await stage().arrive(CHAT, redaction(sent.event_id));
  await stage().settle();
  expect(stage().documents()).toEqual([]);
});

test('a thumbs-down on an answer there is kept with the room’s papers, seen by its members, and goes with the paper or the marks', async () => {
  const sent = await file(ben, 'ferry.txt');
  await stage().arrive(ROOM, sent);
  await stage().settle();
  const { state, clock } = stage().home;
  stage().ask = (caller, question) => {
    const turn = { event: question.event, room: ROOM, question: question.text, answer: 'At 7:45 [1].' };
    state.vault.write(caller, (writer) => {
      const passages = writer.passagesOf(1).map(({ id }) => id);
      writer.addTurn({ ...turn, at: clock.now, passages, model: null });
    });
    return Promise.resolve('At 7:45 [1].');
  };
  const asks = async () => {
    await stage().arrive(ROOM, await from(ben, '@kin when does the ferry leave?'));
    await stage().settle();
    return `$sent${stage().server.sent.length}`;
  };
  const react = (target: string, sender: string) =>
    text(`$react ${sender} ${target}`, {
      ...{ type: 'm.reaction', sender },
      content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: '👎' } },
    });
  const listed = async (room: string, peer: Peer) => {
    const content = { msgtype: 'm.text', body: '!feedback' };
    await stage().arrive(room, await peer.encrypt(room, [BOT], { content }));
    return (await stage().settle()).at(-1)!;
  };
  const marks = [react(await asks(), ADA), react(`$sent${stage().server.sent.length}`, BEN)];
  await stage().arrive(ROOM, marks[0]!, marks[1]!);
  expect((await stage().settle()).at(-1)).toMatch(/^Thank you, noted.*with the documents of this room/);
  expect(await listed(ROOM, stage().ada)).toMatch(
    /^1 answer that was marked as bad here:[\s\S]*when does the ferry leave/,
  );
  // Whoever gave it has nothing of the room in their own papers.
  expect(await listed(CHAT, stage().ada)).toMatch(/^You marked no answer/);
  await stage().arrive(ROOM, redaction(marks[0]!.event_id, ADA));
  expect(await listed(ROOM, stage().ada)).toMatch(/^1 answer that was marked/);
  await stage().arrive(ROOM, redaction(marks[1]!.event_id, BEN));
  expect(await listed(ROOM, stage().ada)).toMatch(/^No answer was marked here/);
  await stage().arrive(ROOM, react(await asks(), ADA));
  expect(await listed(ROOM, stage().ada)).toMatch(/^1 answer that was marked/);
  await stage().arrive(ROOM, redaction(sent.event_id, BEN));
  expect(await listed(ROOM, stage().ada)).toMatch(/^No answer was marked here/);
});
