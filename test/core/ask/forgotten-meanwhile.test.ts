import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { TenantWriter } from '../../../core/tenant.ts';
import { type Household, household } from './household.ts';
import { scriptedModel } from './scripted-model.ts';

// What is forgotten while a question is being answered is neither in the answer nor in chat memory.

const vectors = loadTokenVectors();
let home: Household;

beforeEach(async () => {
  home = await household(vectors);
  home.add('medical.txt', ['The diagnosis of Ada is diabetes type 2, found by Doctor Keller.']);
  home.add('club.txt', ['The yearly fee of the club is 120 euros.']);
});
afterEach(() => home[Symbol.asyncDispose]());

const DIAGNOSIS = 'The diagnosis of Ada is diabetes type 2 [1].';
const write = <T>(fn: (writer: TenantWriter) => T) => home.state.vault.write(home.caller, fn);
const turns = () => write((writer) => writer.turns('!r', 9));

/** Asks while a model says something for each sentence of its script. `checked` tells afterwards whether the answer still stands. */
async function ask(text: string, script: (prompt: string) => Iterable<string>) {
  const partials: string[] = [];
  let checked = () => false;
  const model = scriptedModel((prompt) => script(JSON.stringify(prompt)));
  const answer = await answerQuestion(
    home.caller,
    { text, room: '!r', event: `$${text}`, at: 1_800_000_000_000 },
    { vault: home.state.vault, vectors, model },
    {
      language: 'en',
      onPartial: (partial) => partials.push(partial),
      onChecked: (isForgotten) => {
        checked = isForgotten;
      },
    },
  );
  return { answer, partials, prompts: model.prompts.length, isForgotten: () => checked() };
}

test('a document that is forgotten while a model reads it is not in the answer, nor in chat memory', async () => {
  const { answer } = await ask('What is the diagnosis of Ada?', function* (prompt) {
    if (!prompt.includes('diabetes')) return yield 'The yearly fee of the club is 120 euros [1].';
    write((writer) => writer.forgetDocument(1));
    yield DIAGNOSIS;
  });
  expect(JSON.stringify([answer, turns()])).not.toContain('diabetes');
  expect(JSON.stringify(answer)).toContain('club');
});

test('a model that goes on writing is stopped, and nothing more of it is shown', async () => {
  let said = 0;
  const { partials, answer } = await ask('What is the diagnosis of Ada?', function* (prompt) {
    if (!prompt.includes('diabetes')) return yield 'The yearly fee of the club is 120 euros [1].';
    yield `${DIAGNOSIS} `;
    write((writer) => {
      writer.forgetDocument(1);
      writer.forgetTurns();
    });
    for (; said < 50; said++) yield `${DIAGNOSIS} `;
  });
  expect(said).toBeLessThan(5);
  expect(partials.filter((partial) => partial.includes('diabetes')).length).toBeLessThan(2);
  expect(JSON.stringify([answer, turns()])).not.toContain('diabetes');
});

test('chat memory that is forgotten during an answer stays empty, and the answer stands', async () => {
  const { answer, prompts } = await ask('What is the diagnosis of Ada?', function* () {
    write((writer) => writer.forgetTurns());
    yield DIAGNOSIS;
  });
  expect(answer).toMatchObject({ kind: 'answered', text: DIAGNOSIS });
  expect(prompts).toBe(1);
  expect(turns()).toEqual([]);
});

test('tells in the end whether what an answer rests on was forgotten after it', async () => {
  const { isForgotten } = await ask('What is the diagnosis of Ada?', () => [DIAGNOSIS]);
  expect(turns()).toHaveLength(1);
  expect(isForgotten()).toBe(false);
  write((writer) => writer.forgetDocument(1));
  expect(isForgotten()).toBe(true);
});

test('a person whose last document is forgotten meanwhile is told that there is none', async () => {
  write((writer) => writer.forgetDocument(2));
  const { answer } = await ask('What is the diagnosis of Ada?', function* () {
    write((writer) => writer.forgetDocument(1));
    yield DIAGNOSIS;
  });
  expect(answer).toEqual({ kind: 'empty' });
  expect(turns()).toEqual([]);
});
