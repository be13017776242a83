import type { Finding } from '../../../core/posture.ts';
import { harden } from '../../fixes/commands.ts';
import { iptablesGuard } from '../iptables-rules.ts';
import { asRead, found, type HostLine, hostLine, linesOf, of, type Said, Unclear, unlessAny } from '../line.ts';
import { type Guard, nftGuards, type PortRange } from '../nft-rules.ts';
import { addressesOf, openPorts, outsideOf, vpnInterfaces } from '../outside-of.ts';

const FIX = harden('firewall');

const FAMILIES = [
  { family: 'ip', name: 'IPv4', saved: 'iptables' },
  { family: 'ip6', name: 'IPv6', saved: 'ip6tables' },
] as const;

/** What the kernel lets in, IPv4 and IPv6 each, and what listens there. */
export const FIREWALL_LINES: readonly HostLine[] = [
  hostLine({
    id: 'firewall',
    reads: ['nft', 'routes'],
    mayLack: ['iptables', 'ip6tables'],
    fix: FIX,
    judge: (said) => {
      const all = guards(said);
      const wrong = all.flatMap(({ name, guards: met }) => (met.some(isSound) ? [] : [of(name, whatIsOpen(met))]));
      return unlessAny(
        wrong,
        ...all.map(({ name, guards: met }) =>
          of(name, found('firewall.drops', { where: met.find(isSound)?.where ?? '' })),
        ),
      );
    },
  }),
  hostLine({
    id: 'firewall-ports',
    reads: ['nft', 'routes', 'sshd', 'settings'],
    mayLack: ['iptables', 'ip6tables'],
    fix: FIX,
    judge: (said) => {
      const may = openPorts(said.sshd, said.settings);
      const wrong = guards(said).flatMap(({ name, guards: met }) => {
        const sound = met.filter(isSound).map((guard) => tooOpen(guard, may));
        if (sound.length === 0) return [of(name, whatIsOpen(met))];
        // What comes in passes all of them: the strictest counts.
        const [least] = sound.sort((one, other) => one.length - other.length);
        return least!.map((port) => of(name, asRead(port)));
      });
      return unlessAny(wrong, found('firewall.at-most', { ports: [...may].join(', ') }));
    },
  }),
  hostLine({
    id: 'listening',
    reads: ['sockets', 'routes', 'sshd', 'settings'],
    fix: () => 'ss -tulpn',
    judge: (said) => {
      const may = openPorts(said.sshd, said.settings);
      const vpn = vpnInterfaces(said.settings);
      const inside = addressesOf(said.routes, (name) => vpn.has(name) || /^(lo$|docker|br-|podman|virbr)/.test(name));
      const all = socketsIn(said.sockets);
      const wrong = all.filter(
        ({ protocol, address, port }) =>
          !isLoopback(address) && !inside.has(address) && !may.has(`${protocol} ${port}`),
      );
      return unlessAny(
        wrong.map(({ protocol, address, port, who }) =>
          asRead(`${protocol} ${address}:${port}${who === '' ? '' : ` (${who})`}`),
        ),
        found('sockets.well', { count: all.length }),
      );
    },
  }),
  hostLine({
    id: 'docker-api',
    reads: ['sockets'],
    ofDocker: true,
    // Of Podman it is known who listens, and no more.
    fix: ({ engine, hasSystemd }) =>
      engine.name === 'podman' || !hasSystemd ? 'ss -tlpn' : 'systemctl edit docker.service',
    judge: (said) => {
      const isApi = ({ port, who }: Socket) => /^(dockerd|containerd)$/.test(who) || ['2375', '2376'].includes(port);
      const open = socketsIn(said.sockets).filter((socket) => !isLoopback(socket.address) || socket.who === 'dockerd');
      return unlessAny(
        open
          .filter(isApi)
          .map(({ address, port, who }) => of(who || 'tcp', found('docker.listens', { at: `${address}:${port}` }))),
        found('docker.no-port', {}),
      );
    },
  }),
];

/** What each family meets. Throws `Unclear` where rules of iptables are there and nothing tells them. */
function guards(said: Said<'nft' | 'routes' | 'iptables' | 'ip6tables'>) {
  const outside = outsideOf(said.routes);
  return FAMILIES.map(({ family, name, saved }) => {
    const native = nftGuards(said.nft, family, outside);
    const other = iptablesGuard(said[saved], outside, saved);
    if (other === undefined && native.some(({ isOpaque, denies }) => isOpaque && denies))
      throw new Unclear(found('firewall.no-tool', { tool: `${saved}-save` }));
    return { name, guards: other === undefined ? native : [...native, other] };
  });
}

/** It refuses what it does not name, and names nothing so widely that it takes all. */
function isSound({ denies, accepts, isOpaque }: Guard): boolean {
  return denies && !isOpaque && !accepts.some(({ ports, isInside }) => ports === undefined && !isInside);
}

function whatIsOpen(met: readonly Guard[]): Finding {
  const denying = met.filter(({ denies, isOpaque }) => denies && !isOpaque);
  if (denying.length === 0) return found('firewall.refuses-nothing', {});
  const wide = denying.flatMap(({ accepts }) =>
    accepts.filter(({ ports, isInside }) => ports === undefined && !isInside),
  );
  return found('firewall.lets-in', { rule: wide[0]?.text ?? '' });
}

function tooOpen({ accepts }: Guard, may: ReadonlySet<string>): string[] {
  return accepts
    .filter(({ isInside }) => !isInside)
    .flatMap(({ ports }) => ports ?? [])
    .filter((range) => !isAllowed(range, may))
    .map(({ protocol, first, last }) => `${protocol} ${first === last ? first : `${first}-${last}`}`);
}

function isAllowed({ protocol, first, last }: PortRange, may: ReadonlySet<string>): boolean {
  if (last - first > may.size) return false;
  const protocols = protocol === 'any' ? ['tcp', 'udp'] : [protocol];
  for (let port = first; port <= last; port += 1)
    if (!protocols.every((one) => may.has(`${one} ${port}`))) return false;
  return true;
}

interface Socket {
  readonly protocol: string;
  readonly address: string;
  readonly port: string;
  readonly who: string;
}

/** Lines of `ss -H -tulnp`. Throws `Unclear` for one that is none. */
function socketsIn(text: string): Socket[] {
  const sockets = linesOf(text).map((line) => {
    const [protocol, , , , local, ...rest] = line.trim().split(/\s+/);
    const [, address, port] = /^(.*):(\d+)$/.exec(local ?? '') ?? [];
    if (port === undefined || (protocol !== 'tcp' && protocol !== 'udp')) throw new Unclear(`ss: ${line}`);
    const who = /\(\("([^"]*)"/.exec(rest.join(' '))?.[1] ?? '';
    return { protocol, address: address!.replace(/^\[|\](?=$|%)/g, '').replace(/%.*$/, ''), port, who };
  });
  if (sockets.length === 0) throw new Unclear(found('sockets.none', {}));
  return sockets;
}

function isLoopback(address: string): boolean {
  return /^127\./.test(address) || address === '::1' || /^::ffff:127\./i.test(address);
}
