import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { env, pipeline } from '@xenova/transformers';
import { gramsOf } from '../../core/ask/grams.ts';
import { systemClock } from '../../core/clock.ts';
import type { NewPassage } from '../../core/document.ts';
import { BackgroundEmbedder, textToEmbed } from '../../core/embed/background-embedder.ts';
import { LANGUAGE_SAMPLES } from '../../core/embed/language-samples.ts';
import { chooseEmbedder } from '../../core/models/choose.ts';
import type { Embedder } from '../../core/question.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';

// Passages per second of background embedding (child process, encrypted store, vectors written) against the bare pipeline
// of transformers.js on the same passages: in short turns in one run, because shared machines change their speed. Usage:
//   node test/bench/ingest.ts [--json] [--rounds 10] [--passages 20]

const MODELS = fileURLToPath(new URL('../../../shared/data/models/', import.meta.url));
const MODEL = 'multilingual-e5-small';
const AIM = 0.9;

if (!existsSync(join(MODELS, MODEL))) {
  console.log(`skipped: no ${MODEL} in ../shared/data/models`);
} else {
  await main();
}

interface Round {
  readonly bareMs: number;
  readonly backgroundMs: number;
}

async function main(): Promise<void> {
  const [count, rounds] = [option('--passages', 20), option('--rounds', 10)];
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-bench-'));
  try {
    const bare = await barePipeline();
    const { embedder } = await chooseEmbedder({ kind: 'transformers', model: MODEL, modelsDir: MODELS });
    // Both sides warm: models loaded, language means measured.
    await bare('warm up');
    await embedder!.embedPassage('warm up');
    const table: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const passages = samplePassages(count, round);
      const turns = {
        bareMs: () => timeOf(() => embedAll(passages, bare)),
        backgroundMs: () => storedTime(join(folder, String(round)), passages, embedder!),
      };
      const first = round % 2 === 0 ? 'bareMs' : 'backgroundMs';
      const second = round % 2 === 0 ? 'backgroundMs' : 'bareMs';
      const measured = { [first]: await turns[first](), [second]: await turns[second]() };
      table.push(measured as unknown as Round);
    }
    await embedder!.close();
    report(table, count);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function barePipeline(): Promise<(text: string) => Promise<unknown>> {
  env.allowRemoteModels = false;
  env.localModelPath = MODELS;
  const embed = await pipeline('feature-extraction', MODEL, { dtype: 'q8', device: 'cpu' });
  return (text) => embed(`passage: ${text}`, { pooling: 'mean', normalize: true });
}

async function embedAll(passages: readonly NewPassage[], embed: (text: string) => Promise<unknown>): Promise<void> {
  for (const passage of passages) await embed(textToEmbed({ ...passage, documentName: 'bench.txt' }));
}

/** Milliseconds from the first passage without a vector to the last vector in the store. */
async function storedTime(stateDir: string, passages: readonly NewPassage[], embedder: Embedder): Promise<number> {
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
  const time = await timeOf(async () => {
    work.start();
    await done.promise;
    await work.stop();
  });
  const depth = work.depth();
  if (depth.embedded !== passages.length) throw new Error(`only ${depth.embedded} of ${passages.length} were stored`);
  return time;
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
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

function report(table: readonly Round[], count: number): void {
  const rate = (ms: number) => (count * 1000) / ms;
  console.log('round   bare/s   background/s   share');
  for (const [i, { bareMs, backgroundMs }] of table.entries()) {
    const cells = [
      String(i + 1).padStart(5),
      rate(bareMs).toFixed(2).padStart(8),
      rate(backgroundMs).toFixed(2).padStart(14),
    ];
    console.log(`${cells.join(' ')} ${percent(bareMs / backgroundMs).padStart(8)}`);
  }
  const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  const share = middle(table.map(({ bareMs, backgroundMs }) => bareMs / backgroundMs));
  console.log(`middle: ${percent(share)} of the bare rate (aim: at least ${percent(AIM)}), ${count} passages a round`);
  if (!process.argv.includes('--json')) return;
  const figures = {
    bench: 'ingest',
    passages: count,
    rounds: table.length,
    barePerSecond: middle(table.map(({ bareMs }) => rate(bareMs))),
    backgroundPerSecond: middle(table.map(({ backgroundMs }) => rate(backgroundMs))),
    share,
    aim: AIM,
    reached: share >= AIM,
  };
  console.log(JSON.stringify(figures));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
}
