import type { Finding } from '../../../core/posture.ts';
import { fileRows, isForOwnerOnly } from '../file-rows.ts';
import { failed, found, type HostLine, harden, hostLine, linesOf, of, passed, Unclear, unlessAny } from '../line.ts';
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
      const isTailscale = /"BackendState": *"Running"/.test(said.tailscale);
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
    reads: ['wireguard-files'],
    fix: harden('modes'),
    judge: (said) => {
      const rows = linesOf(said['wireguard-files']).map((line) => `f|${line}`);
      const files = fileRows(rows.join('\n'));
      if (files.length === 0) throw new Unclear(found('vpn.no-files', {}));
      const wrong = files.filter((file) => !isForOwnerOnly(file) || file.uid !== 0);
      return unlessAny(
        wrong.map(({ path, mode, uid }) => found('file.mode', { path, mode, uid })),
        found('files.for-root', { count: files.length }),
      );
    },
  }),
];

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
