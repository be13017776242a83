import { afterEach, beforeEach, expect, it } from 'vitest';
import { Collection } from '../../../core/qdrant/collection.ts';
import { QdrantServer } from '../../../core/qdrant/qdrant-server.ts';
import { startQdrant, type TestQdrant } from '../../lab/qdrant/start-qdrant.ts';
import { type ConsoleHome, consoleHome } from './console-process.ts';

let home: ConsoleHome;
let server: TestQdrant;
beforeEach(async () => {
  server = await startQdrant();
  home = consoleHome();
  home.write('store-key', `${server.apiKey}\n`);
});
afterEach(async () => {
  home.remove();
  await server[Symbol.asyncDispose]();
});

const env = () => ({
  KINKEEPER_STORE_KIND: 'qdrant',
  KINKEEPER_STORE_URL: server.url,
  KINKEEPER_STORE_API_KEY_FILE: './store-key',
});

async function points(): Promise<number> {
  const admin = new QdrantServer(server);
  const names = await admin.collections('kk_');
  const counts = await Promise.all(names.map((name) => new Collection(admin, name).count()));
  return counts.reduce((sum, count) => sum + count, 0);
}

it('reads, answers and forgets with passages in Qdrant, and without it while it is away', async () => {
  home.write('bicycle.txt', 'The spare key of the bicycle hangs behind the kitchen door.\n');
  const first = await home.run(['add bicycle.txt', 'Where is the spare key of the bicycle?', 'quit'], { env: env() });
  expect(first.stdout).toContain('It is document 1');
  expect(first.stdout).toContain('behind the kitchen door');
  expect(Buffer.concat(server.received).toString()).toContain('/points/query/batch');
  expect(await points()).toBe(1);

  await server.down();
  home.write('attic.txt', 'The ladder to the attic stands in the garage.\n');
  const away = await home.run(['add attic.txt', 'Where is the ladder to the attic?', '!forget 1', 'quit'], {
    env: env(),
  });
  expect(away.code).toBe(0);
  expect(away.stdout).toContain('stands in the garage');
  expect(away.stdout).toContain('Forgotten: bicycle.txt');

  await server.up();
  expect(await points()).toBe(1);
  const after = await home.run(['Where is the spare key of the bicycle?', 'Where is the ladder?', 'quit'], {
    env: env(),
  });
  expect(after.stdout).not.toContain('behind the kitchen door');
  expect(after.stdout).toContain('stands in the garage');
  expect(await points()).toBe(1);

  const last = await home.run(['!forget 2', 'quit'], { env: env() });
  expect(last.stdout).toContain('Forgotten: attic.txt');
  expect(await points()).toBe(0);
});
