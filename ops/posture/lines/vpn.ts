import type { Finding } from '../../../core/posture.ts';
import { type FileRow, fileRows, isForOwnerOnly } from '../file-rows.ts';
import {
  failed,
  found,
  type HostLine,
  harden,
  hostLine,
  linesOf,
  of,
  passed,
  type Said,
  Unclear,
  unlessAny,
} from '../line.ts';
import { interfacesUp, vpnInterfaces } from '../outside-of.ts';

/** Whether there is a way in that is not open to everybody. */
export const VPN_LINES: readonly HostLine[] = [
  hostLine({
    id: 'vpn',
    reads: ['settings', 'routes'],
    mayLack: ['wireguard', 'tailscale'],
    fix: harden('wireguard'),
    judge: (said, { at }) => {
      const { ports, peers } = wireguardIn(said.wireguard);
      const names = vpnInterfaces(said.settings);
      const running = interfacesUp(said.routes);
      const up = ports.filter(
        (name) => names.has(name) && running.has(name) && peers.some((peer) => peer.name === name),
      );
      const isTailscale = isTailscaleUp(said.tailscale);
      if (isTailscale) {
        const funnels = /^funnels=(\d+)$/m.exec(said.tailscale)?.[1];
        if (funnels === undefined) throw new Unclear('tailscale funnel status');
        if (funnels !== '0') return failed(found('vpn.funnels', { count: Number(funnels) }));
      }
      if (up.length > 0) return passed(...up.map((name) => heard(name, peers, at)));
      if (isTailscale) return passed(found('vpn.tailscale', {}));
      return failed(ports.length > 0 ? found('vpn.idle', { interfaces: ports.join(', ') }) : found('vpn.none', {}));
    },
  }),
  hostLine({
    id: 'vpn-keys',
    reads: ['vpn-files', 'settings', 'routes'],
    mayLack: ['wireguard', 'tailscale'],
    fix: harden('modes'),
    judge: (said) => {
      const files = keyFiles(said['vpn-files']);
      const wrong = files.filter((file) => !isForOwnerOnly(file) || file.uid !== 0);
      if (wrong.length === 0) mustBeAll(files, said);
      return unlessAny(
        wrong.map(({ path, mode, uid }) => found('file.mode', { path, mode, uid })),
        found('files.for-root', { paths: files.map(({ path }) => path).join(', ') }),
      );
    },
  }),
];

/** Where keys of a VPN lie. Throws `Unclear` where not all was told. */
function keyFiles(text: string): FileRow[] {
  const lines = linesOf(text);
  if (lines.pop() !== 'end') throw new Unclear('vpn-files');
  return fileRows(lines.join('\n'));
}

/** What runs has a key. Throws `Unclear` where that is in none of the files: it lies somewhere that nobody looked at. */
function mustBeAll(files: readonly FileRow[], said: Said<'settings' | 'routes' | 'wireguard' | 'tailscale'>): void {
  const has = (folder: string) => files.some(({ path }) => path.includes(folder));
  if (isWireguardUp(said) && !has('/etc/wireguard/'))
    throw new Unclear(found('vpn.no-key', { vpn: 'WireGuard', folder: '/etc/wireguard' }));
  if (isTailscaleUp(said.tailscale) && !has('/var/lib/tailscale/'))
    throw new Unclear(found('vpn.no-key', { vpn: 'Tailscale', folder: '/var/lib/tailscale' }));
  if (files.length === 0) throw new Unclear(found('vpn.none', {}));
}

function isTailscaleUp(tailscale: string): boolean {
  return /"BackendState": *"Running"/.test(tailscale);
}

/** Whether WireGuard tells of an interface, or one of its name is up where nobody can ask it. */
function isWireguardUp(said: Said<'settings' | 'routes' | 'wireguard'>): boolean {
  const names = [...vpnInterfaces(said.settings)].filter((name) => !name.startsWith('tailscale'));
  const running = interfacesUp(said.routes);
  return wireguardIn(said.wireguard).ports.length > 0 || names.some((name) => running.has(name));
}

interface Peer {
  readonly name: string;
  /** Seconds since 1970; 0: not since the interface came up. */
  readonly at: number;
}

function wireguardIn(text: string): { readonly ports: string[]; readonly peers: Peer[] } {
  const rows = linesOf(text).map((line) => line.split(' '));
  const of = (kind: string) => rows.filter((row) => row[0] === kind);
  if (
    rows.some(
      ([kind, name, value]) => !['port', 'peer'].includes(kind!) || name === undefined || !/^\d+$/.test(value ?? ''),
    )
  )
    throw new Unclear('wg show');
  return {
    ports: of('port').map(([, name]) => name!),
    peers: of('peer').map(([, name, at]) => ({ name: name!, at: Number(at) })),
  };
}

function heard(name: string, peers: readonly Peer[], now: number): Finding {
  const own = peers.filter((peer) => peer.name === name);
  const last = Math.max(...own.map(({ at }) => at));
  const minutes = last === 0 ? -1 : Math.max(0, Math.round(now / 60_000 - last / 60));
  return of(name, found('vpn.peers', { count: own.length, minutes }));
}
