import { AUDITD } from './auditd.ts';
import { CONTAINERS } from './containers.ts';
import { DOCKER } from './docker.ts';
import { FAIL2BAN } from './fail2ban.ts';
import { FILES } from './files.ts';
import { FIREWALL } from './firewall.ts';
import { NETWORK } from './network.ts';
import type { OddHosts } from './odd-host.ts';
import { SSH } from './ssh.ts';
import { SYSTEM } from './system.ts';
import { UPDATES } from './updates.ts';
import { VOLUMES } from './volumes.ts';

/** Every host that is odd, by what it is odd about. */
export const ODD_HOSTS: readonly OddHosts[] = [
  SSH,
  FIREWALL,
  NETWORK,
  FAIL2BAN,
  UPDATES,
  VOLUMES,
  FILES,
  AUDITD,
  SYSTEM,
  DOCKER,
  CONTAINERS,
];
