import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import type { AskParts } from '../../../core/ask/ask-parts.ts';
import { EarlierEmbedders } from '../../../core/models/earlier-embedders.ts';
import type { PassageSearch } from '../../../core/passage-search.ts';
import type { Embedder } from '../../../core/question.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { type Household, household } from './household.ts';

const vectors = loadTokenVectors();
/** No word of the question stands in the passage that only a vector finds. */
const QUESTION = 'Wo ist der Regler an der Wand?';
const TEXTS = [
  'Der Regler der Wanduhr ist abgelaufen und die Wand ist gestrichen.',
  'The thermostat hangs in the hall beside the mirror.',
  ...Array.from({ length: 10 }, (_, i) => `Rechnung ${i} über ${i + 3} Stunden an der Wand von Herrn Huber.`),
];
const ANSWER = 1;
const ENGLISH = Float32Array.of(1, 0);
const OTHERS = Float32Array.of(-0.6, 0.8);

let home: Household;
beforeEach(async () => {
  home = await household(vectors);
  home.add('a.txt', TEXTS);
});
afterEach(() => home[Symbol.asyncDispose]());

/** A model that knows that the question means the answer. */
function knowing(model: string): Embedder & { asked: number } {
  const embedder = {
    model,
    asked: 0,
    embedQuestion: async () => {
      embedder.asked += 1;
      return ENGLISH;
    },
    embedPassage: async () => OTHERS,
    close: async () => {},
  };
  return embedder;
}

/** Passages in the order of ids; the answer as its meaning, the others as they are. */
function embed(model: string, from: number, to: number): void {
  home.state.vault.write(home.caller, (writer) => {
    const ids = TEXTS.map((_, i) => ({ passage: i + 1, vector: i === ANSWER ? ENGLISH : OTHERS }));
    writer.putVectors(model, ids.slice(from, to));
  });
}

let asked = 0;
async function ranking(parts: Partial<AskParts>): Promise<string[]> {
  const question = { text: QUESTION, room: `!${++asked}`, event: `$${asked}`, at: 1_800_000_000_000 };
  const answer = await answerQuestion(
    home.caller,
    question,
    { vault: home.state.vault, vectors, ...parts },
    { language: 'de' },
  );
  return 'sources' in answer ? answer.sources.map(({ passage }) => passage.text) : [];
}

it('the earlier model answers until the new one has embedded everything, also beside an index that has only the new one', async () => {
  embed('old', 0, TEXTS.length);
  const [old, fresh] = [knowing('old'), knowing('new')];
  const index: PassageSearch = {
    search: async (_caller, { dense }) => {
      expect(dense).toBeUndefined();
      return { lexical: [], dense: [], passages: [] };
    },
  };
  const parts = { embedder: fresh, earlier: async (name: string) => (name === 'old' ? old : undefined) };
  for (let done = 0; done < TEXTS.length; done += 4) {
    embed('new', Math.max(0, done - 4), done);
    expect((await ranking(parts))[0], `${done} embedded`).toBe(TEXTS[ANSWER]);
    expect((await ranking({ ...parts, index }))[0]).toBe(TEXTS[ANSWER]);
  }
  expect([old.asked, fresh.asked]).toEqual([6, 0]);
  embed('new', 0, TEXTS.length);
  expect((await ranking(parts))[0]).toBe(TEXTS[ANSWER]);
  expect([old.asked, fresh.asked]).toEqual([6, 1]);
});

it('an earlier model that cannot be run leaves finding as it is without any, never worse, until the new one is done', async () => {
  embed('old', 0, TEXTS.length);
  const builtIn = await ranking({});
  expect(builtIn[0]).not.toBe(TEXTS[ANSWER]);
  const fresh = knowing('new');
  const parts = { embedder: fresh, earlier: async () => undefined };
  for (let done = 0; done < TEXTS.length; done += 3) {
    embed('new', Math.max(0, done - 3), done);
    expect(await ranking(parts), `${done} embedded`).toEqual(builtIn);
  }
  expect(fresh.asked).toBe(0);
  embed('new', 0, TEXTS.length);
  expect((await ranking(parts))[0]).toBe(TEXTS[ANSWER]);
});

it('a first model serves what it has embedded so far', async () => {
  embed('new', 0, 3);
  const fresh = knowing('new');
  expect((await ranking({ embedder: fresh, earlier: async () => undefined }))[0]).toBe(TEXTS[ANSWER]);
  expect(fresh.asked).toBe(1);
});

it('the earlier model is run where today’s settings still reach it, under the very same name only', async () => {
  const modelsDir = mkdtempSync(join(tmpdir(), 'kinkeeper-models-'));
  try {
    mkdirSync(join(modelsDir, 'e5', 'onnx'), { recursive: true });
    for (const file of ['config.json', 'tokenizer.json', 'onnx/model_quantized.onnx'])
      writeFileSync(join(modelsDir, 'e5', file), '');
    const folder = new EarlierEmbedders({ kind: 'transformers', model: 'other', modelsDir });
    const ollama = new EarlierEmbedders({ kind: 'ollama', url: 'http://127.0.0.1:9', model: 'other' });
    const name = async (from: EarlierEmbedders, model: string) => (await from.of(model))?.model;
    expect(await name(folder, 'transformers e5 q8; centred 1')).toBe('transformers e5 q8; centred 1');
    expect(await name(folder, 'transformers e6 q8; centred 1')).toBeUndefined();
    expect(await name(folder, 'transformers e5 q8; centred 0')).toBeUndefined();
    expect(await name(folder, 'ollama bge-m3; centred 1')).toBeUndefined();
    expect(await name(ollama, 'ollama bge-m3; centred 1')).toBe('ollama bge-m3; centred 1');
    expect(await name(ollama, 'transformers e5 q8; centred 1')).toBeUndefined();
    writeFileSync(join(modelsDir, 'e5', 'kinkeeper-manifest.json'), '{');
    const later = new EarlierEmbedders({ kind: 'auto', modelsDir });
    expect(await name(later, 'transformers e5 q8; centred 1')).toBeUndefined();
    await Promise.all([folder.close(), ollama.close(), later.close()]);
  } finally {
    rmSync(modelsDir, { recursive: true });
  }
});
