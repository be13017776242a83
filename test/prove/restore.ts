import { restoreCampaign } from './restore-campaign.ts';
import { runProof } from './run-proof.ts';

// `npm run prove:restore -- [--seed S] [--scale N] [--json] [--only households|kills]`; the last line is one object.
await runProof((call) => restoreCampaign({ ...call, say: (line) => console.log(line) }), 'only');
