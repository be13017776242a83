import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openCorpus } from '../quality/corpus.ts';
import type { Measured } from './measured.ts';
import { treeBytes } from './tree.ts';

const SIDES = {
  product: fileURLToPath(new URL('./product-side.ts', import.meta.url)),
  bare: fileURLToPath(new URL('./bare-side.ts', import.meta.url)),
};
/** Formats for which there is a bare library; the others are read by code of ours. */
const FORMATS = ['txt', 'csv', 'html', 'eml', 'docx', 'xlsx', 'pdf'];
const MOST_FILES = 4;
const LOOK_MS = 50;

/** One side's figures: peakBytes is the memory of its whole tree of processes. */
export interface Side extends Measured {
  readonly peakBytes: number;
}

/** A format's two sides, over the same files. */
export interface FormatFigures {
  readonly format: string;
  readonly files: number;
  readonly product: Side;
  readonly bare: Side;
}

/** Some files of each format in the corpus, once through the product and once through the bare libraries. */
export async function* measureFormats(
  corpus: string,
  { modelsDir, model }: { modelsDir: string; model: string },
): AsyncGenerator<FormatFigures> {
  const files = [...openCorpus(corpus).files];
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-formats-'));
  try {
    for (const format of FORMATS) {
      // Scans have no text to compare; they are told by their names there.
      const own = files
        .filter(([name]) => name.endsWith(`.${format}`) && !name.startsWith('scan'))
        .slice(0, MOST_FILES);
      if (own.length === 0) continue;
      const paths = own.map(([name, bytes]) => {
        writeFileSync(join(folder, name), bytes);
        return join(folder, name);
      });
      const product = await measureSide('product', [modelsDir, model, ...paths]);
      const bare = await measureSide('bare', [modelsDir, model, ...paths]);
      yield { format, files: own.length, product, bare };
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measureSide(side: keyof typeof SIDES, parameters: readonly string[]): Promise<Side> {
  const child = spawn(process.execPath, [SIDES[side], ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [said, peakBytes] = ['', 0];
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const looking = setInterval(() => {
    peakBytes = Math.max(peakBytes, treeBytes(child.pid!));
  }, LOOK_MS);
  const [code] = await once(child, 'close');
  clearInterval(looking);
  if (code !== 0) throw new Error(`the ${side} side ended with ${code}`);
  return { ...(JSON.parse(said) as Measured), peakBytes };
}
