import { z } from 'zod';
import { found, jsonOf, linesOf, must, Unclear, valuesOf } from './line.ts';

const address = z.object({ local: z.string().optional() });
const routes = z.object({
  four: z.array(z.object({ dev: z.string().optional() })),
  six: z.array(z.object({ dev: z.string().optional() })),
  own: z.array(
    z.object({
      ifname: z.string().optional(),
      flags: z.array(z.string()).optional(),
      addr_info: z.array(address).optional(),
    }),
  ),
});

/** Interfaces that lead to the outside: those of the default routes. Throws `Unclear` where there is none. */
export function outsideOf(text: string): Set<string> {
  const { four, six } = jsonOf(text, routes, 'routes');
  const names = new Set([...four, ...six].flatMap(({ dev }) => dev ?? []));
  if (names.size === 0) throw new Unclear(found('firewall.no-way-out', {}));
  return names;
}

/** Addresses of the interfaces that a predicate takes. */
export function addressesOf(text: string, takes: (interfaceName: string) => boolean): Set<string> {
  const { own } = jsonOf(text, routes, 'routes');
  return new Set(
    own.flatMap(({ ifname, addr_info }) =>
      ifname !== undefined && takes(ifname) ? (addr_info ?? []).flatMap(({ local }) => local ?? []) : [],
    ),
  );
}

/** Names of the interfaces that are up. */
export function interfacesUp(text: string): Set<string> {
  const { own } = jsonOf(text, routes, 'routes');
  return new Set(own.flatMap(({ ifname, flags }) => (ifname !== undefined && flags?.includes('UP') ? [ifname] : [])));
}

/** Ports that may be open to everybody: SSH where sshd has it, the web, the VPN, and answers to the host's own DHCP. */
export function openPorts(sshd: string, settings: string): ReadonlySet<string> {
  const ssh = linesOf(sshd).flatMap((line) => /^port (\d+)$/.exec(line)?.[1] ?? []);
  if (ssh.length === 0) throw new Unclear('sshd -T: port');
  const vpn = must(valuesOf(settings).get('vpn_ports'), 'vpn_ports')
    .split(' ')
    .filter((port) => port !== '');
  return new Set([
    ...[...ssh, '80', '443'].map((port) => `tcp ${port}`),
    ...['68', '546', '443', ...vpn].map((port) => `udp ${port}`),
  ]);
}

/** Names of the interfaces of the VPN, as the settings of the host helper have them. */
export function vpnInterfaces(settings: string): ReadonlySet<string> {
  return new Set(
    must(valuesOf(settings).get('vpn_interfaces'), 'vpn_interfaces')
      .split(' ')
      .filter((name) => name !== ''),
  );
}
