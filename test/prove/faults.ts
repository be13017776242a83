import { faultCampaign } from './fault-campaign.ts';
import { runCampaign } from './run-campaign.ts';

// `npm run prove:faults -- [--seed S] [--scale N] [--json]`
await runCampaign(faultCampaign);
