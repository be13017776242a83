import type { CheckId } from '../../../core/posture.ts';
import { cryptsBelow, placeOf } from '../block-tree.ts';
import { type Container, containersIn, published } from '../containers.ts';
import { type HostLine, harden, hostLine, type Said, Unclear, unlessAny } from '../line.ts';
import { isSpool, mountSources, whyOutOfPlace } from '../mount-sources.ts';

const IN = '/opt/kinkeeper';
const FIX = `cd ${IN} && docker compose up -d --force-recreate`;
/** Some images are known by their version alone until they are fetched. */
const PIN = `${IN}/config/deploy/pin-images.sh ${IN} && cd ${IN} && docker compose up -d`;

/** Rights that a container may keep: what servers do before they become somebody else. */
const MAY_ADD = new Set(['CHOWN', 'SETGID', 'SETUID', 'NET_BIND_SERVICE', 'FOWNER']);

/** What each container of the host may do, as Docker has it now: what the compose file says is another matter. */
export const CONTAINER_LINES: readonly HostLine[] = [
  each('container-privileges', 'no container has more rights than it needs', ({ privileged, capDrop, capAdd }) => [
    ...(privileged ? ['privileged'] : []),
    ...((capDrop ?? []).map(plainRight).includes('ALL') ? [] : ['keeps the rights of Docker (no cap_drop: ALL)']),
    ...(capAdd ?? [])
      .map(plainRight)
      .filter((right) => !MAY_ADD.has(right))
      .map((right) => `has ${right}`),
  ]),
  each('container-root-fs', 'no container can change its own programs', ({ readOnly }) =>
    readOnly ? [] : ['its root is writable'],
  ),
  each('container-new-privileges', 'no container can gain rights', ({ security }) =>
    isKeptDown(security) ? [] : ['may gain rights'],
  ),
  each('container-limits', 'memory and processes of each container are limited', ({ memory, pids }) => [
    ...(memory > 0 ? [] : ['no limit of memory']),
    ...(pids !== null && pids > 0 ? [] : ['no limit of processes']),
  ]),
  each('container-namespaces', 'no container shares processes, network or devices with the host', (one) => [
    ...(['network', 'pid', 'ipc', 'uts', 'userns'] as const).flatMap((name) => {
      if (one[name] === 'host') return [`${name} of the host`];
      return one[name].startsWith('container:') ? [`${name} of another container`] : [];
    }),
    ...((one.devices ?? []).length > 0 ? ['devices of the host'] : []),
  ]),
  hostLine({
    id: 'container-mounts',
    reads: ['containers', 'volumes', 'mount-sources', 'settings'],
    ofDocker: true,
    fix: FIX,
    judge: (said) => {
      const sources = mountSources(said);
      const wrong = some(said.containers).flatMap(({ name, mounts }) =>
        mounts.flatMap((mount) => {
          const why = whyOutOfPlace(mount, sources);
          return [
            ...(why === undefined ? [] : [`${name}: ${why}`]),
            ...(/shared/.test(mount.propagation) ? [`${name}: shares mounts below ${mount.source}`] : []),
          ];
        }),
      );
      return unlessAny(wrong, 'containers reach the folders of the household, and nothing else of the host');
    },
  }),
  each('container-users', 'no container runs as root, but for one that can only become somebody else', (one) =>
    isRoot(one) && !canOnlyStepDown(one) ? [`runs as ${one.user === '' ? 'root' : one.user}`] : [],
  ),
  each('container-health', 'each container runs, is well, and comes back by itself', (one) => {
    const { service, running, health, restart } = one;
    // It fetches models once, when it is asked to.
    if (service === 'fetch-models' && !running) return [];
    return [
      ...(restart === 'no' || restart === '' ? ['does not come back by itself'] : []),
      ...(running ? [] : ['does not run']),
      ...(running && health !== 'healthy' && health !== 'starting' ? [health ?? 'nobody asks whether it is well'] : []),
    ];
  }),
  {
    ...each('container-images', 'each image is named by its digest', ({ image }) =>
      /@?sha256:[0-9a-f]{64}$/.test(image) || isBuiltHere(image) ? [] : [image],
    ),
    fix: PIN,
  },
  each('container-networks', 'no container is in the network that all share', ({ network }) =>
    ['default', 'bridge', ''].includes(network) ? [`in the network ${network || 'default'}`] : [],
  ),
  each('container-logs', 'the log of each container is limited', ({ log, logSize }) =>
    log === 'journald' || log === 'none' || log === 'local' || logSize !== '' ? [] : [`${log} without max-size`],
  ),
  hostLine({
    id: 'docker-ports',
    reads: ['containers', 'docker'],
    ofDocker: true,
    fix: FIX,
    judge: (said) => {
      const containers = some(said.containers);
      const major = Number(/"version":"(\d+)\./.exec(said.docker)?.[1]);
      if (Number.isNaN(major)) throw new Unclear('docker info: version');
      const wrong = containers.flatMap((one) =>
        published(one)
          .filter((port) => !isWeb(one, port) && !(isLoopback(port.ip) && major >= LOOPBACK_IS_KEPT))
          .map(({ ip, port, protocol }) => `${one.name}: ${ip || '0.0.0.0'}:${port}/${protocol}`),
      );
      return unlessAny([...new Set(wrong)], 'only nginx is published, at 80 and 443');
    },
  }),
  hostLine({
    id: 'container-data',
    reads: ['containers', 'volumes', 'mount-sources', 'settings', 'mounts', 'blocks'],
    ofDocker: true,
    fix: harden('luks'),
    judge: (said) => {
      const sources = mountSources(said);
      const wrong = some(said.containers).flatMap(({ name, mounts }) =>
        mounts
          .filter(({ type, rw, source }) => type !== 'tmpfs' && rw && !isSpool(source))
          .map((mount) => sources.of(mount).real)
          .filter((source) => cryptsBelow(placeOf(source, said.mounts).source, said.blocks).length === 0)
          .map((source) => `${name}: ${source}`),
      );
      return unlessAny(wrong, 'what containers write lies on an encrypted volume');
    },
  }),
  hostLine({
    id: 'container-secrets',
    reads: ['container-secrets'],
    ofDocker: true,
    fix: FIX,
    judge: (said) => {
      const rows = said['container-secrets'].split('\n').filter((line) => line !== '');
      if (rows.length === 0) throw new Unclear('no containers');
      const wrong = rows.flatMap((row) => {
        const [, name, count] = /^\/?(\S+) (\d+)$/.exec(row) ?? [];
        if (count === undefined) throw new Unclear('container-secrets');
        return count === '0' ? [] : [`${name}: ${count} variables that look like secrets`];
      });
      return unlessAny(wrong, 'no environment of a container holds what looks like a secret');
    },
  }),
];

/** From this version of Docker on a port at 127.0.0.1 is not reached by neighbours of the host. */
const LOOPBACK_IS_KEPT = 28;

/** A line that looks at each container by itself. */
function each(id: CheckId, good: string, wrongWith: (one: Container) => string[]): HostLine {
  return hostLine({
    id,
    reads: ['containers'],
    ofDocker: true,
    fix: FIX,
    judge: (said: Said<'containers'>) =>
      unlessAny(
        some(said.containers).flatMap((one) => wrongWith(one).map((wrong) => `${one.name}: ${wrong}`)),
        good,
      ),
  });
}

/** A host on which nothing runs says nothing of how it runs. */
function some(text: string): Container[] {
  const containers = containersIn(text);
  if (containers.length === 0) throw new Unclear('no containers');
  return containers;
}

function isRoot({ user }: Container): boolean {
  return /^(|root|0+)(:.*)?$/.test(user);
}

/** Root without any right but to become another account, as nginx does for its workers. */
function canOnlyStepDown({ capAdd, capDrop, security, readOnly, privileged }: Container): boolean {
  const hasLess = (capDrop ?? []).map(plainRight).includes('ALL') && isKeptDown(security) && readOnly && !privileged;
  return (
    hasLess && (capAdd ?? []).map(plainRight).every((right) => ['SETUID', 'SETGID', 'NET_BIND_SERVICE'].includes(right))
  );
}

function isKeptDown(security: readonly string[] | null): boolean {
  return (security ?? []).some((one) => /^no-new-privileges(:true|=true)?$/.test(one));
}

/** `kinkeeper:local`, which the compose file builds: it comes from nowhere, and has no digest of a registry. */
function isBuiltHere(image: string): boolean {
  return image === 'kinkeeper:local';
}

function plainRight(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '');
}

function isWeb({ service }: Container, { port, protocol }: { port: string; protocol: string }): boolean {
  return service === 'nginx' && (['80/tcp', '443/tcp', '443/udp'] as string[]).includes(`${port}/${protocol}`);
}

function isLoopback(ip: string): boolean {
  return /^127\./.test(ip) || ip === '::1';
}
