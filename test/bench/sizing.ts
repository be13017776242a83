import { fileURLToPath } from 'node:url';
import { isModelThere } from '../../core/transformers/transformers-embedder.ts';
import { labHas } from '../lab/python-child.ts';
import { measureHousehold, type Sizing, type SizingFigures } from './sizing/measure-household.ts';
import { MemoryGroup } from './sizing/memory-group.ts';

// What a family waits for on machines of 1, 2, 4 and 8 GB: homeserver, bot, ops and models together get the memory of such a machine, less what
// its system takes, and no swap. The baseline is the first row: words alone, on the smallest machine. The language model is a small one of the
// laboratory: its memory and speed say nothing of those that a family would use. Needs root and control groups, version 1. Usage:
//   node test/bench/sizing.ts [--json] [--papers 1000,10000]

const MODELS = [
  { modelsDir: folder('../../../shared/data/models/'), model: 'multilingual-e5-small' },
  { modelsDir: folder('../../.lab/models/'), model: 'all-MiniLM-L6-v2' },
];
const why = MemoryGroup.whyNot();
if (why === undefined) await measure();
else console.log(`skipped: ${why}`);
process.exit(0);

async function measure(): Promise<void> {
  const embedding = MODELS.find(({ modelsDir, model }) => isModelThere(modelsDir, model));
  const [some, many] = option('--papers', '1000,10000').split(',').map(Number) as [number, number];
  const words = { embedding: undefined, hasLanguageModel: false };
  const meanings = { embedding, hasLanguageModel: false };
  const all = { embedding, hasLanguageModel: labHas('llm') };
  const rows: Sizing[] = [
    { machineGib: 1, papers: some, ...words },
    { machineGib: 1, papers: many, ...words },
    ...(embedding ? [1, 2].map((machineGib) => ({ machineGib, papers: some, ...meanings })) : []),
    ...(embedding ? [{ machineGib: 2, papers: many, ...meanings }] : []),
    ...[4, 8].map((machineGib) => ({ machineGib, papers: many, ...all })),
  ];
  console.log(
    'machine  papers  embedding model        language model  start s  file s        answer s      most MiB  ended for memory',
  );
  const figures: object[] = [];
  let first: SizingFigures | undefined;
  for (const row of rows) {
    const result = await measureHousehold(row).catch((error: Error) => error);
    if (result instanceof Error) {
      console.log(`${nameOf(row)}  ${result.message.split('\n')[0]}`);
      figures.push({ ...row, failed: result.message });
      continue;
    }
    first ??= result;
    const ratio = result.answerSeconds.middle / first.answerSeconds.middle;
    figures.push({ ...row, ...result, ratio });
    console.log(`${nameOf(row)}  ${cellsOf(result)}  (${ratio.toFixed(2)}x)`);
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify({ bench: 'sizing', figures }));
}

function nameOf({ machineGib, papers, embedding, hasLanguageModel }: Sizing): string {
  const language = hasLanguageModel ? 'smollm2-135m' : 'none';
  return (
    `${machineGib} GiB`.padEnd(7) +
    ` ${papers}`.padStart(8) +
    `  ${(embedding?.model ?? 'none').padEnd(21)}  ${language.padEnd(14)}`
  );
}

function cellsOf({ startSeconds, fileSeconds, answerSeconds, peakBytes, killed }: SizingFigures): string {
  const pair = ({ middle, longest }: { middle: number; longest: number }) =>
    `${middle.toFixed(1)} (${longest.toFixed(1)})`.padEnd(12);
  const mib = String(Math.round(peakBytes / 2 ** 20)).padStart(8);
  return `${startSeconds.toFixed(1).padStart(7)}  ${pair(fileSeconds)}  ${pair(answerSeconds)}  ${mib}  ${killed}`;
}

function folder(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : process.argv[at + 1]!;
}
