import { fileRows, isForOwnerOnly } from '../file-rows.ts';
import { failed, type HostLine, harden, hostLine, linesOf, passed, Unclear, unlessAny } from '../line.ts';
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
        if (funnels !== '0') return failed(`tailscale: ${funnels} funnels open something to everybody`);
      }
      if (up.length > 0) return passed(up.map((name) => heard(name, peers, at)).join('; '));
      if (isTailscale) return passed('tailscale: Running, no funnel');
      return failed(
        ports.length > 0
          ? `${ports.join(', ')}: no peers, not up, or not of vpn_interfaces`
          : 'neither WireGuard nor Tailscale is up',
      );
    },
  }),
  hostLine({
    id: 'vpn-keys',
    reads: ['wireguard-files'],
    fix: harden('modes'),
    judge: (said) => {
      const rows = linesOf(said['wireguard-files']).map((line) => `f|${line}`);
      const files = fileRows(rows.join('\n'));
      if (files.length === 0) throw new Unclear('no files of WireGuard');
      const wrong = files.filter((file) => !isForOwnerOnly(file) || file.uid !== 0);
      return unlessAny(
        wrong.map(({ path, mode, uid }) => `${path} ${mode} of ${uid}`),
        `${files.length} files for root only`,
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

function heard(name: string, peers: readonly Peer[], now: number): string {
  const own = peers.filter((peer) => peer.name === name);
  const last = Math.max(...own.map(({ at }) => at));
  const ago =
    last === 0
      ? 'none heard since it came up'
      : `one heard ${Math.max(0, Math.round(now / 60_000 - last / 60))} min ago`;
  return `${name}: ${own.length} peers, ${ago}`;
}
