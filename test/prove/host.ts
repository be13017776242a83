import { hostCampaign } from './host/campaign.ts';
import { runProof } from './run-proof.ts';

// `npm run prove:host -- [--seed S] [--scale N] [--json] [--only NAME]`: each measure of kinkeeper-harden in a whole machine that is thrown away:
// planned, applied, verified, looked at from outside, broken, undone. The last line is one object.
await runProof(hostCampaign, 'only');
