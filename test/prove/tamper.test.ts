import { expect, test } from 'vitest';
import { tamperCampaign } from './tamper-campaign.ts';

const SEED = Date.now() % 1_000_000;

test(`what is changed in a store is named, and nothing is half-read (seed ${SEED})`, async () => {
  const { figures } = await tamperCampaign({ seed: SEED, scale: 0.02, say: () => {} });
  for (const [name, { broken, detected, unread, tries }] of Object.entries(figures)) {
    expect(broken, name).toEqual([]);
    expect(detected + unread, name).toBe(tries);
    expect(detected, name).toBeGreaterThan(0.9 * tries);
  }
}, 600_000);
