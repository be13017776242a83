import type { HostLine } from '../line.ts';
import { AUDIT_LINES } from './auditd.ts';
import { CONTAINER_LINES } from './containers.ts';
import { DOCKER_LINES } from './docker.ts';
import { ENCRYPTION_LINES } from './encryption.ts';
import { FAIL2BAN_LINES } from './fail2ban.ts';
import { FILE_LINES } from './files.ts';
import { FIREWALL_LINES } from './firewall.ts';
import { HOST_LINES } from './host.ts';
import { SSH_LINES } from './ssh.ts';
import { UPDATE_LINES } from './updates.ts';
import { VPN_LINES } from './vpn.ts';

/** Every line that is read from the host. Those that ops reads by itself stand in ops/posture/own-lines.ts. */
export const HOST_CHECKS: readonly HostLine[] = [
  ...[...SSH_LINES, ...FIREWALL_LINES, ...VPN_LINES, ...FAIL2BAN_LINES, ...UPDATE_LINES, ...ENCRYPTION_LINES],
  ...[...FILE_LINES, ...HOST_LINES, ...AUDIT_LINES, ...DOCKER_LINES, ...CONTAINER_LINES],
];
