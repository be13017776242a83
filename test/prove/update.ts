import { runProof } from './run-proof.ts';
import { updateCampaign } from './update-campaign.ts';

// `npm run prove:update -- [--seed S] [--scale N] [--json]`; the last line is one object.
await runProof((call) => updateCampaign({ ...call, say: (line) => console.log(line) }));
