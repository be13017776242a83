import { HOST_STALE_MS } from '../../core/host-stale.ts';
import { DAY_MS } from '../../core/retention/age.ts';
import type { HostFacts } from '../host/host-facts.ts';
import type { Readings } from './health-readings.ts';

type HostReadings = Pick<
  Readings,
  'hostSilentSeconds' | 'clockSynchronised' | 'failedLogins' | 'bans' | 'imageDays' | 'certificateDays'
>;

const UNSEEN: HostReadings = {
  hostSilentSeconds: null,
  clockSynchronised: null,
  failedLogins: null,
  bans: null,
  imageDays: null,
  certificateDays: null,
};

/** What the host helper last saw, as readings. nulls without a helper; old facts say only that they are old. */
export function readHost(host: HostFacts | undefined, now: number): HostReadings {
  if (host === undefined) return UNSEEN;
  const hostSilentSeconds = Math.max(0, Math.round((now - host.at) / 1000));
  if (now - host.at > HOST_STALE_MS) return { ...UNSEEN, hostSilentSeconds };
  const made = (host.containers ?? []).flatMap(({ imageMadeAt }) => imageMadeAt ?? []);
  return {
    hostSilentSeconds,
    clockSynchronised: host.timeSynchronised === null ? null : Number(host.timeSynchronised),
    failedLogins: host.failedLogins,
    bans: host.bans,
    imageDays: made.length === 0 ? null : Math.max(0, (now - Math.min(...made)) / DAY_MS),
    certificateDays: host.certificateEndsAt === null ? null : (host.certificateEndsAt - now) / DAY_MS,
  };
}
