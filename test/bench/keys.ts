import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { copying } from './keys/copying.ts';
import { erasing } from './keys/erasing.ts';
import { exporting } from './keys/exporting.ts';
import { ingest } from './keys/ingesting.ts';
import { masterRotation, rotation } from './keys/rotating.ts';
import { search } from './keys/searching.ts';
import { AIM, type KeysReport, showReport } from './keys/show-report.ts';
import { openTwins, twinFolder } from './keys/twins.ts';
import { unlocking } from './keys/unlocking.ts';
import { samplePassages } from './search/sample-passages.ts';

// What keys cost: sealing, against the same code over files without encryption (keys/plain-graph.ts), while documents are
// kept, found, exported and written anew; and the life of keys: unlocking, a new key for a person while the store is read
// and written, a new master key, an erasure with its steps. Texts are those of bench:search. Usage:
//   npm run bench:keys -- [--passages 100000] [--questions 12] [--json] [--folder <where the stores are made>]

const SEED = 20_261_129;
const passages = Number(option('--passages', '100000'));
const folder = mkdtempSync(join(option('--folder', tmpdir()), 'kin-bench-keys-'));
try {
  const report = await measure();
  console.log(showReport(report));
  if (process.argv.includes('--json')) console.log(JSON.stringify(report));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<KeysReport> {
  const vectors = loadTokenVectors();
  const samples = samplePassages(vectors, SEED);
  const open = await openTwins(folder);
  let ingested: KeysReport['ingest'], searched: KeysReport['search'], exported: KeysReport['exports'];
  {
    using twins = open;
    ingested = await ingest(twins, { passages, samples, vectors });
    searched = await search(twins, { samples, vectors, questions: Number(option('--questions', '12')) });
    exported = await exporting(twins);
  }
  const sealed = twinFolder(folder, 'sealed');
  return {
    ...{ bench: 'keys', passages, texts: samples.origin, aim: AIM },
    ...{ ingest: ingested, search: searched, exports: exported },
    unlock: await unlocking(sealed),
    copies: await copying(folder),
    rotations: [await rotation(sealed, 'nobody writes'), await rotation(sealed, 'somebody writes all the time')],
    masterMs: await masterRotation(sealed),
    erase: await erasing(folder),
  };
}

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}
