import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { killCampaign } from '../prove/kill-campaign.ts';
import { KILL_POINTS } from '../prove/kill-points.ts';

// Every point once and five random moments; `npm run prove:durability` kills some ninety times, with ten times the messages.
test('killed at every point and at random times, the bot loses nothing and answers nothing twice', async () => {
  const seed = testSeed();
  console.log(`seed ${seed}`);
  const report = await killCampaign({ seed, scale: 0.1, nio: false, say: () => undefined });
  expect(report.verdict, `seed ${seed}, ${report.folder}`).toMatchObject({
    lost: [],
    doubled: [],
    unfinished: [],
    filesLost: [],
    filesDoubled: [],
    unasked: 0,
    untold: [],
    plain: 0,
    undecryptable: 0,
  });
  const { messages, files } = report.verdict.sent;
  expect(messages).toBeGreaterThanOrEqual(20);
  expect(files).toBeGreaterThanOrEqual(2);
  expect(report.verdict.answers).toBe(messages + files);
  expect(KILL_POINTS.filter((point) => (report.killsAtPoint[point] ?? 0) === 0)).toEqual([]);
  expect(report.killsAtRandom).toBeGreaterThanOrEqual(5);
}, 1_200_000);
