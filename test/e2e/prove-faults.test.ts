import { expect, test } from 'vitest';
import { testSeed } from '../bot/random.ts';
import { faultCampaign } from '../prove/fault-campaign.ts';

// Each kind of fault a few times; `npm run prove:faults` does ten times as many.
test('behind a network that breaks in nine ways, the bot loses nothing, answers nothing twice and sends nothing in the clear', async () => {
  const seed = testSeed();
  console.log(`seed ${seed}`);
  const report = await faultCampaign({ seed, scale: 0.1, nio: false, say: () => undefined });
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
  expect(report.plainSends).toBe(0);
  expect(Object.values(report.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(20);
}, 1_200_000);
