import { expect, test } from 'vitest';
import { restoreCampaign } from './restore-campaign.ts';

const SEED = Date.now() % 1_000_000;

// One household and some damage; `npm run prove:restore` makes 50, damages archives 1,000 times and kills at every step.
test(`what is restored is what was there at one moment, whole or not at all (seed ${SEED})`, async () => {
  const { figures } = await restoreCampaign({ seed: SEED, scale: 0.02, only: 'households', say: () => {} });
  expect(figures.wrong).toEqual([]);
  expect(figures.detected + figures.unread).toBe(figures.damages);
  expect(figures.damages).toBeGreaterThan(10);
  expect(figures.tablesHashed).toBeGreaterThan(50);
  expect(figures.turns).toBeGreaterThan(10);
});
