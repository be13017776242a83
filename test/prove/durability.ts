import { killCampaign } from './kill-campaign.ts';
import { runCampaign } from './run-campaign.ts';

// `npm run prove:durability -- [--seed S] [--scale N] [--json]`
await runCampaign(killCampaign);
