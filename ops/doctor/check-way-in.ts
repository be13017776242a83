import { certificateDays } from '../health/read-certificate.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const ANSWER_MS = 10_000;
const FEW_DAYS = 14;

/** Who can come in at the homeserver: whether strangers can make accounts, and how long its certificate holds. Nothing is made or changed. */
export async function checkWayIn(homeserver: string, now: number): Promise<Finding[]> {
  const [registration, certificate] = await Promise.all([
    checkRegistration(homeserver),
    checkCertificate(homeserver, now),
  ]);
  return [...registration, ...certificate];
}

/** Asked for an account without a name: a closed server refuses, an open one asks for more. Nothing where it does not answer; that is told elsewhere. */
async function checkRegistration(homeserver: string): Promise<Finding[]> {
  const status = await ask(`${homeserver}/_matrix/client/v3/register`);
  if (status === 403 || status === 404) return [ok('registration', 'strangers cannot make accounts')];
  if (status !== 401) return [];
  return [
    fail(
      'registration',
      `${homeserver} lets strangers begin to make an account`,
      'Set enable_registration: false in homeserver.yaml, and restart Synapse.',
    ),
  ];
}

async function checkCertificate(homeserver: string, now: number): Promise<Finding[]> {
  const days = await certificateDays(homeserver, now);
  if (days === null) return [];
  const fix = 'Look why it is not renewed: certbot renew --dry-run, or tls.sh again for an authority of your own.';
  if (days < 0) return [fail('certificate', 'the certificate of the homeserver has ended', fix)];
  const says = `the certificate of the homeserver ends in ${Math.floor(days)} days`;
  return [days < FEW_DAYS ? warn('certificate', says, fix) : ok('certificate', says)];
}

async function ask(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
