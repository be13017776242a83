import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { apiCampaign } from './api-campaign.ts';

const seed = testSeed();

// `npm run prove:api` sends 10,000.
test(`no request breaks the API, gets what is not described, or a word of somebody else, in 400 (seed ${seed})`, async () => {
  const said: string[] = [];
  const figures = await apiCampaign({ seed, cases: 400, say: (line) => said.push(line) });
  expect(said).toEqual([]);
  expect(figures).toMatchObject({ cases: 400, serverErrors: 0, undescribed: 0, foreignWords: 0, wordsInLog: 0 });
  expect(figures.ownWords).toBeGreaterThan(0);
  expect(figures.guesses).toMatchObject({ opened: 0, alerts: 1, ownRefused: 0, keysInLog: 0 });
  expect(figures.guesses.slowed).toBeGreaterThan(figures.guesses.tried);
}, 600_000);
