import { composeCampaign } from './compose-campaign.ts';
import { runProof } from './run-proof.ts';

// `npm run prove:compose -- [--seed S] [--scale N] [--only PART] [--json]`; the last line is one object.
await runProof((call) => composeCampaign({ ...call, say: (line) => console.log(line) }), 'only');
