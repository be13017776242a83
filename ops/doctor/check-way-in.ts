import { compose, kinkeeper, whoListens } from '../fixes/commands.ts';
import type { HostKind } from '../fixes/host-kind.ts';
import { certificateDays } from '../health/read-certificate.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

const ANSWER_MS = 10_000;
const FEW_DAYS = 14;

/** Who can come in at the homeserver: whether strangers can make accounts, and how long its certificate holds. Nothing is made or changed. */
export async function checkWayIn(homeserver: string, now: number, telling: Telling): Promise<Finding[]> {
  const [registration, certificate] = await Promise.all([
    checkRegistration(homeserver, telling),
    checkCertificate(homeserver, now, telling),
  ]);
  return [...registration, ...certificate];
}

/** Asked for an account without a name: a closed server refuses, an open one asks for more. Nothing where it does not answer; that is told elsewhere. */
async function checkRegistration(homeserver: string, { say, host }: Telling): Promise<Finding[]> {
  const status = await ask(`${homeserver}/_matrix/client/v3/register`);
  if (status === 403 || status === 404) return [ok('registration', say('registration.closed'))];
  if (status !== 401) return [];
  const command = host.engine.name === 'none' ? '' : compose(host, 'restart synapse');
  return [fail('registration', say('registration.open', { homeserver }), say('registration.fix', { command }))];
}

async function checkCertificate(homeserver: string, now: number, { say, host }: Telling): Promise<Finding[]> {
  const days = await certificateDays(homeserver, now);
  if (days === null) return [];
  const fix = say('certificate.fix', { command: lookAtRenewal(homeserver, host) });
  if (days < 0) return [fail('certificate', say('certificate.ended'), fix)];
  const says = say('certificate.ends', { days: Math.floor(days) });
  return [days < FEW_DAYS ? warn('certificate', says, fix) : ok('certificate', says)];
}

/** Certbot tells by itself; else whoever listens there has the certificate. */
function lookAtRenewal(homeserver: string, host: HostKind): string {
  if (host.hasCertbot) return 'certbot renew --dry-run';
  if (host.engine.name !== 'none') return kinkeeper(host, 'checklist');
  return whoListens(Number(new URL(homeserver).port || 443));
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
