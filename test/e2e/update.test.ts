import { expect, test } from 'vitest';
import { realUpdates } from '../prove/update-campaign.ts';

const SEED = Date.now() % 1_000_000;

// One bad version and a good one, released, signed and fetched; `npm run prove:update` tries every kind, and kills on the way.
test(`a household is updated by an admin’s request, and gets its old version back from a bad one (seed ${SEED})`, async () => {
  const { figures, broken } = await realUpdates({ seed: SEED, scale: 0.05, say: () => {} });
  expect(broken).toEqual([]);
  expect(figures).toEqual({ cases: 2, right: 2, kills: 0, killsRight: 0 });
}, 600_000);
