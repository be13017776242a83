import { type FileRow, fileRows, isForOwnerOnly } from '../file-rows.ts';
import { failed, type HostLine, harden, hostLine, linesOf, passed, type Said, Unclear, unlessAny } from '../line.ts';
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
    reads: ['vpn-files', 'settings', 'routes'],
    mayLack: ['wireguard', 'tailscale'],
    fix: harden('modes'),
    judge: (said) => {
      const files = keyFiles(said['vpn-files']);
      const wrong = files.filter((file) => !isForOwnerOnly(file) || file.uid !== 0);
      if (wrong.length === 0) mustBeAll(files, said);
      return unlessAny(
        wrong.map(({ path, mode, uid }) => `${path} ${mode} of ${uid}`),
        `for root only: ${files.map(({ path }) => path).join(', ')}`,
      );
    },
  }),
];

/** Where keys of a VPN lie. Throws `Unclear` where not all was told. */
function keyFiles(text: string): FileRow[] {
  const lines = linesOf(text);
  if (lines.pop() !== 'end') throw new Unclear('files of the VPN');
  return fileRows(lines.join('\n'));
}

/** What runs has a key. Throws `Unclear` where that is in none of the files: it lies somewhere that nobody looked at. */
function mustBeAll(files: readonly FileRow[], said: Said<'settings' | 'routes' | 'wireguard' | 'tailscale'>): void {
  const has = (folder: string) => files.some(({ path }) => path.includes(folder));
  if (isWireguardUp(said) && !has('/etc/wireguard/')) throw new Unclear('no key of WireGuard in /etc/wireguard');
  if (isTailscaleUp(said.tailscale) && !has('/var/lib/tailscale/'))
    throw new Unclear('no key of Tailscale in /var/lib/tailscale');
  if (files.length === 0) throw new Unclear('no VPN');
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

function heard(name: string, peers: readonly Peer[], now: number): string {
  const own = peers.filter((peer) => peer.name === name);
  const last = Math.max(...own.map(({ at }) => at));
  const ago =
    last === 0
      ? 'none heard since it came up'
      : `one heard ${Math.max(0, Math.round(now / 60_000 - last / 60))} min ago`;
  return `${name}: ${own.length} peers, ${ago}`;
}
