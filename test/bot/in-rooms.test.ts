import { beforeEach, expect, test } from 'vitest';
import { say } from '../../bot/wording/say.ts';
import { checkExport } from '../../core/export/read-export.ts';
import { openSealedZip } from '../../core/zipjs/sealed-zip.ts';
import { sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { CHAT } from './dispatcher-side.ts';
import { received } from './export/export-side.ts';
import { Peer } from './matrix/peer.ts';
import { ADA, BOT, member } from './matrix/sample-events.ts';
import { useStage } from './use-stage.ts';

const BEN = '@ben:home.test';
const ROOM = '!family:home.test';
const stage = useStage();
let ben: Peer;

const inRoom = (peer: Peer, body: string) => peer.encrypt(ROOM, [BOT], { content: { msgtype: 'm.text', body } });

/** Ada and Ben each ask something in the room and give it a paper; a third one both gave. */
beforeEach(async () => {
  ben = await Peer.start(stage().server, BEN, 'BENPHONE');
  stage().room(ROOM, BOT, ADA, BEN);
  const { vault, rooms } = stage().home.state;
  stage().ask = async (caller, { text, event, room }) => {
    const turn = { event, room, question: text, answer: `so: ${text}`, at: 1, passages: [1], model: null };
    vault.write(caller, (writer) => writer.addTurn(turn));
    return 'answered';
  };
  await stage().arrive(ROOM, await inRoom(stage().ada, 'where is adas-question?'));
  await stage().arrive(ROOM, await inRoom(ben, 'where is bens-question?'));
  await stage().settle();
  vault.write(rooms.callerFor(ROOM, ADA)!, (writer) => {
    for (const [who, name] of [
      [ADA, 'adas-paper'],
      [BEN, 'bens-paper'],
      [BEN, 'both-paper'],
    ] as const) {
      const note = `note of ${who}`;
      const document = sampleDocument(`$${name}`, { name, note, pages: 1 });
      const notePage = { ...samplePassage(1, note), page: say('en', 'note.label') };
      const { number } = writer.addDocument(document, [samplePassage(0, `${name} <text>`), notePage]);
      writer.noteRoom(`$${name}`, ROOM, who);
      if (name !== 'both-paper') continue;
      writer.addSource(number, { source: '$again', addedAt: 5, note: '' });
      writer.noteRoom('$again', ROOM, ADA);
    }
  });
});

const direct = async (body: string) => {
  await stage().arrive(CHAT, await stage().say(body));
  return (await stage().settle()).at(-1)!;
};

test('an export holds what one asked in family rooms and gave to them, and nothing of the others', async () => {
  await direct('!export');
  const { parts, password } = await received(stage());
  const files = await openSealedZip(parts[0]!.bytes, { part: 'it', password });
  const texts = new Map([...files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
  expect(JSON.parse(texts.get('rooms.json')!)).toEqual([
    {
      room: ROOM,
      questions: [
        expect.objectContaining({ question: 'where is adas-question?', answer: 'so: where is adas-question?' }),
      ],
      papers: [
        expect.objectContaining({ name: 'adas-paper', files: [{ part: 1, file: 'room-papers/1/0001.json' }] }),
        expect.objectContaining({ name: 'both-paper', files: [{ part: 1, file: 'room-papers/1/0003.json' }] }),
      ],
    },
  ]);
  expect(JSON.parse(texts.get('room-papers/1/0001.json')!)).toMatchObject({
    ...{ room: ROOM, name: 'adas-paper', note: `note of ${ADA}` },
    passages: [{ text: 'adas-paper <text>' }],
  });
  const page = texts.get('index.html')!;
  for (const one of ['where is adas-question?', 'adas-paper &#60;text&#62;', 'both-paper &#60;text&#62;'])
    expect(page).toContain(one);
  const all = [...texts.values()].join('\n');
  expect(all).not.toMatch(/bens-|note of @ben|\$both-paper/);
  // Another household has no such room: an import counts it, and leaves it aside.
  const part = { name: 'it', open: async () => files };
  expect(await checkExport([part])).toMatchObject({ documents: [], inRooms: 3 });
});

test('!privacy tells of it, and !forget chat of the questions that it leaves', async () => {
  expect(await direct('!privacy')).toContain(
    'in the files of family rooms: 1 question that you asked there and 2 papers that you gave',
  );
  expect(await direct('!forget chat')).toMatch(
    /^I remember nothing of our talk in this chat\. 1 question that you asked in family rooms is remembered there; !forget chat, sent in the room, forgets yours\.$/,
  );
});

test('a paper is its giver’s to forget as long as they are in the room, and then anybody’s there', async () => {
  const forget = async () => {
    await stage().arrive(ROOM, await inRoom(stage().ada, '!forget 2'));
    return (await stage().settle()).at(-1);
  };
  expect(await forget()).toMatch(/^bens-paper was sent by somebody else; as long as they are in this room/);
  stage().home.rooms.applyState(ROOM, [member(BEN, 'leave')]);
  stage().server.members.set(ROOM, [BOT, ADA]);
  expect(await forget()).toMatch(/bens-paper/);
  const { vault, rooms } = stage().home.state;
  const left = vault.read(rooms.callerFor(ROOM, ADA)!, (reader) => reader.documents().map(({ name }) => name));
  expect(left).toEqual(['adas-paper', 'both-paper']);
});

test('!forget chat in a family room forgets what one asked there oneself', async () => {
  await stage().arrive(ROOM, await inRoom(stage().ada, '!forget chat'));
  expect((await stage().settle()).at(-1)).toMatch(
    /^Forgotten: 1 question of yours in this room.* What others asked stays/,
  );
  const { vault, rooms } = stage().home.state;
  const left = vault.read(rooms.callerFor(ROOM, BEN)!, (reader) =>
    reader.records().turns.map(({ question }) => question),
  );
  expect(left).toEqual(['where is bens-question?']);
  await stage().arrive(ROOM, await inRoom(stage().ada, '!forget chat'));
  expect((await stage().settle()).at(-1)).toBe('I remember no question of yours in this room.');
  expect(await direct('!forget chat')).toBe('I remember nothing of our talk.');
});
