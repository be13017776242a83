import type { Finding } from '../../../core/posture.ts';
import { harden } from '../../fixes/commands.ts';
import { type FileRow, fileRows, isForOwnerOnly } from '../file-rows.ts';
import { failed, found, type HostLine, hostLine, linesOf, of, passed, type Said, Unclear, unlessAny } from '../line.ts';
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
        if (funnels !== '0')
          return { ...failed(found('vpn.funnels', { count: Number(funnels) })), fix: () => 'tailscale funnel reset' };
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
      const rows = keyFiles(said['vpn-files']);
      const files = rows.filter(({ kind }) => kind !== 'l');
      const wrong = files.filter((file) => !isForOwnerOnly(file) || file.uid !== 0);
      if (wrong.length === 0) mustBeAll(rows, said);
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

/**
 * What runs has a key. Throws `Unclear` where that is in none of the files: it lies somewhere that nobody looked at. Also for a link: what
 * others may do on the way to the file, nobody here sees.
 */
function mustBeAll(rows: readonly FileRow[], said: Said<'settings' | 'routes' | 'wireguard' | 'tailscale'>): void {
  const link = rows.find(({ kind }) => kind === 'l');
  if (link !== undefined) throw new Unclear(found('file.link', { path: link.path }));
  const has = (file: string) => rows.some(({ path }) => path.endsWith(file));
  for (const name of wireguardNames(said)) {
    const file = `/etc/wireguard/${name}.conf`;
    if (!has(file)) throw new Unclear(found('vpn.no-key', { vpn: 'WireGuard', folder: file }));
  }
  if (isTailscaleUp(said.tailscale) && !(keepsItsState(said.tailscale) && has(TAILSCALE_STATE)))
    throw new Unclear(found('vpn.no-key', { vpn: 'Tailscale', folder: TAILSCALE_STATE }));
  if (rows.length === 0) throw new Unclear(found('vpn.none', {}));
}

const TAILSCALE_STATE = '/var/lib/tailscale/tailscaled.state';

/** Whether the running tailscaled keeps its key where the helper looked for it; `state=` without a place: nobody told it of another one. */
function keepsItsState(tailscale: string): boolean {
  const places = [...tailscale.matchAll(/^state=(.*)$/gm)].map(([, place]) => place!);
  return places.length > 0 && places.every((place) => ['', '/var/lib/tailscale', TAILSCALE_STATE].includes(place));
}

function isTailscaleUp(tailscale: string): boolean {
  return /"BackendState": *"Running"/.test(tailscale);
}

/** Interfaces that WireGuard tells of, and those of its names that are up where nobody can ask it. */
function wireguardNames(said: Said<'settings' | 'routes' | 'wireguard'>): Set<string> {
  const running = interfacesUp(said.routes);
  const names = [...vpnInterfaces(said.settings)].filter((name) => !name.startsWith('tailscale') && running.has(name));
  return new Set([...wireguardIn(said.wireguard).ports, ...names]);
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
