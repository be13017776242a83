import { afterEach, beforeEach, expect, it } from 'vitest';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import { findPassages } from '../../../core/ask/find-passages.ts';
import { gramsOf } from '../../../core/ask/grams.ts';
import { type LentStore, readPooled } from '../../../core/ask/pooled-reader.ts';
import type { Caller, PersonId } from '../../../core/caller.ts';
import { indexWords } from '../../../core/ingest/index-words.ts';
import { lendDocument } from '../../../core/lend-document.ts';
import type { LanguageModel } from '../../../core/question.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { TenantReader } from '../../../core/tenant.ts';
import { seeded } from '../sqlite/sample-documents.ts';
import { type Household, household } from './household.ts';
import { scriptedModel } from './scripted-model.ts';

const vectors = loadTokenVectors();
const BEN = '@ben:home.test' as PersonId;
let home: Household;
let ben: Caller;

beforeEach(async () => {
  home = await household(vectors);
  home.state.control.people.add({ id: BEN, role: 'member', language: 'en' });
  ben = home.state.control.people.callerFor(BEN)!;
});
afterEach(() => home[Symbol.asyncDispose]());

const LEASE = ['The rent of the flat is 900 euros a month.', 'Notice has to be given three months ahead.'];

function lend(document = 1) {
  const { vault, shares } = home.state;
  const parts = { vault, shares, wordsOf: indexWords({ encoder: vectors, gramsOf }), isNote: () => false };
  return lendDocument(parts, home.caller, { document, reader: BEN, until: null });
}

const lent = (caller: Caller): LentStore[] =>
  home.state.shares
    .of(caller)
    .flatMap(({ side, shelf, owner }) => (side === 'reader' ? [{ caller: shelf, owner }] : []));

function ask(text: string, model?: LanguageModel) {
  const parts = { vault: home.state.vault, vectors, lent, model };
  const question = { text, room: '!ben', event: `$${text}`, at: 1_800_000_000_000 };
  return answerQuestion(ben, question, parts, { language: 'en' });
}

const memoryOf = (caller: Caller) => home.state.vault.read(caller, (reader) => JSON.stringify(reader.turns('!ben', 9)));

it('answers from what was lent, names whose it is, and keeps none of it in the reader’s memory', async () => {
  home.add('lease.pdf', LEASE);
  home.add('diary.txt', ['The secret wish of Ada is a sailing boat, rent free.']);
  expect(await ask('How much is the rent of the flat?')).toEqual({ kind: 'empty' });
  lend();
  const model = scriptedModel(() => ["Ada's rent is 900 euros a month [1]."]);
  const answer = await ask('How much is the rent?', model);
  expect(answer).toMatchObject({ kind: 'answered', text: "Ada's rent is 900 euros a month [1]." });
  expect(answer.kind === 'answered' && answer.sources[0]!.passage).toMatchObject({
    owner: '@ada:home.test',
    documentName: 'lease.pdf',
  });
  const prompt = JSON.stringify(model.prompts);
  expect(prompt).toContain('Belongs to: Ada');
  expect(prompt).not.toContain('sailing');
  expect(memoryOf(ben)).not.toContain('900');
  expect(memoryOf(home.caller)).toBe('[]');
  home.state.shares.end(ben, 1);
  expect(await ask('How much is the rent of the flat?')).toEqual({ kind: 'empty' });
});

it('shows nothing of a paper that is taken back while the question is answered', async () => {
  home.add('lease.pdf', LEASE);
  home.state.vault.write(ben, (writer) =>
    writer.addDocument({ source: '$b', name: 'gym.txt', kind: 'txt', bytes: 1, pages: 1, addedAt: 1 }, [
      {
        ...{ position: 0, page: null, heading: '', start: 0, end: 30, text: 'The gym rent is 30 euros.' },
        ...indexWords({ encoder: vectors, gramsOf })(
          { name: 'gym.txt' },
          { heading: '', text: 'The gym rent is 30 euros.' },
        ),
      },
    ]),
  );
  lend();
  const model = scriptedModel((prompt) => {
    if (!JSON.stringify(prompt).includes('900')) return ['It is 30 euros [1].'];
    home.state.shares.end(home.caller, 1);
    return ['It is 900 euros [1].'];
  });
  const answer = await ask('How much is the rent of the flat?', model);
  expect(answer).toMatchObject({ kind: 'answered', text: 'It is 30 euros [1].' });
  expect(model.prompts).toHaveLength(2);
});

it('ranks what is lent as if all lay in one store', () => {
  const random = seeded(Number(process.env.SEED ?? 7));
  const topics = 'rent flat lease deposit garden school choir violin insurance garage boiler invoice holiday'.split(
    ' ',
  );
  const text = () => Array.from({ length: 12 }, () => topics[Math.floor(random() * topics.length)]).join(' ');
  const texts = Array.from({ length: 30 }, text);
  home.add('all.txt', texts);
  const parts = { vectors, now: 0 };
  const ranked = (reader: TenantReader, question: string) =>
    findPassages(reader, question, parts).found.map(({ passage, score }) => [passage.text, score.toFixed(5)]);
  const questions = Array.from({ length: 5 }, () => text().split(' ').slice(0, 3).join(' '));
  const whole = questions.map((question) => home.state.vault.read(home.caller, (reader) => ranked(reader, question)));
  const document = (name: string, own: readonly string[], caller: Caller) =>
    home.state.vault.write(caller, (writer) => {
      const passages = own.map((one, position) => ({
        ...{ position, page: String(position + 1), heading: '', start: 0, end: one.length, text: one },
        ...indexWords({ encoder: vectors, gramsOf })({ name: 'all.txt' }, { heading: '', text: one }),
      }));
      const info = { source: `$${name}`, name: 'all.txt', kind: 'txt' as const, bytes: 1, pages: 1, addedAt: 1 };
      return writer.addDocument(info, passages).number;
    });
  home.state.vault.write(home.caller, (writer) => writer.forgetDocument(1));
  document('own', texts.slice(0, 20), ben);
  for (const [from, to] of [
    [20, 25],
    [25, 30],
  ] as const)
    lend(document(`lent ${from}`, texts.slice(from, to), home.caller));
  const pool = { caller: ben, lent: lent(ben) };
  expect(pool.lent).toHaveLength(2);
  for (const [i, question] of questions.entries()) {
    const found = readPooled(home.state.vault, pool, (reader) => ranked(reader, question));
    expect(found.map(([, score]) => score)).toEqual(whole[i]!.map(([, score]) => score));
    expect(new Set(found.map(([words]) => words))).toEqual(new Set(whole[i]!.map(([words]) => words)));
  }
});

it('that ends while a model writes shows no more of itself, and the answer is made anew without it', async () => {
  home.add('lease.pdf', LEASE);
  lend();
  const shown: string[] = [];
  let written = 0;
  const model = scriptedModel(function* () {
    for (const sentence of [
      'The rent of the flat is 900 euros a month [1]. ',
      'Notice is three months [2]. ',
      'More. ',
    ]) {
      yield sentence;
      if (written++ === 0) home.state.shares.end(home.caller, 1);
    }
  });
  const parts = { vault: home.state.vault, vectors, lent, model };
  const question = { text: 'What is the rent, and what the notice?', room: '!ben', event: '$q', at: 1_800_000_000_000 };
  const onPartial = (text: string) => shown.push(text);
  expect(await answerQuestion(ben, question, parts, { language: 'en', onPartial })).toEqual({ kind: 'empty' });
  expect(shown.join()).not.toContain('three months');
  expect(written).toBeLessThan(3);
});

it('that ends after the answer was made, and before it is shown, is told to who shows it', async () => {
  home.add('lease.pdf', LEASE);
  lend();
  let isForgotten = () => false;
  const model = scriptedModel(() => ["Ada's rent is 900 euros a month [1]."]);
  const parts = { vault: home.state.vault, vectors, lent, model };
  const question = { text: 'How much is the rent?', room: '!ben', event: '$q', at: 1_800_000_000_000 };
  const onChecked = (check: () => boolean) => {
    isForgotten = check;
  };
  expect((await answerQuestion(ben, question, parts, { language: 'en', onChecked })).kind).toBe('answered');
  expect(isForgotten()).toBe(false);
  home.state.shares.end(home.caller, 1);
  expect(isForgotten()).toBe(true);
});
