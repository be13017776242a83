import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { isolationInQdrant } from './isolation/in-qdrant.ts';
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
}, 600_000);

test(`nor with passages in Qdrant, whose server is sent no word either (seed ${seed})`, async () => {
  const said: string[] = [];
  const figures = await isolationInQdrant({ seed, operations: 300, say: (line) => said.push(line) });
  expect(said).toEqual([]);
  expect(figures).toMatchObject({ foreignWords: 0, faults: 0 });
  expect(Math.min(figures.searches, figures.ownWords)).toBeGreaterThan(0);
}, 600_000);
