import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { apiCampaign } from './api-campaign.ts';

const seed = testSeed();

// `npm run prove:api` sends 10,000.
test(`no request breaks the API, gets what is not described, or a word of somebody else, in 400 (seed ${seed})`, async () => {
  const said: string[] = [];
  const isLeftOut = (line: string) => line.startsWith('Left out');
  const figures = await apiCampaign({ seed, cases: 400, say: (line) => said.push(line) });
  for (const line of said.filter(isLeftOut)) console.log(line);
  expect(said.filter((line) => !isLeftOut(line))).toEqual([]);
  expect(figures).toMatchObject({ cases: 400, serverErrors: 0, undescribed: 0, foreignWords: 0, wordsInLog: 0 });
  if (figures.schemathesis) {
    expect(figures.schemathesis).toMatchObject({ serverErrors: 0, foreignWords: 0, failed: false });
  }
  expect(figures.ownWords).toBeGreaterThan(0);
  expect(figures.guesses).toMatchObject({ opened: 0, alerts: 1, ownRefused: 0, keysInLog: 0 });
  expect(figures.guesses.slowed).toBeGreaterThan(figures.guesses.tried);
}, 600_000);
