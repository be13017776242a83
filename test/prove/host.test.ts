import { describe, expect, test } from 'vitest';
import { whyNoMachine } from '../lab/vm/image.ts';
import { hostCampaign } from './host/campaign.ts';

const why = whyNoMachine('bookworm');
if (why !== undefined) console.log(`Left out: no machine can be started: ${why}.`);

/** A machine without hardware of its own to help it takes minutes to start where others work, too. */
const PATIENCE = 30 * 60_000;

// The way in, as the one measure that can lock its owner out; `npm run prove:host` has all of them.
describe.runIf(why === undefined)('in a whole machine', () => {
  test(
    'SSH is hardened, looked at from outside, broken and put back',
    async () => {
      const { wrong, ok } = await hostCampaign({ seed: 1, scale: 1, json: false, only: 'ssh' });
      expect(wrong).toEqual([]);
      expect(ok).toBe(true);
    },
    PATIENCE,
  );
});
