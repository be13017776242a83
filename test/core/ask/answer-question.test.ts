import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import type { AskParts } from '../../../core/ask/ask-parts.ts';
import { NOT_FOUND_MARKER } from '../../../core/ask/build-prompt.ts';
import { AppError } from '../../../core/errors.ts';
import type { Embedder, Question } from '../../../core/question.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { type Household, household } from './household.ts';
import { scriptedModel } from './scripted-model.ts';

const vectors = loadTokenVectors();
let home: Household;

beforeEach(async () => {
  home = await household(vectors);
});
afterEach(() => home[Symbol.asyncDispose]());

const LEASE = [
  'The lease of the flat begins on 1 June 2024 and ends on 31 May 2027.',
  'The monthly rent of the flat is 1,250 euros, due on the third day. See https://landlord.example/pay for payment.',
];
const NOW = 1_800_000_000_000;
const asked = (text: string, more: Partial<Question> = {}): Question => ({
  text,
  room: '!r',
  event: `$${text}`,
  at: NOW,
  ...more,
});
const ask = (question: Question | string, parts: Partial<AskParts> = {}, options: object = {}) =>
  answerQuestion(
    home.caller,
    typeof question === 'string' ? asked(question) : question,
    { vault: home.state.vault, vectors, ...parts },
    { language: 'en', ...options },
  );
const turns = () => home.state.vault.read(home.caller, (reader) => reader.turns('!r', 10));

it('gives a model the beginning of a file that is asked about as a whole, and shows it when the model says nothing of it', async () => {
  home.add('lease.pdf', LEASE);
  home.add('choir.txt', ['Dear Ada, we sing every Tuesday.', 'Bring the yellow folder.', 'Yours, Ines']);
  const about = asked('What is this about?', { about: '$choir.txt' });
  const model = scriptedModel(() => ['The choir sings every Tuesday [1].']);
  const answer = await ask(about, { model });
  expect(answer).toMatchObject({ kind: 'answered', text: 'The choir sings every Tuesday [1].' });
  const prompt = JSON.stringify(model.prompts);
  for (const text of ['we sing every Tuesday', 'yellow folder', 'Yours, Ines']) expect(prompt).toContain(text);
  expect(prompt).not.toContain('lease');
  const silent = await ask(about, { model: scriptedModel(() => [NOT_FOUND_MARKER]) });
  expect(silent).toMatchObject({ kind: 'passages', reason: 'beginning' });
});

it('refuses what is too long for a question before anything is looked for, and keeps nothing of it', async () => {
  home.add('lease.pdf', LEASE);
  const model = scriptedModel(() => ['The rent is 1,250 euros [1].']);
  await expect(ask('a'.repeat(4001), { model })).rejects.toMatchObject({
    ...{ code: 'too-large', reason: 'question-too-long', facts: { limit: 4000 } },
  });
  expect([model.prompts, turns()]).toEqual([[], []]);
  expect(await ask(`how much is the monthly rent of the flat? ${'please '.repeat(560)}`)).toMatchObject({
    kind: 'passages',
  });
});

describe('without a model', () => {
  it('says that there are no documents yet, and keeps no turn', async () => {
    expect(await ask('when does the lease end?')).toEqual({ kind: 'empty' });
    expect(turns()).toEqual([]);
  });

  it('gives the nearest passages, numbered, and keeps the question but none of their words', async () => {
    home.add('lease.pdf', LEASE);
    const answer = await ask('when does the lease end?');
    expect(answer).toMatchObject({ kind: 'passages', reason: 'no-model' });
    expect(answer.kind === 'passages' && answer.sources.map(({ number, passage }) => [number, passage.page])).toEqual([
      [1, '1'],
      [2, '2'],
    ]);
    expect(turns()).toEqual([
      {
        ...{
          event: '$when does the lease end?',
          room: '!r',
          question: 'when does the lease end?',
          answer: '',
          at: NOW,
        },
        ...{ passages: [1, 2], model: null },
      },
    ]);
  });

  it('looks first into the file that a question is about, and elsewhere when that does not say', async () => {
    home.add('lease.pdf', LEASE);
    home.add('garage.pdf', ['The rent of the garage is 80 euros a month.', 'The garage has a green door.']);
    const files = async (about: string) => {
      const answer = await ask(asked('how much is the monthly rent of the flat?', { about, event: `$${about}` }));
      return answer.kind === 'passages' ? new Set(answer.sources.map(({ passage }) => passage.documentName)) : answer;
    };
    expect(await files('$garage.pdf')).toEqual(new Set(['garage.pdf']));
    expect(await files('$lease.pdf')).toEqual(new Set(['lease.pdf']));
    expect(await files('$nothing')).toContain('lease.pdf');
    home.add('choir.txt', ['Dear Ada, we sing every Tuesday evening.']);
    expect(await files('$choir.txt')).toContain('lease.pdf');
  });

  it('shows the beginning of a file that is asked about as a whole, below it or as a reply, and nothing of others', async () => {
    home.add('lease.pdf', LEASE);
    home.add('choir.txt', ['Dear Ada, we sing every Tuesday.', 'Bring the yellow folder.', 'Yours, Ines']);
    const texts = async (text: string, event: string) => {
      const answer = await ask(asked(text, { about: '$choir.txt', event }));
      return answer.kind === 'passages' && [answer.reason, ...answer.sources.map(({ passage }) => passage.text)];
    };
    const beginning = ['beginning', 'Dear Ada, we sing every Tuesday.', 'Bring the yellow folder.'];
    expect(await texts('What is this about?', '$choir.txt')).toEqual(beginning);
    expect(await texts('Worum geht es in dem Brief?', '$reply')).toEqual(beginning);
    expect(await texts('Summarise this', '$reply2')).toEqual(beginning);
    for (const question of ['What does choir.txt say?', 'Fasse choir.txt zusammen']) {
      const answer = await ask(asked(question, { about: '$an earlier answer' }));
      expect(
        answer.kind === 'passages' && [answer.reason, ...answer.sources.map(({ passage }) => passage.text)],
      ).toEqual(beginning);
    }
    // Below a file, other questions are about that file as well; nobody asked for a summary there.
    expect(await texts('how much is the monthly rent of the flat?', '$choir.txt')).toEqual([
      'weak',
      ...beginning.slice(1),
    ]);
  });

  it('never says that the documents do not say: what hardly fits is shown as just that', async () => {
    home.add('lease.pdf', LEASE);
    const weak = { kind: 'passages', reason: 'weak' };
    expect(await ask('who won the football world cup in Brazil?')).toMatchObject(weak);
    // The answer stands there in another language than the question, and something else in the question's own.
    for (let i = 1; i <= 5; i++)
      home.add(`Verein ${i}.txt`, ['Wir singen jeden Dienstag in der alten Schule und im Hof.']);
    for (const question of ['Wie hoch ist die Miete?', 'Wann muss ich ausziehen?', 'Quel est le loyer ?']) {
      expect(await ask(question), question).toMatchObject({ kind: 'passages' });
    }
  });

  it('shows nothing for letters struck at random', async () => {
    home.add('lease.pdf', LEASE);
    expect(await ask('hdjkshdkjsh')).toEqual({ kind: 'no-match' });
  });

  it('completes a follow-up by the question before it, in the same room and time only', async () => {
    home.add('lease.pdf', LEASE);
    home.add('gym.pdf', ['The membership of the gym costs 30 euros a month.', 'The gym is closed on Sundays.']);
    await ask('what is the rent of the flat?');
    const first = async (more: Partial<Question>) => {
      const answer = await ask(asked('and when is it due?', { event: `$${Math.random()}`, ...more }));
      return 'sources' in answer && answer.sources[0]?.passage.text;
    };
    expect(await first({ at: NOW + 60_000 })).toBe(LEASE[1]);
  });

  it('keeps a turn once per event', async () => {
    home.add('lease.pdf', LEASE);
    await ask('when does the lease end?');
    await ask('when does the lease end?');
    expect(turns()).toHaveLength(1);
  });
});

describe('small talk', () => {
  it('is answered without a search, a model or a turn', async () => {
    home.add('lease.pdf', LEASE);
    const model = scriptedModel(() => ['never']);
    expect(await ask('danke!', { model })).toEqual({ kind: 'small-talk', what: 'thanks', at: NOW });
    expect(await ask('hello')).toEqual({ kind: 'small-talk', what: 'greeting', at: NOW });
    expect(model.prompts).toEqual([]);
    expect(turns()).toEqual([]);
  });
});

describe('with a model', () => {
  beforeEach(() => home.add('lease.pdf', LEASE));

  it('answers with the cited sources only, streams what was said so far, and keeps the turn', async () => {
    const partials: string[] = [];
    const model = scriptedModel(() => ['It ends on ', '31 May 2027', ' [1]. The ', 'rent is 1,250 ', 'euros [2].']);
    const answer = await ask(
      'when does the lease end?',
      { model },
      { onPartial: (text: string) => partials.push(text) },
    );
    expect(answer).toMatchObject({
      kind: 'answered',
      text: 'It ends on 31 May 2027 [1]. The rent is 1,250 euros [2].',
      model: 'scripted',
      leftOut: 0,
      sources: [
        { number: 1, passage: { page: '1' } },
        { number: 2, passage: { page: '2' } },
      ],
    });
    expect(partials).toEqual(['It ends on 31 May 2027 [1].']);
    expect(turns()[0]?.answer).toBe('It ends on 31 May 2027 [1]. The rent is 1,250 euros [2].');
    expect(model.prompts[0]?.[1]?.content).toContain('ends on 31 May 2027');
  });

  it('takes the marker for "the documents do not say", and never shows it', async () => {
    const partials: string[] = [];
    const model = scriptedModel(() => ['NOT_', 'IN_', 'DOCUMENTS']);
    const answer = await ask(
      'when does the lease begin?',
      { model },
      { onPartial: (text: string) => partials.push(text) },
    );
    expect(answer).toMatchObject({ kind: 'nothing', nearest: [{ number: 1 }, { number: 2 }] });
    expect(partials).toEqual([]);
    // What hardly fits is read as well: it may be said there in other words.
    const reader = scriptedModel(() => [NOT_FOUND_MARKER]);
    expect(await ask('who won the football world cup in Brazil?', { model: reader })).toMatchObject({
      kind: 'nothing',
    });
    expect(reader.prompts).toHaveLength(1);
    expect(
      await ask('when does the lease end?', { model: scriptedModel(() => [`Sorry: ${NOT_FOUND_MARKER}.`]) }),
    ).toMatchObject({ kind: 'nothing' });
  });

  it('never shows a sentence that does not stand in what it cites, neither at the end nor before', async () => {
    const partials: string[] = [];
    const text = 'The rent is 1,400 euros [2]. It ends on 31 May 2027 [1]. It was signed by Peter Miller [1].';
    const model = scriptedModel(() => text.match(/.{1,4}/gsu)!);
    const answer = await ask('when does it end?', { model }, { onPartial: (shown: string) => partials.push(shown) });
    expect(answer).toMatchObject({ kind: 'answered', text: 'It ends on 31 May 2027 [1].', leftOut: 2 });
    expect(new Set(partials)).toEqual(new Set(['It ends on 31 May 2027 [1].']));
  });

  it('gives an uncited answer the marks of the passages that support it, and falls back when nothing does', async () => {
    expect(await ask('when does it end?', { model: scriptedModel(() => ['On 31 May 2027.']) })).toMatchObject({
      kind: 'answered',
      text: 'On 31 May 2027. [1]',
      sources: [{ number: 1 }],
    });
    for (const text of ['It ends on 9 August 2031.', 'The lease never ends.', 'I like turtles [7].']) {
      expect(await ask('when does the lease end?', { model: scriptedModel(() => [text]) }), text).toMatchObject({
        kind: 'passages',
        reason: 'unsupported',
        sources: [{ number: 1 }, { number: 2 }],
      });
    }
    for (const text of ['The passages do not mention it.', '', '<think>May 31 2027</think>']) {
      expect(await ask('when does the lease end?', { model: scriptedModel(() => [text]) }), text).toMatchObject({
        kind: 'nothing',
      });
    }
  });

  it('shows no thoughts, foreign links or HTML, in partials and at the end', async () => {
    const partials: string[] = [];
    const model = scriptedModel(() => [
      '<thi',
      'nk>secret ',
      'plan</think>',
      'Pay at https://landlord.example/pay',
      ' or <b>https://evil.example/?q=1250</b> ![x](https://evil.example/p) [2]',
    ]);
    const answer = await ask('what is the rent?', { model }, { onPartial: (text: string) => partials.push(text) });
    for (const text of [...partials, answer.kind === 'answered' ? answer.text : '']) {
      expect(text).toMatch(/^Pay at ``https:\/\/landlord\.example\/pay``/);
      expect(text).not.toMatch(/evil|<|!\[|secret/);
    }
  });

  it('shows nothing of the marks between which the passages stood, in partials and at the end', async () => {
    home.add('lease.pdf', LEASE);
    const model = scriptedModel((prompt) => {
      const fence = /<<<(\w+) 1>>>/.exec(prompt[1]!.content)![1]!;
      return `<<<${fence} 1>>>\nThe rent is 1,250 euros [1].\n<<<end ${fence} 1>>>`.match(/.{1,3}/gsu)!;
    });
    const partials: string[] = [];
    const answer = await ask('what is the rent?', { model }, { onPartial: (text: string) => partials.push(text) });
    expect(answer).toMatchObject({ kind: 'answered', text: 'The rent is 1,250 euros [1].' });
    expect(partials.filter((text) => !'The rent is 1,250 euros [1].'.startsWith(text))).toEqual([]);
  });

  it('gives the passages when the model fails, before or in the middle of its answer', async () => {
    for (const script of [
      () => {
        throw new AppError('unavailable', 'down');
      },
      function* () {
        yield 'It ends';
        throw new AppError('unavailable', 'cut');
      },
    ]) {
      expect(
        await ask('when does the lease end?', { model: scriptedModel(script as () => Iterable<string>) }),
      ).toMatchObject({ kind: 'passages', reason: 'model-failed', sources: [{ number: 1 }, { number: 2 }] });
    }
  });

  it('gives the passages when the window is too small to read in', async () => {
    const model = scriptedModel(() => ['never'], 300);
    expect(await ask('when does the lease end?', { model })).toMatchObject({
      kind: 'passages',
      reason: 'model-failed',
    });
    expect(model.prompts).toEqual([]);
  });

  it('keeps the prompt within the window, however much was found', async () => {
    home.add(
      'long.pdf',
      Array.from(
        { length: 30 },
        (_, i) => `The lease ${i} ends in ${2000 + i}. ${`Clause ${i} about flats and tenants. `.repeat(25)}`,
      ),
    );
    for (const contextTokens of [1024, 2048, 4096]) {
      const model = scriptedModel(() => ['x'], contextTokens);
      await ask('when does the lease end?', { model });
      const characters = model.prompts[0]!.reduce((sum, message) => sum + message.content.length, 0);
      expect(characters / 3).toBeLessThan(contextTokens * 0.75 + 60);
      expect(model.prompts[0]![1]!.content).toContain('Question: when does the lease end?');
    }
  });

  it('throws the reason of an abort and keeps nothing', async () => {
    const stop = new AbortController();
    const model = scriptedModel(function* () {
      yield 'It';
      stop.abort(new Error('enough'));
      yield ' ends';
    });
    await expect(ask('when does the lease end?', { model }, { signal: stop.signal })).rejects.toThrow('enough');
    expect(turns()).toEqual([]);
  });
});

describe('with an embedder', () => {
  const embedder = (embed: (text: string) => Float32Array): Embedder => ({
    model: 'two',
    embedQuestion: async (text) => embed(text),
    embedPassage: async (text) => embed(text),
    close: async () => {},
  });

  it('lets dense vectors decide', async () => {
    home.add('lease.pdf', LEASE);
    const ids = home.state.vault.read(home.caller, (reader) => reader.passagesToEmbed('two', 10).map(({ id }) => id));
    home.state.vault.write(home.caller, (writer) =>
      writer.putVectors('two', [
        { passage: ids[0]!, vector: Float32Array.of(1, 0) },
        { passage: ids[1]!, vector: Float32Array.of(0, 1) },
      ]),
    );
    const first = async (vector: Float32Array) => {
      const answer = await ask('the flat?', { embedder: embedder(() => vector) });
      return 'sources' in answer && answer.sources[0]?.passage.page;
    };
    expect(await first(Float32Array.of(1, 0))).toBe('1');
    expect(await first(Float32Array.of(0, 1))).toBe('2');
  });

  it('goes on without one that fails', async () => {
    home.add('lease.pdf', LEASE);
    const failing = embedder(() => {
      throw new AppError('unavailable', 'down');
    });
    expect(await ask('when does the lease end?', { embedder: failing })).toMatchObject({
      kind: 'passages',
      sources: [{ passage: { page: '1' } }, {}],
    });
  });
});
