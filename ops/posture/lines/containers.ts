import type { CheckId, Finding } from '../../../core/posture.ts';
import { compose, engineWord, harden, pinImages } from '../../fixes/commands.ts';
import type { Fix } from '../../fixes/host-kind.ts';
import { cryptsBelow, placeOf } from '../block-tree.ts';
import { type Container, containersIn, published } from '../containers.ts';
import { asRead, found, type HostLine, hostLine, of, type Said, Unclear, unlessAny } from '../line.ts';
import { isSpool, mountSources, whyOutOfPlace } from '../mount-sources.ts';

/**
 * Makes the containers anew as the compose file has them. Podman is not asked (decision 0027), so there nothing is known that this would mend:
 * people look for themselves. Where the product runs without containers they are somebody else's, and the folder of their compose file is told.
 */
const ANEW: Fix = (host) => {
  if (host.engine.name === 'docker') return compose(host, 'up -d --force-recreate');
  return host.engine.name === 'podman' ? `${engineWord(host)} ps -a` : WHOSE;
};
const WHOSE = `docker ps -a --format '{{.Names}} {{.Label "com.docker.compose.project.working_dir"}}'`;

/** Rights that a container may keep: what servers do before they become somebody else. */
const MAY_ADD = new Set(['CHOWN', 'SETGID', 'SETUID', 'NET_BIND_SERVICE', 'FOWNER']);

/** What each container of the host may do, as Docker has it now: what the compose file says is another matter. */
export const CONTAINER_LINES: readonly HostLine[] = [
  each('container-privileges', found('containers.privileges', {}), ({ privileged, capDrop, capAdd }) => [
    ...(privileged ? [found('container.privileged', {})] : []),
    ...((capDrop ?? []).map(plainRight).includes('ALL') ? [] : [found('container.keeps-rights', {})]),
    ...(capAdd ?? [])
      .map(plainRight)
      .filter((right) => !MAY_ADD.has(right))
      .map((right) => found('container.has-right', { right })),
  ]),
  each('container-root-fs', found('containers.root-fs', {}), ({ readOnly }) =>
    readOnly ? [] : [found('container.writable', {})],
  ),
  each('container-new-privileges', found('containers.new-privileges', {}), ({ security }) =>
    isKeptDown(security) ? [] : [found('container.may-gain', {})],
  ),
  each('container-limits', found('containers.limits', {}), ({ memory, pids }) => [
    ...(memory > 0 ? [] : [found('container.no-memory-limit', {})]),
    ...(pids !== null && pids > 0 ? [] : [found('container.no-process-limit', {})]),
  ]),
  each('container-namespaces', found('containers.namespaces', {}), (one) => [
    ...(['network', 'pid', 'ipc', 'uts', 'userns'] as const).flatMap((name) => {
      if (one[name] === 'host') return [found('container.of-host', { what: name })];
      return one[name].startsWith('container:') ? [found('container.of-another', { what: name })] : [];
    }),
    ...((one.devices ?? []).length > 0 ? [found('container.devices', {})] : []),
  ]),
  hostLine({
    id: 'container-mounts',
    reads: ['containers', 'volumes', 'mount-sources', 'settings'],
    ofDocker: true,
    fix: ANEW,
    judge: (said) => {
      const sources = mountSources(said);
      const wrong = some(said.containers).flatMap(({ name, mounts }) =>
        mounts.flatMap((mount) => {
          const why = whyOutOfPlace(mount, sources);
          return [
            ...(why === undefined ? [] : [of(name, why)]),
            ...(/shared/.test(mount.propagation)
              ? [of(name, found('container.shares-mounts', { path: mount.source }))]
              : []),
          ];
        }),
      );
      return unlessAny(wrong, found('containers.mounts', {}));
    },
  }),
  each('container-users', found('containers.users', {}), (one) =>
    isRoot(one) && !canOnlyStepDown(one)
      ? [found('container.runs-as', { user: one.user === '' ? 'root' : one.user })]
      : [],
  ),
  each('container-health', found('containers.health', {}), (one) => {
    const { service, running, health, restart } = one;
    // They do their work once, when they are asked to.
    if ((service === 'fetch-models' || service === 'restore') && !running) return [];
    return [
      ...(restart === 'no' || restart === '' ? [found('container.stays-away', {})] : []),
      ...(running ? [] : [found('container.runs-not', {})]),
      ...(running && health !== 'healthy' && health !== 'starting'
        ? [health === null ? found('container.nobody-asks', {}) : asRead(health)]
        : []),
    ];
  }),
  {
    ...each('container-images', found('containers.images', {}), ({ image }) =>
      /@?sha256:[0-9a-f]{64}$/.test(image) || isBuiltHere(image) ? [] : [asRead(image)],
    ),
    fix: (host) => (host.engine.name === 'none' ? WHOSE : pinImages(host)),
  },
  each('container-networks', found('containers.networks', {}), ({ network }) =>
    ['default', 'bridge', ''].includes(network) ? [found('container.in-network', { name: network || 'default' })] : [],
  ),
  each('container-logs', found('containers.logs', {}), ({ log, logSize }) =>
    log === 'journald' || log === 'none' || log === 'local' || logSize !== ''
      ? []
      : [found('container.log-unlimited', { driver: log })],
  ),
  hostLine({
    id: 'docker-ports',
    reads: ['containers', 'docker'],
    ofDocker: true,
    fix: ANEW,
    judge: (said) => {
      const containers = some(said.containers);
      const major = Number(/"version":"(\d+)\./.exec(said.docker)?.[1]);
      if (Number.isNaN(major)) throw new Unclear('docker info: version');
      const wrong = containers.flatMap((one) =>
        published(one)
          .filter((port) => !isWeb(one, port) && !(isLoopback(port.ip) && major >= LOOPBACK_IS_KEPT))
          .map(({ ip, port, protocol }) => `${one.name}: ${ip || '0.0.0.0'}:${port}/${protocol}`),
      );
      return unlessAny([...new Set(wrong)].map(asRead), found('containers.ports', {}));
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
          .map((path) => of(name, found('container.writes-plain', { path }))),
      );
      return unlessAny(wrong, found('containers.data', {}));
    },
  }),
  hostLine({
    id: 'container-secrets',
    reads: ['container-secrets'],
    ofDocker: true,
    fix: ANEW,
    judge: (said) => {
      const rows = said['container-secrets'].split('\n').filter((line) => line !== '');
      if (rows.length === 0) throw new Unclear(found('containers.none', {}));
      const wrong = rows.flatMap((row) => {
        const [, name, count] = /^\/?(\S+) (\d+)$/.exec(row) ?? [];
        if (count === undefined) throw new Unclear('container-secrets');
        return count === '0' ? [] : [of(name!, found('container.secrets', { count: Number(count) }))];
      });
      return unlessAny(wrong, found('containers.secrets', {}));
    },
  }),
];

/** From this version of Docker on a port at 127.0.0.1 is not reached by neighbours of the host. */
const LOOPBACK_IS_KEPT = 28;

/** A line that looks at each container by itself. */
function each(id: CheckId, good: Finding, wrongWith: (one: Container) => Finding[]): HostLine {
  return hostLine({
    id,
    reads: ['containers'],
    ofDocker: true,
    fix: ANEW,
    judge: (said: Said<'containers'>) =>
      unlessAny(
        some(said.containers).flatMap((one) => wrongWith(one).map((wrong) => of(one.name, wrong))),
        good,
      ),
  });
}

/** A host on which nothing runs says nothing of how it runs. */
function some(text: string): Container[] {
  const containers = containersIn(text);
  if (containers.length === 0) throw new Unclear(found('containers.none', {}));
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
