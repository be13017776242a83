import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Collection } from '../../core/qdrant/collection.ts';
import { QdrantServer } from '../../core/qdrant/qdrant-server.ts';
import { startQdrant, type TestQdrant } from '../lab/qdrant/start-qdrant.ts';
import { PATIENCE_MS } from '../patience.ts';
import { type Chat, House, textFile } from './house.ts';

// The bot with passages in Qdrant: what people see is what they see without it.

let qdrant: TestQdrant;
let folder: string;
let house: House;
let ada: Chat;
let ben: Chat;

beforeAll(async () => {
  qdrant = await startQdrant();
  folder = mkdtempSync(join(tmpdir(), 'kinkeeper-qdrant-key-'));
  const apiKeyFile = join(folder, 'key');
  writeFileSync(apiKeyFile, qdrant.apiKey, { mode: 0o600 });
  house = await House.open({
    people: [{ local: 'ada', role: 'admin' }, { local: 'ben' }],
    settings: {
      answering: { kind: 'extractive' },
      embedding: { kind: 'none' },
      store: { kind: 'qdrant', url: qdrant.url, apiKeyFile },
    },
  });
  const [adaDevice, benDevice] = await Promise.all([house.login('ada'), house.login('ben')]);
  [ada, ben] = await Promise.all([house.openChat(adaDevice), house.openChat(benDevice)]);
});
afterAll(async () => {
  await house?.close();
  await qdrant?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function points(): Promise<number> {
  const admin = new QdrantServer(qdrant);
  const names = await admin.collections('kk_');
  const counts = await Promise.all(names.map((name) => new Collection(admin, name).count()));
  return counts.reduce((sum, count) => sum + count, 0);
}

test('a file is read, found by its owner alone, and gone from Qdrant once it is forgotten', async () => {
  await ada.send(textFile('cellar.txt', 'The spare key of the cellar hangs behind the boiler.'));
  const answer = await ada.ask('Where is the spare key of the cellar?', /cellar\.txt/);
  expect(answer.text).toContain('behind the boiler');
  expect(Buffer.concat(qdrant.received).toString()).toContain('/points/query/batch');
  expect(Buffer.concat(qdrant.received).toString()).not.toMatch(/boiler|cellar|home\.test/i);
  await ben.send(textFile('attic.txt', 'The ladder to the attic stands in the garage.'));
  const other = await ben.ask('Where is the spare key of the cellar?');
  expect(other.text).not.toContain('boiler');
  await vi.waitFor(async () => expect(await points()).toBe(2), PATIENCE_MS);
  await ada.ask('!forget 1', /cellar\.txt/);
  await vi.waitFor(async () => expect(await points()).toBe(1), PATIENCE_MS);
});
