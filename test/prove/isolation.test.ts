import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { qdrantIndex } from '../core/qdrant/qdrant-bench.ts';
import { startQdrant } from '../lab/qdrant/start-qdrant.ts';
import { isolationCampaign } from './isolation-campaign.ts';

const seed = testSeed();

// Every kind of operation; `npm run prove:isolation` does 100,000 of them.
test(`nobody reads a word of others in 1,200 operations (seed ${seed})`, async () => {
  const said: string[] = [];
  const figures = await isolationCampaign({ seed, operations: 1200, say: (line) => said.push(line) });
  expect(said).toEqual([]);
  expect(figures).toMatchObject({ foreignWords: 0, faults: 0 });
  // The look at answers sees something at all.
  expect(Math.min(figures.ownWords, figures.lentWords, figures.shares, figures.newKeys)).toBeGreaterThan(0);
  expect(figures.mostTenants).toBeGreaterThanOrEqual(8);
});

test(`nor with passages in Qdrant (seed ${seed})`, async () => {
  await using server = await startQdrant();
  const said: string[] = [];
  const indexed = (state: Parameters<typeof qdrantIndex>[0]) => qdrantIndex(state, server, { model: undefined });
  const figures = await isolationCampaign({ seed, operations: 250, say: (line) => said.push(line), indexed });
  expect(said).toEqual([]);
  expect(figures).toMatchObject({ foreignWords: 0, faults: 0 });
});
