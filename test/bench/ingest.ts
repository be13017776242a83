import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isModelThere } from '../../core/transformers/transformers-embedder.ts';
import { measureRounds, type Round } from './ingest/background-rounds.ts';
import { type FormatFigures, measureFormats, type Side } from './ingest/by-format.ts';
import type { Measured } from './ingest/measured.ts';

// Passages per second of background embedding against the bare pipeline of transformers.js on the same passages. Then, per
// format, whole files: read in the sandbox, cut, indexed, stored, embedded, against the bare library and the bare
// pipeline, with the peak memory of each side's processes together. Rates by the clock and by CPU time of all processes:
// the second does not change when other work shares the machine. Usage:
//   node test/bench/ingest.ts [--json] [--rounds 10] [--passages 20] [--no-formats] [--data <folder like household-dev>]

const AIM = 0.9;
const PLACES = [
  { modelsDir: folder('../../../shared/data/models/'), model: 'multilingual-e5-small' },
  { modelsDir: folder('../../.lab/models/'), model: 'all-MiniLM-L6-v2' },
];
const embedder = PLACES.find(({ modelsDir, model }) => isModelThere(modelsDir, model));
if (!embedder) console.log('skipped: no embedding model; `node test/lab/install.mjs minilm` installs one');
else {
  console.log(`model: ${embedder.model}`);
  reportRounds(await measureRounds(embedder, { count: option('--passages', 20), rounds: option('--rounds', 10) }));
  if (!process.argv.includes('--no-formats')) await reportFormats(embedder);
}

function reportRounds(table: readonly Round[]): void {
  console.log('         passages per second    share            per CPU second        share');
  console.log('round    bare    background                      bare    background');
  for (const [i, { bare, background }] of table.entries()) {
    const cells = [
      String(i + 1).padStart(5),
      ...[rate(bare), rate(background)].map((value) => value.toFixed(2).padStart(10)),
      percent(rate(background) / rate(bare)).padStart(10),
      ...[cpuRate(bare), cpuRate(background)].map((value) => value.toFixed(2).padStart(13)),
      percent(cpuRate(background) / cpuRate(bare)).padStart(10),
    ];
    console.log(cells.join(' '));
  }
  const share = middle(table.map(({ bare, background }) => rate(background) / rate(bare)));
  const cpuShare = middle(table.map(({ bare, background }) => cpuRate(background) / cpuRate(bare)));
  const aim = `(aim: at least ${percent(AIM)})`;
  console.log(`middle: ${percent(share)} of the bare rate by the clock, ${percent(cpuShare)} by CPU time ${aim}`);
  print({
    bench: 'ingest',
    model: embedder!.model,
    rounds: table.length,
    barePerSecond: middle(table.map(({ bare }) => rate(bare))),
    backgroundPerSecond: middle(table.map(({ background }) => rate(background))),
    ...{ share, cpuShare, aim: AIM, reached: share >= AIM },
  });
}

async function reportFormats(by: { modelsDir: string; model: string }): Promise<void> {
  const corpus = process.argv.includes('--data') ? process.argv[process.argv.indexOf('--data') + 1]! : undefined;
  const place = corpus ?? folder('../../../shared/data/household-dev/');
  if (!existsSync(join(place, 'questions.jsonl'))) {
    console.log(`formats skipped: no questions.jsonl in ${corpus ?? '../shared/data/household-dev'}`);
    return;
  }
  const figures: (FormatFigures & { ratios: ReturnType<typeof ratiosOf> })[] = [];
  console.log(
    'format files       ours: passages, /s, /CPU s, MiB       bare: passages, /s, /CPU s, MiB     ratios: time, CPU, memory',
  );
  for await (const one of measureFormats(place, by)) {
    const ratios = ratiosOf(one);
    figures.push({ ...one, ratios });
    const shown = [ratios.time, ratios.cpu, ratios.memory].map((ratio) => ratio.toFixed(2).padStart(7)).join('');
    console.log(
      `${one.format.padEnd(6)} ${String(one.files).padStart(5)}  ${cellsOf(one.product)}  ${cellsOf(one.bare)}  ${shown}`,
    );
  }
  console.log(
    'ratios: ours to bare for the same files; passages are not cut alike, so that rates per passage compare only roughly',
  );
  print({ bench: 'ingest-formats', model: by.model, figures });
}

function ratiosOf({ product, bare }: FormatFigures) {
  return {
    rate: rate(product) / rate(bare),
    time: product.ms / bare.ms,
    cpu: product.cpuMs / bare.cpuMs,
    memory: product.peakBytes / bare.peakBytes,
  };
}

function cellsOf(side: Side): string {
  const cells = [side.passages, rate(side).toFixed(2), cpuRate(side).toFixed(2), Math.round(side.peakBytes / 2 ** 20)];
  return cells.map((cell) => String(cell).padStart(9)).join('');
}

function rate({ passages, ms }: Measured): number {
  return (1000 * passages) / ms;
}

function cpuRate({ passages, cpuMs }: Measured): number {
  return (1000 * passages) / cpuMs;
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function print(figures: object): void {
  if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
}

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : Number(process.argv[at + 1]);
}
