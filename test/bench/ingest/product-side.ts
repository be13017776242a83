import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gramsOf } from '../../../core/ask/grams.ts';
import { systemClock } from '../../../core/clock.ts';
import { BackgroundEmbedder } from '../../../core/embed/background-embedder.ts';
import { indexWords } from '../../../core/ingest/index-words.ts';
import { keepDocument } from '../../../core/ingest/keep-document.ts';
import { prepareDocument } from '../../../core/ingest/prepare-document.ts';
import { stageDocument } from '../../../core/ingest/stage-document.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { TransformersEmbedder } from '../../../core/transformers/transformers-embedder.ts';
import { measured } from './measured.ts';

// The product's side of bench:ingest in a process of its own, so that its memory is its own: sandbox, passages, word indexes,
// encrypted store, background embedding in a child. Models are warm. Prints what `measured` returns.
//   node test/bench/ingest/product-side.ts <models folder> <model> <file>...
const [modelsDir, model, ...files] = process.argv.slice(2) as [string, string, ...string[]];
const stateDir = mkdtempSync(join(tmpdir(), 'kinkeeper-bench-'));
try {
  using state = await openState({ stateDir, passphrase: 'bench bench bench', create: true, clock: systemClock });
  state.control.people.add({ id: '@bench:home.test', role: 'member', language: 'en' });
  const caller = state.control.people.callerFor('@bench:home.test')!;
  // Without its means of languages: they are made once in a process's life, not for each file.
  const embedder = new TransformersEmbedder({ model, modelsDir });
  await embedder.embedPassage('warm up');
  const by = { encoder: loadTokenVectors(), gramsOf };
  const deep = Promise.withResolvers<void>();
  let isDeep = 0;
  const work = new BackgroundEmbedder({
    ...{ ...state.control, vault: state.vault, embedder },
    onDocumentDeep() {
      isDeep += 1;
      if (isDeep === files.length) deep.resolve();
    },
  });
  const result = await measured(async () => {
    let passages = 0;
    for (const path of files) {
      const file = { bytes: readFileSync(path), name: basename(path), source: `$${path}`, addedAt: 1 };
      const limits = { fileBytes: 52_428_800, pagesPerFile: 2000, extractSeconds: 120 };
      const prepared = await prepareDocument(file, { ...by, limits });
      const { document } = await stageDocument(state.vault, { caller, prepared }, (writer) =>
        keepDocument(writer, prepared, indexWords(by)),
      );
      passages += document.passages;
    }
    work.start();
    await deep.promise;
    return passages;
  });
  await work.stop();
  await embedder.close();
  console.log(JSON.stringify(result));
} finally {
  rmSync(stateDir, { recursive: true });
}
process.exit(0);
