import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { hostileCampaign } from './hostile-campaign.ts';

// Ten traps and twenty spoilt files, others each time; `npm run prove:hostile` takes all traps and 2,000.
test('thirty hostile files cost at most their own process: nothing is reached, written, crashed or left unanswered', async () => {
  const seed = testSeed();
  console.log(`seed ${seed}`);
  const { ok, figures, folder } = await hostileCampaign({ seed, scale: 0.01, say: () => {} });
  console.log(JSON.stringify(figures));
  expect(figures, `seed ${seed}, ${folder}`).toMatchObject({
    files: { traps: 10, spoilt: 20 },
    crashes: 0,
    unsound: [],
    late: [],
    network: { attempts: 0 },
    writing: { attempts: 0, files: [] },
    memory: { flat: true },
  });
  expect(ok).toBe(true);
  expect(Object.values(figures.outcomes).reduce((sum, count) => sum + count, 0)).toBe(30);
}, 1_200_000);
