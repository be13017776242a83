import { expect, test } from 'vitest';
import { SCENARIO_NAMES } from './kill-steps/index.ts';
import { killStepsCampaign } from './kill-steps-campaign.ts';

const SEED = Date.now() % 1_000_000;

// A few kills of each; `npm run prove:kill-steps` kills at every step and 200 times at random.
test(`a change that is killed on its way is undone or done (seed ${SEED})`, async () => {
  const { figures } = await killStepsCampaign({ seed: SEED, scale: 0.005, say: () => {} });
  expect(Object.keys(figures).sort()).toEqual([...SCENARIO_NAMES].sort());
  for (const [name, { broken, kills }] of Object.entries(figures)) {
    expect(broken, name).toEqual([]);
    expect(kills, name).toBeGreaterThan(2);
  }
}, 600_000);
