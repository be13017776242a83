import { canaryCampaign } from './canaries/canary-campaign.ts';
import { runProof } from './run-proof.ts';

// `npm run prove:canaries -- [--seed S] [--scale N] [--json]`: a life in which every private word is a canary, looked for
// wherever anybody but its owner could see it. The last line is one object; exit code 0 when none was found.
await runProof(async ({ seed, scale }) => {
  const { ok, figures } = await canaryCampaign({ seed, scale, say: (line) => console.error(line) });
  return { ok, figures: { seed, scale, ...figures } };
});
