import { apiKeyText, newApiKeyParts } from '../../../core/api-key-text.ts';
import { ADA, ApiHouse } from '../../bot/api/api-house.ts';
import type { Random } from '../isolation/random.ts';

const ADDRESSES = 8;

/**
 * Guesses keys from a few addresses as fast as the server answers, with the limits that people have. `tried` of `sent` were
 * looked at at all; `alerts` has to be 1, `opened` 0; and a family's own scanner has to go on (`ownRefused` 0).
 */
export async function guessKeys(
  random: Random,
  cases: number,
): Promise<{
  sent: number;
  tried: number;
  slowed: number;
  opened: number;
  alerts: number;
  ownRefused: number;
  keysInLog: number;
}> {
  await using house = await new ApiHouse().open({ proxies: ['127.0.0.0/8'] });
  const own = house.key(ADA);
  const figures = { sent: 0, tried: 0, slowed: 0, opened: 0, alerts: 0, ownRefused: 0, keysInLog: 0 };
  const look = async (key: string, from: string) => {
    const response = await house.call(key, '/v1/documents', { headers: { 'x-forwarded-for': from } });
    await response.arrayBuffer();
    return response.status;
  };
  for (let i = 0; i < Math.max(300, cases / 5); i += 1) {
    if (i % 50 === 0) {
      house.clock.now += 60_000;
      if ((await look(own, '198.51.100.1')) !== 200) figures.ownRefused += 1;
    }
    const status = await look(guess(random, own), `203.0.113.${random.below(ADDRESSES)}`);
    figures.sent += 1;
    if (status === 401) figures.tried += 1;
    else if (status === 429) figures.slowed += 1;
    else figures.opened += 1;
  }
  const { alerts, audit } = house.state.control;
  figures.alerts = alerts.recent(100).filter(({ code }) => code === 'api-guessing').length;
  figures.keysInLog = /kinkeeper_/.test(JSON.stringify([house.logged, alerts.recent(100), audit.recent(1000)])) ? 1 : 0;
  return figures;
}

/** Made up, one letter beside a right one, or a right one with another's id. */
function guess(random: Random, own: string): string {
  const parts = newApiKeyParts();
  if (random.chance(0.6)) return apiKeyText(parts);
  if (random.chance(0.5)) return apiKeyText({ ...parts, id: own.slice(10, 18) });
  const at = 10 + random.below(40);
  return own.slice(0, at) + (own[at] === 'a' ? 'b' : 'a') + own.slice(at + 1);
}
