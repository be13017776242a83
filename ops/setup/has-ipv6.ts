import { existsSync, readFileSync } from 'node:fs';

/**
 * Whether this machine has an address of IPv6 at all. Without one, even that of its loopback, nothing can be published there. `table`: addresses of
 * the kernel, one a line (proc(5)); not there where the kernel was built or started without IPv6.
 */
export function hasIpv6(table = '/proc/net/if_inet6'): boolean {
  return existsSync(table) && readFileSync(table, 'utf8').trim() !== '';
}
