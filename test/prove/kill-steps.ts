import { killStepsCampaign } from './kill-steps-campaign.ts';
import { runProof } from './run-proof.ts';

// `npm run prove:kill-steps -- [--seed S] [--scale N] [--json] [--only NAME]`; the last line is one object.
await runProof((call) => killStepsCampaign({ ...call, say: (line) => console.log(line) }), 'only');
