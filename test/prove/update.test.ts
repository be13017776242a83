import { expect, test } from 'vitest';
import { BEHAVIOURS } from '../ops/host/release-host.ts';
import { helperKills } from './update-campaign.ts';

const SEED = Date.now() % 1_000_000;

// A few kills of each; `npm run prove:update` kills at every call, and updates real processes too.
test(`an update whose helper is killed ends in the old version or the new one (seed ${SEED})`, async () => {
  const figures = await helperKills({ seed: SEED, scale: 0.01, say: () => {} });
  expect(Object.keys(figures)).toEqual(Object.keys(BEHAVIOURS));
  for (const [name, { broken, kills }] of Object.entries(figures)) {
    expect(broken, name).toEqual([]);
    expect(kills, name).toBe(3);
  }
});
