import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../config/secret.ts';
import { checkIndex } from '../../../ops/doctor/check-index.ts';
import type { Loaded } from '../../../ops/doctor/check-settings.ts';
import { startQdrant, type TestQdrant } from '../../lab/qdrant/start-qdrant.ts';
import { TELLING } from './telling.ts';

let qdrant: TestQdrant;
let careless: Server;
beforeEach(async () => {
  qdrant = await startQdrant();
  // Lets everybody in, as Qdrant does without api_key.
  careless = createServer((_request, response) => response.writeHead(200).end('{"version":"1.16.3"}'));
  await new Promise<void>((resolve) => careless.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  careless.closeAllConnections();
  careless.close();
  await qdrant[Symbol.asyncDispose]();
});

const check = (url: string, key: string) => {
  const loaded = { config: { store: { kind: 'qdrant', url } }, secrets: { storeApiKey: new Secret(key) } };
  return checkIndex(loaded as unknown as Loaded, TELLING);
};

test('a Qdrant that asks for a key and keeps tokens apart is well', async () => {
  expect(await check(qdrant.url, qdrant.apiKey)).toEqual([
    expect.objectContaining({ status: 'ok', says: expect.stringMatching(/^Qdrant [\d.]+ at .* keeps tokens/) }),
  ]);
});

test('a wrong key, no answer, and no key at all are failures with a next step', async () => {
  const open = `http://127.0.0.1:${(careless.address() as AddressInfo).port}`;
  const wrong = 'x'.repeat(40);
  for (const [url, says] of [
    [qdrant.url, /refuses tokens signed with this key/],
    [open, /lets everybody in/],
    ['http://127.0.0.1:9', /does not answer/],
  ] as const) {
    const [finding] = await check(url, wrong);
    expect(finding).toMatchObject({ check: 'index', status: 'fail', says: expect.stringMatching(says) });
    expect(finding?.fix).toBeTruthy();
    expect(JSON.stringify(finding)).not.toContain(wrong);
  }
});

test('a key that could be guessed is a warning', async () => {
  const findings = await check(qdrant.url, 'short');
  expect(findings.at(-1)).toMatchObject({ status: 'warn', says: expect.stringContaining('shorter than 32') });
});

test('without Qdrant there is nothing to look at', async () => {
  const loaded = { config: { store: { kind: 'sqlite' } }, secrets: {} };
  expect(await checkIndex(loaded as unknown as Loaded, TELLING)).toEqual([]);
});
