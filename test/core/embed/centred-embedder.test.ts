import { expect, it } from 'vitest';
import { guessLanguage } from '../../../core/ask/guess-language.ts';
import { CentredEmbedder } from '../../../core/embed/centred-embedder.ts';
import { LANGUAGE_SAMPLES } from '../../../core/embed/language-samples.ts';
import { prefixFor } from '../../../core/embed/text-prefix.ts';
import { unitVector } from '../../../core/embed/unit-vector.ts';
import type { Embedder } from '../../../core/question.ts';

const LANGUAGES = Object.keys(LANGUAGE_SAMPLES);

/** As real embedders do: mostly the language, a little the subject (two subjects, told by a mark in the text). */
function biased(): Embedder & { calls: number } {
  const embed = (text: string) => {
    const vector = new Float32Array(LANGUAGES.length + 2);
    vector[Math.max(0, LANGUAGES.indexOf(guessLanguage(text) ?? ''))] = 1;
    if (text.includes('#1')) vector[LANGUAGES.length] = 0.3;
    if (text.includes('#2')) vector[LANGUAGES.length + 1] = 0.3;
    return unitVector(vector);
  };
  const one = {
    model: 'biased',
    calls: 0,
    embedQuestion: async (text: string) => {
      one.calls++;
      return embed(text);
    },
    embedPassage: async (text: string) => {
      one.calls++;
      return embed(text);
    },
    close: async () => {},
  };
  return one;
}

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

it('brings a passage of the same subject in another language before one of the same language', async () => {
  const inner = biased();
  const embedder = new CentredEmbedder(inner);
  const question = 'Wann endet der Vertrag mit der Firma? #1';
  const [same, other] = ['Der Hund ist in dem Garten. #2', 'The contract with the company ends in May. #1'];
  const plain = await inner.embedQuestion(question);
  expect(dot(plain, await inner.embedPassage(same))).toBeGreaterThan(dot(plain, await inner.embedPassage(other)));
  const centred = await embedder.embedQuestion(question);
  expect(dot(centred, await embedder.embedPassage(other))).toBeGreaterThan(
    dot(centred, await embedder.embedPassage(same)),
  );
  expect(Math.hypot(...centred)).toBeCloseTo(1, 5);
});

it('has a name of its own, embeds the samples once, and tries again after a failure', async () => {
  const inner = biased();
  let down = true;
  const flaky: Embedder = {
    ...inner,
    model: 'm',
    embedPassage: async (text) => {
      if (down && text.startsWith('Der Vertrag')) throw new Error('down');
      return inner.embedPassage(text);
    },
  };
  const embedder = new CentredEmbedder(flaky);
  expect(embedder.model).toBe('m; centred 1');
  await expect(embedder.embedQuestion('when?')).rejects.toThrow('down');
  down = false;
  await Promise.all([embedder.embedQuestion('when?'), embedder.embedPassage('then')]);
  const calls = inner.calls;
  await embedder.embedQuestion('where?');
  expect(inner.calls).toBe(calls + 1);
});

it('stops waiting when aborted', async () => {
  const slow: Embedder = {
    ...biased(),
    embedQuestion: async (text) => (text === 'when?' ? Float32Array.of(1) : new Promise(() => {})),
  };
  const stop = new AbortController();
  const waiting = new CentredEmbedder(slow).embedQuestion('when?', stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

it.each([
  ['multilingual-e5-small', 'query: '],
  ['intfloat/e5-large-v2', 'query: '],
  ['nomic-embed-text:v1.5', 'search_query: '],
  ['all-MiniLM-L6-v2', ''],
  ['bge-m3', ''],
  ['multilingual-e5-large-instruct', ''],
  ['stage5', ''],
])('%s wants %j in front of questions', (model, prefix) => expect(prefixFor(model).question).toBe(prefix));
