import { z } from 'zod';
import { compose, engineWord, service } from '../../fixes/commands.ts';
import type { Fix, HostKind } from '../../fixes/host-kind.ts';
import { type Container, containersIn } from '../containers.ts';
import {
  asRead,
  failed,
  found,
  type HostLine,
  hostLine,
  isAccountName,
  jsonOf,
  linesOf,
  must,
  of,
  passed,
  Unclear,
  unlessAny,
} from '../line.ts';

const info = z.object({ version: z.string(), security: z.array(z.string()).nullable() });

/** The profiles of AppArmor are laid on a container when it is made. */
const confine: Fix = (host) => {
  const isDocker = host.engine.name !== 'podman';
  return [
    'apt-get install -y apparmor',
    service('restart', 'apparmor', ...(isDocker ? ['docker'] : []))(host),
    ...(host.engine.name === 'docker' ? [compose(host, 'up -d --force-recreate')] : []),
    ...(isDocker ? [] : [`${engineWord(host)} info`]),
  ].join(' && ');
};

/** Who may command Docker, and what it keeps from containers: whoever commands it is root. */
export const DOCKER_LINES: readonly HostLine[] = [
  hostLine({
    id: 'docker-group',
    reads: ['docker-group', 'passwd'],
    ofDocker: true,
    fix: () => 'gpasswd -d NAME docker',
    judge: (said) => {
      const [line] = linesOf(said['docker-group']);
      if (line === undefined) return passed(found('docker.no-group', {}));
      const [, id, members] = must(/^docker:[^:]*:(\d+):(.*)$/.exec(line) ?? undefined, 'getent group docker');
      if (!/^root:/m.test(said.passwd)) throw new Unclear(found('accounts.no-root', {}));
      const first = linesOf(said.passwd).flatMap((row) => (row.split(':')[3] === id ? [row.split(':')[0]!] : []));
      const listed = members!.split(',').filter((name) => name !== '');
      const all = [...listed, ...first];
      if (all.length === 0) return passed(found('docker.empty-group', {}));
      return { ...failed(found('docker.in-group', { names: all.join(', ') })), fix: () => leaveGroup(listed, first) };
    },
  }),
  hostLine({
    id: 'docker-socket',
    reads: ['docker-socket'],
    ofDocker: true,
    fix: closeSocket,
    judge: (said) => {
      const [, mode, user, group] = must(
        /^([0-7]+)\|(\S+)\|(\S+)$/.exec(said['docker-socket'].trim()) ?? undefined,
        'stat',
      );
      const isKept =
        (Number.parseInt(mode!, 8) & 0o007) === 0 && user === 'root' && ['root', 'docker'].includes(group!);
      const says = asRead(`/run/docker.sock ${mode} ${user}:${group}`);
      return isKept ? passed(says) : failed(says);
    },
  }),
  hostLine({
    id: 'docker-confinement',
    reads: ['docker', 'containers'],
    ofDocker: true,
    fix: confine,
    judge: (said) => {
      const { security } = jsonOf(said.docker.trim(), info, 'docker info');
      const options = must(security, 'docker info: SecurityOptions');
      const containers = containersIn(said.containers);
      if (containers.length === 0) throw new Unclear(found('containers.none', {}));
      const has = (name: string) =>
        options.some((one) => one.startsWith(`name=${name}`) && !/profile=unconfined/.test(one));
      const wrong = [
        ...(has('seccomp') ? [] : [found('docker.no-seccomp', {})]),
        ...(has('apparmor') || has('selinux') ? [] : [found('docker.no-mac', {})]),
        ...containers
          .filter((one) => isLoose(one, has('apparmor')))
          .map(({ name }) => of(name, found('docker.unconfined', {}))),
      ];
      return unlessAny(wrong, asRead(options.join(', ')));
    },
  }),
];

/** Who has it as their first group cannot leave it, but take another one. */
function leaveGroup(listed: readonly string[], first: readonly string[]): string {
  const acts = [
    ...listed.filter(isAccountName).map((name) => `gpasswd -d ${name} docker`),
    ...first.filter(isAccountName).map((name) => `usermod -g users ${name}`),
  ];
  return acts.length === 0 ? 'gpasswd -d NAME docker' : acts.join(' && ');
}

/** Through systemd's unit the socket has the group docker again after a start, which is as good where nobody is in it. */
function closeSocket({ engine }: HostKind): string {
  const path =
    engine.name === 'podman' ? (engine.socket?.slice('unix://'.length) ?? PODMAN_SOCKET) : '/run/docker.sock';
  if (engine.name === 'podman') return `chmod 600 ${path}`;
  return `chown root:root ${path} && chmod 660 ${path}`;
}

const PODMAN_SOCKET = '/run/podman/podman.sock';

/** Whether a container is kept in by less than Docker keeps each. One that never ran has no profile of AppArmor yet. */
function isLoose({ security, appArmor, running }: Container, hasAppArmor: boolean): boolean {
  const loose = /^(seccomp|apparmor|label|systempaths)[=:](unconfined|disable)/;
  const letsThrough = /^seccomp[=:].*"defaultAction"\s*:\s*"SCMP_ACT_(ALLOW|LOG|TRACE)"/s;
  if (appArmor === 'unconfined' || (hasAppArmor && running && appArmor === '')) return true;
  return (security ?? []).some((one) => loose.test(one) || letsThrough.test(one));
}
