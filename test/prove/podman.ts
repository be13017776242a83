import { noPodmanBecause } from '../lab/podman/podman-machine.ts';
import { podmanCampaign } from './podman-campaign.ts';
import { runProof } from './run-proof.ts';

// `npm run prove:podman -- [--seed S] [--scale N] [--json] [--only root|account]`; the last line is one object. Left out where Podman cannot be had.
const missing = noPodmanBecause();
if (missing !== undefined) {
  console.log(`Left out: ${missing}.`);
  process.exit(0);
}
await runProof((call) => podmanCampaign({ ...call, say: (line) => console.log(line) }), 'only');
