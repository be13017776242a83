import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FetchModel, fetchModel } from '../../../core/transformers/fetch-model.ts';
import { verifyModel } from '../../../core/transformers/model-manifest.ts';
import { isModelThere } from '../../../core/transformers/transformers-embedder.ts';
import { type ModelHub, modelHub, WEIGHTS } from './model-hub.ts';

let hub: ModelHub;
let modelsDir: string;

beforeEach(async () => {
  modelsDir = mkdtempSync(join(tmpdir(), 'kinkeeper-models-'));
  hub = await modelHub('some/model');
});
afterEach(() => {
  hub[Symbol.dispose]();
  rmSync(modelsDir, { recursive: true });
});

function wanted(more: Partial<FetchModel> = {}): FetchModel {
  return { hubUrl: hub.url, repository: 'some/model', model: 'e5', modelsDir, ...more };
}
const folder = () => join(modelsDir, 'e5');

test('a model is downloaded once, whole, with progress, and known again', async () => {
  const progress: string[] = [];
  await fetchModel(wanted({ onProgress: ({ file, done, total }) => progress.push(`${file} ${done} ${total}`) }));
  expect(isModelThere(modelsDir, 'e5')).toBe(true);
  expect(progress).toContain(`${WEIGHTS} 3000000 3000000`);
  for (const [file, bytes] of hub.files) expect(readFileSync(join(folder(), file)).equals(bytes), file).toBe(true);
  expect(readdirSync(modelsDir)).toEqual(['e5']);
  expect(await verifyModel(folder())).toBe(true);
  await fetchModel(wanted());
  expect(hub.asked).toHaveLength(4);
});

test('a download that broke goes on where it stopped, and only with the same file', async () => {
  hub.cutAfter = 1_000_000;
  await expect(fetchModel(wanted())).rejects.toMatchObject({ code: 'unavailable', reason: 'model-download' });
  expect(isModelThere(modelsDir, 'e5')).toBe(false);
  hub.cutAfter = 500_000;
  await expect(fetchModel(wanted())).rejects.toMatchObject({ reason: 'model-download' });
  await fetchModel(wanted());
  const asked = hub.asked.filter((line) => line.startsWith(WEIGHTS));
  expect(asked).toHaveLength(3);
  expect(asked[0]).toBe(`${WEIGHTS} whole`);
  for (const line of asked.slice(1)) expect(line).toMatch(/bytes=[1-9]\d*-$/);
  expect(readFileSync(join(folder(), WEIGHTS)).equals(hub.files.get(WEIGHTS)!)).toBe(true);
  // The small files were whole: nobody asked for them again.
  expect(hub.asked).toHaveLength(6);
});

test.each([
  'another file',
  'no ranges',
])('what came of an older file is never mixed with a newer one (%s)', async (how) => {
  hub.cutAfter = 1_000_000;
  await expect(fetchModel(wanted())).rejects.toMatchObject({ reason: 'model-download' });
  if (how === 'another file') hub.files.set(WEIGHTS, Buffer.alloc(2_000_000, 'other '));
  else hub.hasRange = false;
  await fetchModel(wanted());
  expect(readFileSync(join(folder(), WEIGHTS)).equals(hub.files.get(WEIGHTS)!)).toBe(true);
});

test('a file that is missing or not the pinned one leaves no model behind', async () => {
  const pins = { 'config.json': '0'.repeat(64) };
  await expect(fetchModel(wanted({ pins }))).rejects.toMatchObject({ code: 'invalid', reason: 'model-pin' });
  hub.files.delete('tokenizer.json');
  await expect(fetchModel(wanted())).rejects.toMatchObject({
    reason: 'model-download',
    facts: { file: 'tokenizer.json' },
  });
  expect(existsSync(folder())).toBe(false);
});

test('a stop ends the download with its reason, and it goes on later', async () => {
  const stop = new AbortController();
  const stopped = fetchModel(wanted({ signal: stop.signal, onProgress: () => stop.abort(new Error('stop')) }));
  await expect(stopped).rejects.toThrow('stop');
  await fetchModel(wanted());
  expect(await verifyModel(folder())).toBe(true);
});

test('a model that was changed later is refused; one without a manifest is the admin’s own', async () => {
  await fetchModel(wanted());
  appendFileSync(join(folder(), 'config.json'), ' ');
  await expect(verifyModel(folder())).rejects.toMatchObject({ code: 'invalid', reason: 'model-changed' });
  writeFileSync(join(folder(), 'kinkeeper-manifest.json'), '{');
  await expect(verifyModel(folder())).rejects.toMatchObject({ reason: 'model-changed' });
  rmSync(join(folder(), 'kinkeeper-manifest.json'));
  expect(await verifyModel(folder())).toBe(false);
});
