import { expect, test } from 'vitest';
import { killStepsCampaign } from './kill-steps-campaign.ts';

const SEED = Date.now() % 1_000_000;

test(`a change that is killed at any of its steps is undone or done (seed ${SEED})`, async () => {
  const { figures } = await killStepsCampaign({ seed: SEED, scale: 0.05, say: () => {} });
  for (const [name, { broken, kills, old, new: done, steps }] of Object.entries(figures)) {
    expect(broken, name).toEqual([]);
    expect(kills, name).toBeGreaterThanOrEqual(steps);
    expect(Math.min(old, done), `${name} was killed before and after its moment`).toBeGreaterThan(0);
  }
}, 600_000);
