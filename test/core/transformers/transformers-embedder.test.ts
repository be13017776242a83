import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { TransformersEmbedder } from '../../../core/transformers/transformers-embedder.ts';
import { PATIENCE_MS } from '../../patience.ts';

const MODELS = fileURLToPath(new URL('../../../../shared/data/models/', import.meta.url));
const MODEL = 'multilingual-e5-small';
const isThere = existsSync(join(MODELS, MODEL));
const failed = expect.objectContaining({ code: 'unavailable', reason: 'embedder-failed' });
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

it('is unavailable when the model is not in the folder, or is broken, and stays usable', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-models-'));
  try {
    const embedder = new TransformersEmbedder({ modelsDir: folder, model: 'broken' });
    await expect(embedder.embedQuestion('x')).rejects.toEqual(failed);
    mkdirSync(join(folder, 'broken', 'onnx'), { recursive: true });
    for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
      writeFileSync(join(folder, 'broken', file), '{}');
    writeFileSync(join(folder, 'broken', 'onnx', 'model_quantized.onnx'), 'not a model');
    for (let i = 0; i < 2; i++) await expect(embedder.embedQuestion('my words')).rejects.toEqual(failed);
    await embedder.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

if (!isThere) console.log('Left out: the embedding model for this test is not here.');
it.skipIf(!isThere)(
  'embeds across languages in a process of its own, comes back after a rest, a kill and a close, and gives up at an abort',
  async () => {
    const embedder = new TransformersEmbedder({ modelsDir: MODELS, model: MODEL, idleMs: 50 });
    try {
      const question = await embedder.embedQuestion('What is the capital of Germany?');
      expect(question).toHaveLength(384);
      expect(Math.hypot(...question)).toBeCloseTo(1, 4);
      const [near, far] = await Promise.all(
        ['Berlin ist die Hauptstadt von Deutschland.', 'Photosynthesis turns light into chemical energy.'].map((text) =>
          embedder.embedPassage(text),
        ),
      );
      // The model's own description gives .825 and .731 for these.
      expect(dot(question, near!)).toBeCloseTo(0.825, 2);
      expect(dot(question, far!)).toBeCloseTo(0.731, 2);

      await vi.waitFor(() => expect(embedder.childPid).toBeUndefined(), PATIENCE_MS);

      const stop = new AbortController();
      const aborted = embedder.embedPassage('x', stop.signal);
      stop.abort(new Error('enough'));
      await expect(aborted).rejects.toThrow('enough');

      const lost = expect(embedder.embedPassage('killed under its feet')).rejects.toEqual(failed);
      process.kill(embedder.childPid!, 'SIGKILL');
      await lost;
      expect(await embedder.embedQuestion('What is the capital of Germany?')).toEqual(question);

      const waiting = expect(embedder.embedPassage('closed under its feet')).rejects.toEqual(failed);
      const pid = embedder.childPid!;
      await embedder.close();
      await waiting;
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    } finally {
      await embedder.close();
    }
  },
);
