import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FetchModel, fetchModel } from '../../../core/transformers/fetch-model.ts';
import { verifyModel } from '../../../core/transformers/model-manifest.ts';
import { isModelThere } from '../../../core/transformers/transformers-embedder.ts';

const WEIGHTS = 'onnx/model_quantized.onnx';
let hub: ReturnType<typeof fileServer>;
let modelsDir: string;

beforeEach(async () => {
  modelsDir = mkdtempSync(join(tmpdir(), 'kinkeeper-models-'));
  hub = fileServer();
  await once(hub.server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  hub.server.closeAllConnections();
  hub.server.close();
  rmSync(modelsDir, { recursive: true });
});

/** A hub with Range and ETag; `cutAfter` breaks the connection of the weights once after so many bytes. */
function fileServer() {
  const files = new Map<string, Buffer>([
    ['config.json', Buffer.from('{"a":1}')],
    ['tokenizer.json', Buffer.from('{}')],
    ['tokenizer_config.json', Buffer.from('{}')],
    [WEIGHTS, Buffer.alloc(3_000_000, 'weights ')],
  ]);
  const state = { files, asked: [] as string[], cutAfter: 0, hasRange: true, server: undefined as unknown as Server };
  state.server = createServer((request, response) => {
    const file = decodeURIComponent(request.url ?? '').replace('/hub/some/model/resolve/main/', '');
    const bytes = files.get(file);
    state.asked.push(`${file} ${request.headers.range ?? 'whole'}`);
    if (!bytes) return void response.writeHead(404).end();
    const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const isRest = from > 0 && state.hasRange && request.headers['if-range'] === etag;
    const body = isRest ? bytes.subarray(from) : bytes;
    response.writeHead(isRest ? 206 : 200, { etag, 'content-length': body.length });
    if (file !== WEIGHTS || state.cutAfter === 0) return void response.end(body);
    response.write(body.subarray(0, state.cutAfter), () => setImmediate(() => response.destroy()));
    state.cutAfter = 0;
  });
  return state;
}

function wanted(more: Partial<FetchModel> = {}): FetchModel {
  const { port } = hub.server.address() as AddressInfo;
  return { hubUrl: `http://127.0.0.1:${port}/hub/`, repository: 'some/model', model: 'e5', modelsDir, ...more };
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
