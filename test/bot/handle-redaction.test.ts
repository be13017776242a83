import { expect, test } from 'vitest';
import { handleRedaction } from '../../bot/handle-redaction.ts';
import { say } from '../../bot/wording/say.ts';
import type { WordsOf } from '../../core/tenant.ts';
import { gramsOf, sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { NOW } from '../core/sqlite/temporary-state.ts';
import { useAda } from '../core/sqlite/use-ada.ts';

const CHAT = '!chat';
const home = useAda();
const wordsOf: WordsOf = (_document, { text }) => ({ grams: gramsOf(text).join(' '), pieces: Uint32Array.of(1) });

/** Keeps a file whose message came in the chat, and what was asked there. */
function keep(source: string, note = ''): void {
  home().write((writer) => {
    writer.noteRoom(source, CHAT);
    writer.addDocument(sampleDocument(source, { name: 'rent.pdf', note }), [samplePassage(0, 'rent')]);
    const turn = { room: CHAT, question: 'When?', answer: 'In May.', at: NOW, passages: [1], model: null };
    writer.addTurn({ event: '$asked', ...turn });
  });
}
const redact = (target: string, { room = CHAT, isPending = false, isFile = false } = {}) =>
  handleRedaction({ vault: home().state.vault, wordsOf }, home().ada, { room, target, isPending, isFile });
const names = () => home().read((reader) => reader.documents().map(({ name }) => name));
const questions = () => home().read((reader) => reader.turns(CHAT, 9).map(({ question }) => question));

test('a deletion in another room than the file’s changes nothing', () => {
  keep('$1');
  expect(redact('$1', { room: '!second' })).toBeUndefined();
  expect([names(), questions()]).toEqual([['rent.pdf'], ['When?']]);
  expect(redact('$1')).toMatch(/^You deleted the message, so I forgot \*?\*?rent\.pdf/);
  // Earlier answers may quote it.
  expect([names(), questions()]).toEqual([[], []]);
});

test('of two messages of a file the last one forgets it; answers stay where no note went', () => {
  keep('$1');
  home().write((writer) => writer.addSource(1, { source: '$2', addedAt: NOW + 1 }));
  expect(redact('$2')).toBe(say('en', 'forgotten.other-stands', { name: 'rent.pdf', number: 1 }));
  expect([names(), questions()]).toEqual([['rent.pdf'], ['When?']]);
  expect(redact('$1')).toMatch(/^You deleted the message/);
  expect(names()).toEqual([]);
});

test('with a note go the answers that may quote it', () => {
  keep('$1', 'from Frieda');
  home().write((writer) => writer.addSource(1, { source: '$2', addedAt: NOW + 1 }));
  expect(redact('$1')).toContain(say('en', 'forgotten.note'));
  expect([names(), questions()]).toEqual([['rent.pdf'], []]);
});

test('a question is forgotten alone, and nothing is said', () => {
  keep('$1');
  expect(redact('$asked')).toBeUndefined();
  expect([names(), questions()]).toEqual([['rent.pdf'], []]);
});

test('what is on its way is not kept when it comes; only of files that is said', () => {
  expect(redact('$file', { isPending: true, isFile: true })).toBe(say('en', 'forgotten.before-reading'));
  expect(redact('$question', { isPending: true })).toBeUndefined();
  expect(redact('$other', { isFile: true })).toBeUndefined();
  const forgotten = (source: string) => home().read((reader) => reader.wasForgotten(source));
  expect(['$file', '$question', '$other'].map(forgotten)).toEqual([true, true, false]);
});
