import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPassages } from '../../core/ask/find-passages.ts';
import { mendTypos } from '../../core/ask/mend-typos.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { seeded } from '../core/sqlite/sample-documents.ts';
import { plainWords, samplePassages } from './search/sample-passages.ts';
import { type BenchStores, MODEL, openBenchStores, randomVector } from './search/stores.ts';

// Time of the product's finding (built-in signals; all three) against raw sqlite-vec and raw FTS5 over the same passages in
// encrypted files, in turns in one run. Times are CPU time of the thread, so that other work on the machine does not count
// (everything here is computing; the files lie in memory). Vectors are random directions, which is the hardest case for the index; texts are
// sentences of XQuAD shuffled, or made words. Stores are kept under .lab/bench-search (KINKEEPER_LAB names another .lab) for the next run. Usage:
//   node test/bench/search.ts [--json] [--sizes 1000,10000,100000] [--questions 30]

const SEED = 20_261_124;
const AIM = 1.3;
const TOP = 10;
const LAB = process.env.KINKEEPER_LAB ?? fileURLToPath(new URL('../../.lab', import.meta.url));
const FOLDER = join(LAB, 'bench-search');

type Way = 'vec' | 'fts' | 'builtIn' | 'all';
interface Times {
  readonly p50: number;
  readonly p95: number;
}

const vectors = loadTokenVectors();
const samples = samplePassages(vectors, SEED);
const json = process.argv.includes('--json');
const results: ({ readonly size: number } & ReturnType<typeof measure>)[] = [];
for (const size of option('--sizes', '1000,10000,100000').split(',').map(Number)) {
  using stores = await openBenchStores(FOLDER, size, samples);
  results.push({ size, ...measure(stores, Number(option('--questions', '30'))) });
}
report();

/** Every way answers every question once, in turns, so that a slow moment of the machine meets all of them. */
function measure(stores: BenchStores, count: number) {
  const random = seeded(SEED);
  const times: Record<Way, number[]> = { vec: [], fts: [], builtIn: [], all: [] };
  let [same, rss] = [0, 0];
  for (let i = -3; i < count; i++) {
    const question = samples.questions[Math.floor(random() * samples.questions.length)]!;
    const vector = randomVector(random);
    const { nearest, exact } = ask(stores, { question, vector }, i < 0 ? undefined : times);
    if (i >= 0) same += nearest.filter((passage) => exact.includes(passage)).length / exact.length;
    rss = Math.max(rss, process.memoryUsage.rss());
  }
  const middle = Object.fromEntries(Object.entries(times).map(([way, own]) => [way, percentiles(own)]));
  return { ...(middle as Record<Way, Times>), overlap: same / count, rssMiB: rss / 2 ** 20 };
}

function ask(
  { raw, state, caller }: BenchStores,
  { question, vector }: { question: string; vector: Float32Array },
  times: Record<Way, number[]> | undefined,
) {
  const timed = <T>(way: Way, work: () => T): T => {
    const [before, started] = [process.threadCpuUsage(), performance.now()];
    const result = work();
    const { user, system } = process.threadCpuUsage(before);
    // Some kernels count processor time in ticks of milliseconds: what is shorter is nothing to them, so the clock tells it.
    times?.[way].push((user + system) / 1000 || performance.now() - started);
    return result;
  };
  const nearest = raw.prepare('SELECT passage FROM vectors WHERE embedding MATCH ? AND k = ?').pluck();
  const exact = timed('vec', () => nearest.all(Buffer.from(vector.buffer), TOP) as number[]);
  const matching = raw.prepare('SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT ?');
  const query = plainWords(question).map((word) => `"${word}"`);
  timed('fts', () => matching.all(query.join(' OR '), TOP));
  const dense = { model: MODEL, vector };
  const find = (by: { dense?: typeof dense }) =>
    state.vault.read(caller, (reader) =>
      findPassages(reader, mendTypos(question, reader, vectors), { vectors, ...by, now: 0 }),
    );
  timed('builtIn', () => find({}));
  timed('all', () => find({ dense }));
  const hits = state.vault.read(caller, (reader) => reader.dense(MODEL, vector, 200)).slice(0, TOP);
  return { exact, nearest: hits.map(({ passage }) => passage) };
}

function percentiles(times: number[]): Times {
  times.sort((a, b) => a - b);
  return { p50: times[times.length >> 1]!, p95: times[Math.floor(times.length * 0.95)]! };
}

function report(): void {
  const rows = results.map((row) => {
    const ratio = (way: 'builtIn' | 'all', of: keyof Times) => row[way][of] / Math.max(row.vec[of], row.fts[of]);
    return {
      ...row,
      ratios: {
        builtIn: { p50: ratio('builtIn', 'p50'), p95: ratio('builtIn', 'p95') },
        all: { p50: ratio('all', 'p50'), p95: ratio('all', 'p95') },
        allToBoth: { p50: row.all.p50 / (row.vec.p50 + row.fts.p50), p95: row.all.p95 / (row.vec.p95 + row.fts.p95) },
      },
    };
  });
  console.log(`texts: ${samples.origin}; vectors: random; seed ${SEED}; CPU milliseconds as p50 / p95`);
  console.log(
    'passages   raw sqlite-vec      raw FTS5         built-in   ratio            all three   ratio          to both  dense@10',
  );
  for (const { size, vec, fts, builtIn, all, ratios, overlap, rssMiB } of rows) {
    const cells = [String(size).padStart(8), show(vec), show(fts), show(builtIn), show(ratios.builtIn, 2)];
    console.log(
      [
        ...cells,
        show(all),
        show(ratios.all, 2),
        show(ratios.allToBoth, 2),
        overlap.toFixed(3),
        `${rssMiB.toFixed(0)} MiB`,
      ].join('  '),
    );
  }
  console.log(`ratio: to the slower of raw sqlite-vec and raw FTS5; aim: at most ${AIM}`);
  console.log(
    'to both: all three signals to the sum of the two, which is what a plain hybrid search of both would take',
  );
  if (json) console.log(JSON.stringify({ bench: 'search', aim: AIM, seed: SEED, texts: samples.origin, rows }));
}

function show({ p50, p95 }: Times, digits = 1): string {
  return `${p50.toFixed(digits)} / ${p95.toFixed(digits)}`.padStart(15);
}

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : process.argv[at + 1]!;
}
