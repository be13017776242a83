import { runProof } from './run-proof.ts';
import { tamperCampaign } from './tamper-campaign.ts';

// `npm run prove:tamper -- [--seed S] [--scale N] [--json] [--only NAME]`; the last line is one object.
await runProof((call) => tamperCampaign({ ...call, say: (line) => console.log(line) }), 'only');
