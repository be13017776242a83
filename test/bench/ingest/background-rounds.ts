import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gramsOf } from '../../../core/ask/grams.ts';
import { systemClock } from '../../../core/clock.ts';
import type { NewPassage } from '../../../core/document.ts';
import { BackgroundEmbedder, textToEmbed } from '../../../core/embed/background-embedder.ts';
import { LANGUAGE_SAMPLES } from '../../../core/embed/language-samples.ts';
import { chooseEmbedder } from '../../../core/models/choose.ts';
import type { Embedder } from '../../../core/question.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { bareEmbedder } from './bare-embedder.ts';
import { type Measured, measured } from './measured.ts';

/** One round: the same passages embedded by the bare pipeline, and in the background with their vectors stored. */
export interface Round {
  readonly bare: Measured;
  readonly background: Measured;
}

/**
 * Background embedding (child process, encrypted store, vectors written) against the bare pipeline of transformers.js on the
 * same passages, text by text with the same threads, models loaded and warm: in short turns, because shared machines
 * change their speed. Which comes first changes from round to round.
 */
export async function measureRounds(
  { modelsDir, model }: { modelsDir: string; model: string },
  { count, rounds }: { count: number; rounds: number },
): Promise<Round[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-bench-'));
  try {
    const bare = await bareEmbedder(modelsDir, model);
    const { embedder } = await chooseEmbedder({ kind: 'transformers', model, modelsDir });
    // Warm: the model loaded, language means measured.
    await embedder!.embedPassage('warm up');
    const table: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const passages = samplePassages(count, round);
      const ofBare = () => measured(() => embedAll(passages, bare));
      const ofBackground = () => storedTime(join(folder, String(round)), passages, embedder!);
      if (round % 2 === 0) table.push({ bare: await ofBare(), background: await ofBackground() });
      else {
        const background = await ofBackground();
        table.push({ bare: await ofBare(), background });
      }
    }
    await embedder!.close();
    return table;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function embedAll(passages: readonly NewPassage[], embed: (text: string) => Promise<unknown>): Promise<number> {
  for (const passage of passages) await embed(textToEmbed({ ...passage, documentName: 'bench.txt' }));
  return passages.length;
}

/** From the first passage without a vector to the last vector in the store. */
async function storedTime(stateDir: string, passages: readonly NewPassage[], embedder: Embedder): Promise<Measured> {
  using state = await openState({ stateDir, passphrase: 'bench bench bench', create: true, clock: systemClock });
  state.control.people.add({ id: '@bench:home.test', role: 'member', language: 'en' });
  const caller = state.control.people.callerFor('@bench:home.test')!;
  const document = { source: '$bench', name: 'bench.txt', kind: 'txt' as const, bytes: 1, pages: 1, addedAt: 1 };
  state.vault.write(caller, (writer) => writer.addDocument(document, passages));
  const done = Promise.withResolvers<void>();
  let embedded = 0;
  const counting: Embedder = {
    model: embedder.model,
    embedQuestion: (text, signal) => embedder.embedQuestion(text, signal),
    async embedPassage(text, signal) {
      const vector = await embedder.embedPassage(text, signal);
      embedded += 1;
      if (embedded === passages.length) done.resolve();
      return vector;
    },
    close: async () => {},
  };
  const work = new BackgroundEmbedder({ ...state.control, vault: state.vault, embedder: counting });
  const time = await measured(async () => {
    work.start();
    await done.promise;
    await work.stop();
    return passages.length;
  });
  const depth = work.depth();
  if (depth.embedded !== passages.length) throw new Error(`only ${depth.embedded} of ${passages.length} were stored`);
  return time;
}

/** Passages of about 120 words, mixed from the sample sentences of all languages; different in every round. */
function samplePassages(count: number, round: number): NewPassage[] {
  const vectors = loadTokenVectors();
  const languages = Object.values(LANGUAGE_SAMPLES);
  return Array.from({ length: count }, (_, position) => {
    const { passages, questions } = languages[position % languages.length]!;
    const text = [...passages, ...questions]
      .map((sentence, i) => (i === 0 ? `${round}-${position}: ${sentence}` : sentence))
      .join(' ');
    return {
      position,
      page: null,
      heading: '',
      start: 0,
      end: text.length,
      text,
      grams: gramsOf(text).join(' '),
      pieces: vectors.pieces(text),
    };
  });
}
