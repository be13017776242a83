import { auditd } from './proofs/auditd.ts';
import { fail2ban } from './proofs/fail2ban.ts';
import { firewall } from './proofs/firewall.ts';
import { modes, swap, sysctl, time, updates } from './proofs/small.ts';
import { ssh } from './proofs/ssh.ts';
import { wireguard } from './proofs/wireguard.ts';

/** One for each measure, in the order in which they are applied. */
export const PROOFS = [ssh, firewall, fail2ban, updates, sysctl, time, modes, auditd, swap, wireguard] as const;
