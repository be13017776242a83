import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceLinks } from '../../bot/source-links.ts';
import type { Answer } from '../../core/question.ts';
import { sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { ADA, BEN, type Household, openHousehold } from './commands/household.ts';

const ROOM = '!home:home.test';
const LINK = 'https://matrix.to/#/!home%3Ahome.test/%24lease?via=home.test';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
  home.state.vault.write(home.callerOf(ADA), (writer) => {
    writer.noteRoom('$lease', ROOM);
    writer.addDocument(sampleDocument('$lease', { name: 'lease.pdf' }), [samplePassage(0, 'The rent is 900.')]);
    writer.addDocument(sampleDocument('$unplaced', { name: 'b.pdf' }), [samplePassage(0, 'No room was noted.')]);
  });
});
afterEach(() => home[Symbol.asyncDispose]());

/** The links of an answer that rests on both of Ada's documents, for a person, while these are in the room. */
function links(person: string, members: readonly string[], kind: 'passages' | 'nothing' = 'passages') {
  const sources = home.state.vault.read(home.callerOf(ADA), (reader) =>
    [1, 2].flatMap((number) => reader.passagesOf(number).map((passage) => ({ number, passage }))),
  );
  const answer: Answer = kind === 'passages' ? { kind, sources, reason: 'no-model' } : { kind, nearest: sources };
  const rooms = { joinedMembers: (room: string) => (room === ROOM ? [...members] : []) };
  return [...sourceLinks({ vault: home.state.vault, rooms, server: 'home.test' }, home.callerOf(person), answer)];
}

test('a source links to the message that its file came in, where the room is known', () => {
  expect(links(ADA, [ADA, '@kin:home.test'])).toEqual([[1, LINK]]);
  expect(links(ADA, [ADA], 'nothing')).toEqual([[1, LINK]]);
});

test('who is not in the room now gets no link, whoever else is', () => {
  expect(links(ADA, [])).toEqual([]);
  expect(links(ADA, [BEN, '@kin:home.test', `${ADA}x`])).toEqual([]);
});

test('somebody else’s documents are no source of links', () => {
  expect(links(BEN, [ADA, BEN])).toEqual([]);
});
