import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ModelDownload, repositoryOf } from '../../../core/transformers/model-download.ts';
import { isModelThere } from '../../../core/transformers/transformers-embedder.ts';
import { type ModelHub, modelHub, WEIGHTS } from './model-hub.ts';

let hub: ModelHub;
let modelsDir: string;
let lines: { message: string; [fact: string]: unknown }[];

beforeEach(async () => {
  modelsDir = join(mkdtempSync(join(tmpdir(), 'kinkeeper-models-')), 'not-made-yet');
  hub = await modelHub('Xenova/e5');
  lines = [];
});
afterEach(() => {
  hub[Symbol.dispose]();
  rmSync(join(modelsDir, '..'), { recursive: true });
});

const note = (facts: object, message: string) => void lines.push({ ...facts, message });
const log = { info: note, warn: note };

function download(pins: Record<string, string> = {}): ModelDownload {
  const wanted = { hubUrl: hub.url, repository: repositoryOf('e5'), modelsDir, model: 'e5', pins };
  return new ModelDownload(wanted, { firstRestMs: 1, longestRestMs: 2 });
}

test('a name without an owner is looked for in the collection made for this library', () => {
  expect([repositoryOf('e5'), repositoryOf('some/e5')]).toEqual(['Xenova/e5', 'some/e5']);
});

test('a download that breaks is tried again until the model is there, and the log shows how far it is', async () => {
  hub.cutAfter = 1_000_000;
  const one = download();
  expect(one.state).toBe('waiting');
  expect(await one.run(log, new AbortController().signal)).toBe(true);
  expect([one.state, isModelThere(modelsDir, 'e5')]).toEqual(['done', true]);
  expect(lines).toContainEqual({
    model: 'e5',
    code: 'unavailable',
    message: 'the embedding model was not downloaded',
  });
  const percents = lines.filter(({ part }) => part === WEIGHTS).map(({ percent }) => percent);
  expect(percents.at(-1)).toBe(100);
  expect(percents.length).toBeLessThan(25);
});

test('a hub without the model is asked again and again, and a stop ends that', async () => {
  hub.files.clear();
  const stop = new AbortController();
  const one = download();
  const running = one.run({ ...log, warn: () => hub.asked.length > 4 && stop.abort(new Error('stop')) }, stop.signal);
  await expect(running).rejects.toThrow('stop');
  expect(one.state).toBe('failing');
  expect(existsSync(join(modelsDir, 'e5'))).toBe(false);
});

test('files that are not the known ones are refused at once', async () => {
  const one = download({ 'config.json': '0'.repeat(64) });
  expect(await one.run(log, new AbortController().signal)).toBe(false);
  expect([one.state, hub.asked.length]).toEqual(['refused', 1]);
});
