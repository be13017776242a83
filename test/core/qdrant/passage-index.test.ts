import { afterAll, beforeAll } from 'vitest';
import { startQdrant, type TestQdrant } from '../../lab/qdrant/start-qdrant.ts';
import { describePassageIndex } from '../passage-index.contract.ts';
import { qdrantIndex } from './qdrant-bench.ts';

let server: TestQdrant;

beforeAll(async () => {
  server = await startQdrant();
  console.info(`tested against a ${server.kind} Qdrant`);
});
afterAll(() => server[Symbol.asyncDispose]());

describePassageIndex('passages in Qdrant', async (state) => qdrantIndex(state, server));
