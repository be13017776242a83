import { afterEach, beforeEach, expect, it } from 'vitest';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import { mendTypos } from '../../../core/ask/mend-typos.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { type Household, household } from './household.ts';

const vectors = loadTokenVectors();
let home: Household;
beforeEach(async () => {
  home = await household(vectors);
  home.add('lease.pdf', [
    'The deposit of the apartment is 2,000 euros. Die Versicherung kündigt niemand.',
    'Grandpa keeps the letters of the landlord. Número de póliza 77.',
  ]);
  home.add('gym.pdf', ['The gym costs 30 euros a month; the trainer is called Wojciechowska.']);
});
afterEach(() => home[Symbol.asyncDispose]());

const mend = (question: string) => home.state.vault.read(home.caller, (reader) => mendTypos(question, reader, vectors));

it.each([
  ['changed about', 'What is the Apratment deposit?', 'What is the apartment deposit?'],
  ['dropped', 'Wer kündigt die Versichrung?', 'Wer kündigt die versicherung?'],
  ['doubled', 'who is wojcieechowska', 'who is wojciechowska'],
  ['the key beside', 'phone of the lansllord? landkord!', 'phone of the lansllord? landlord!'],
  ['without its accent', 'numero de poliza', 'numero de póliza'],
])('mends a letter that is %s', (_, typed, meant) => {
  expect(mend(typed)).toBe(meant);
});

it.each([
  ['a word of the language that the documents do not have', 'what did grandma write in her lettuce'],
  ['an ending', 'the deposits of our apartments'],
  ['a word that stands there', 'the deposit of the apartment'],
  ['short words, numbers and codes', 'gim 2,001 AB-77c'],
  ['what is like nothing there', 'kxqzvbwt'],
])('leaves %s as it is', (_, question) => {
  expect(mend(question)).toBe(question);
});

it('mends by the words of no other document than those that are there now', () => {
  home.state.vault.write(home.caller, (writer) => writer.forgetDocument(2));
  expect(mend('who is wojcieechowska')).toBe('who is wojcieechowska');
});

it('finds what a mistyped question asks for, and keeps the question as it was typed', async () => {
  const question = { text: 'who is wojceichowska?', room: '!r', event: '$q', at: 1 };
  const answer = await answerQuestion(home.caller, question, { vault: home.state.vault, vectors }, { language: 'en' });
  expect(answer.kind === 'passages' && answer.sources[0]?.passage.documentName).toBe('gym.pdf');
  const [turn] = home.state.vault.read(home.caller, (reader) => reader.turns('!r', 1));
  expect(turn?.question).toBe('who is wojceichowska?');
});
