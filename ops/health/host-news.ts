import type { Control } from '../../core/control.ts';
import { HOST_STALE_MS } from '../../core/host-stale.ts';
import type { HostFacts } from '../host/host-facts.ts';

const LOGINS = 'ssh-logins-told';
const RESTARTS = 'container-restarts-told';
const RAN = 'containers-seen-running';

/**
 * What happened on the host since the last look, told once: logins by SSH, containers that restarted by themselves; and those
 * that ran and do not run any more, for as long as they don't. At the first look there is no news: what is there is what is
 * known. A container that is there to run once and end, or was never started, never ran when it was looked at.
 */
export function tellHostNews(
  host: HostFacts | undefined,
  { facts, alerts }: Pick<Control, 'facts' | 'alerts'>,
  now: number,
): void {
  if (host === undefined || now - host.at > HOST_STALE_MS) return;
  if (host.sshLogins !== null) tellLogins(host.sshLogins, { facts, alerts });
  if (host.containers !== null) tellContainers(host.containers, { facts, alerts });
}

type Told = Pick<Control, 'facts' | 'alerts'>;

function tellLogins(logins: NonNullable<HostFacts['sshLogins']>, { facts, alerts }: Told): void {
  const nameOf = ({ at, user, from }: (typeof logins)[number]) => `${at} ${user} ${from}`;
  const before = facts.get(LOGINS);
  const known = new Set(before === undefined ? logins.map(nameOf) : (JSON.parse(before) as string[]));
  for (const login of logins) {
    if (!known.has(nameOf(login))) alerts.raise({ code: 'ssh-login', severity: 'warning', facts: { ...login } });
  }
  const seen = JSON.stringify(logins.map(nameOf));
  // Noted after it was raised: a process that ends in between tells a login twice rather than never.
  if (seen !== before) facts.set(LOGINS, seen);
}

function tellContainers(containers: NonNullable<HostFacts['containers']>, { facts, alerts }: Told): void {
  const before = facts.get(RESTARTS);
  const known = (before === undefined ? {} : JSON.parse(before)) as Record<string, number>;
  const ran = new Set(JSON.parse(facts.get(RAN) ?? '[]') as string[]);
  for (const { name, restarts, running } of containers) {
    const more = restarts - (known[name] ?? restarts);
    if (more > 0) alerts.raise({ code: 'container-restarted', severity: 'warning', facts: { name, restarts: more } });
    const key = `container-stopped ${name}`;
    if (running) alerts.clear(key);
    else if (ran.has(name)) alerts.raise({ code: 'container-stopped', severity: 'critical', key, facts: { name } });
  }
  // One that was removed or renamed is no fault of the host any more.
  const names = new Set(containers.map(({ name }) => `container-stopped ${name}`));
  for (const { code, key } of alerts.open()) if (code === 'container-stopped' && !names.has(key)) alerts.clear(key);
  const seen = JSON.stringify(Object.fromEntries(containers.map(({ name, restarts }) => [name, restarts])));
  if (seen !== before) facts.set(RESTARTS, seen);
  const run = containers.filter(({ name, running }) => running || ran.has(name)).map(({ name }) => name);
  if (run.length !== ran.size || run.some((name) => !ran.has(name))) facts.set(RAN, JSON.stringify(run));
}
