import type { PodmanFacts } from '../podman-facts.ts';
import { ACCOUNTS } from './compose-secrets.ts';
import type { PlannedFile } from './plan.ts';

const HEAD = '# Written by `kinkeeper setup`.';
/** The door listens at the VPN's address, and an engine does not try again where there is none yet when the machine starts. */
const AFTER_VPN = '[Unit]\nAfter=wg-quick@wg0.service\n';
/** Podman has nobody who starts containers with the machine but this unit, which leaves out those of `restart: unless-stopped`. */
const PODMAN_RESTART = [
  '[Service]',
  'ExecStart=/usr/bin/podman start --all --filter restart-policy=unless-stopped',
  'ExecStop=/usr/bin/podman stop --all --filter restart-policy=unless-stopped',
  '',
].join('\n');

/** What the unit of the engine that starts containers with the machine has to know besides. */
export function engineUnit(podman: PodmanFacts | null | undefined): PlannedFile {
  const file = (path: string, content: string): PlannedFile => {
    const at = `/etc/systemd/${path}.service.d/kinkeeper-vpn.conf`;
    return { path: at, mode: 0o644, owner: ACCOUNTS.root, isRead: false, content: `${HEAD}\n${content}` };
  };
  if (!podman) return file('system/docker', AFTER_VPN);
  if (podman.account) return file('user/podman-restart', PODMAN_RESTART);
  return file('system/podman-restart', AFTER_VPN + PODMAN_RESTART);
}
