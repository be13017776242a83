import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { proveSchedules } from './schedule-campaign.ts';

const seed = testSeed();

// A month in two zones; `npm run prove:schedule` lets two years pass in eight.
test(`jobs run when they should, whatever happens to clock, disk and process (seed ${seed})`, async () => {
  const zones = ['Australia/Lord_Howe', 'America/Nuuk'];
  const { wrong, sums, killPoints } = await proveSchedules({ seed, scale: 0.04, zones });
  expect(wrong).toEqual([]);
  expect(killPoints).toBeGreaterThan(20);
  for (const name of ['kills', 'stops', 'onSchedule', 'caughtUp', 'asked', 'cancelled', 'lost', 'clockJumps'])
    expect([name, sums[name]! > 0]).toEqual([name, true]);
});
