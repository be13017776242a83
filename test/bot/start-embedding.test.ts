import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { chooseModels } from '../../bot/choose-models.ts';
import { startEmbedding } from '../../bot/start-embedding.ts';
import { answerQuestion } from '../../core/ask/answer-question.ts';
import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { BackgroundEmbedder } from '../../core/embed/background-embedder.ts';
import { type Household, household } from '../core/ask/household.ts';
import { type ModelHub, modelHub } from '../core/transformers/model-hub.ts';
import { PATIENCE_MS } from '../patience.ts';

const MODEL = 'multilingual-e5-small';
const SHARED = fileURLToPath(new URL(`../../../shared/data/models/${MODEL}/`, import.meta.url));
const FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'onnx/model_quantized.onnx'];
const noKeys = { embeddingApiKey: undefined, answeringApiKey: undefined };
const noPieces: TokenVectors = { pieces: () => new Uint32Array(), maxSim: () => [] };
const log = { info() {}, warn() {} };

let home: Household;
let modelsDir: string;
let hub: ModelHub;
beforeEach(async () => {
  home = await household(noPieces);
  modelsDir = mkdtempSync(join(tmpdir(), 'kinkeeper-models-'));
});
afterEach(async () => {
  rmSync(modelsDir, { recursive: true });
  await home[Symbol.asyncDispose]();
});

async function start(downloadUrl: string) {
  const models = await chooseModels(
    { embedding: { kind: 'auto', modelsDir, downloadUrl }, answering: { kind: 'extractive' } },
    noKeys,
  );
  return { ...models, state: () => models.inUse.embeddingState?.() };
}

const question = { text: 'Where is the thermostat?', room: '!r', event: '$q', at: Date.now() };

if (!existsSync(SHARED)) console.log('Left out: the shared data for this test are not here.');
test.skipIf(!existsSync(SHARED))(
  'questions are answered while the model is downloaded, then it embeds without a restart; a changed file is refused at the next start',
  async () => {
    using server = await modelHub(
      `Xenova/${MODEL}`,
      FILES.map((file) => [file, readFileSync(join(SHARED, file))] as const),
    );
    hub = server;
    home.add('a.txt', ['The thermostat is in the hall.', 'The bins go out on Monday.']);
    const models = await start(hub.url);
    const { embedder } = models;
    const background = new BackgroundEmbedder({
      ...home.state.control,
      vault: home.state.vault,
      embedder: embedder!,
    });
    const parts = { vault: home.state.vault, vectors: noPieces, ...models.parts };
    const before = await answerQuestion(home.caller, question, parts, { language: 'en' });
    expect(before).toMatchObject({ kind: 'passages' });
    expect([models.why[0]?.key, models.state()]).toEqual(['embedding.downloading', 'downloading']);
    {
      await using _running = startEmbedding(background, models.download, log);
      await vi.waitFor(() => expect(background.depth()).toEqual({ embedded: 2, passages: 2 }), {
        // A whole model is downloaded, checked and loaded meanwhile.
        timeout: 2 * PATIENCE_MS,
        interval: 100,
      });
      expect(models.state()).toBe('ready');
    }
    await embedder!.close();
    const again = await start(hub.url);
    expect([again.why[0]?.key, again.download]).toEqual(['embedding.transformers', undefined]);
    appendFileSync(join(modelsDir, MODEL, 'tokenizer.json'), ' ');
    const changed = await start(hub.url);
    expect([changed.embedder, changed.state()]).toEqual([undefined, 'changed']);
  },
);

test('a stop while the hub does not answer ends at once, and nothing is embedded', async () => {
  using server = await modelHub('nothing', []);
  const { embedder, download, state } = await start(server.url);
  const background = new BackgroundEmbedder({ ...home.state.control, vault: home.state.vault, embedder: embedder! });
  const running = startEmbedding(background, download, log);
  await vi.waitFor(() => expect(state()).toBe('failing'), PATIENCE_MS);
  await running[Symbol.asyncDispose]();
  await embedder!.close();
});
