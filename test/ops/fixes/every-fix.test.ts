import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import type { HostKind } from '../../../ops/fixes/host-kind.ts';
import { judgeHost } from '../../../ops/posture/judge-host.ts';
import { HOST_CHECKS } from '../../../ops/posture/lines/index.ts';
import { ownLines } from '../../../ops/posture/own-lines.ts';
import { postureOf } from '../posture/good-host.ts';
import { ODD_HOSTS } from '../posture/odd-hosts/index.ts';
import { BARE, IN_DOCKER } from './host-kinds.ts';

// What mends a line is typed on a host: whatever it names has to be there, by what is known of that host.

const SOCKET = 'unix:///run/user/1000/podman/podman.sock';
const ENGINES: Readonly<Record<string, HostKind>> = {
  Docker: IN_DOCKER,
  'Podman of root': { ...IN_DOCKER, engine: { name: 'podman', socket: undefined } },
  'Podman of an account': {
    ...{ ...IN_DOCKER, engine: { name: 'podman', socket: SOCKET }, account: { uid: 110_000, gid: 110_000 } },
  },
  'no containers': BARE,
  'no containers, by hand': {
    ...{ ...BARE, hasServices: false, hasCertbot: false, account: { uid: 1000, gid: 1000 } },
    ...{ product: "/home/ada/kin keeper's", data: "/home/ada/kin keeper's" },
    settingsFile: "/home/ada/kin keeper's/kinkeeper.yaml",
  },
};

const KINDS = Object.entries(ENGINES).flatMap(([name, host]) =>
  [true, false].flatMap((hasHelper) =>
    [true, false].map((hasSystemd): readonly [string, HostKind] => [
      `${name}, ${hasHelper ? 'helper' : 'no helper'}, ${hasSystemd ? 'systemd' : 'no systemd'}`,
      { ...host, hasHelper, hasSystemd, hasServices: host.hasServices && hasSystemd },
    ]),
  ),
);

/** What each system that the README names brings along. */
const EVERYWHERE = new Set([
  ...['apt-get', 'cat', 'cd', 'chmod', 'chown', 'find', 'gpasswd', 'grep', 'install', 'less', 'passwd', 'pwconv'],
  ...['reboot', 'rm', 'service', 'ss', 'unset', 'usermod', 'vipw'],
]);
const UNITS_EVERYWHERE = new Set(['ssh', 'ssh.service', 'apparmor']);
const PRODUCT = fileURLToPath(new URL('../../..', import.meta.url));
/** Of the ops room: words of a command that is there (bot/commands). */
const OF_THE_ROOM = /^!(run (audit|backup|drill)|incident)$/;

/** What of a fix is not on such a host; empty where all is. */
function missing(fix: string, host: HostKind, { isDockerThere }: { readonly isDockerThere: boolean }): string[] {
  if (OF_THE_ROOM.test(fix)) return [];
  let isHelperThere = host.hasHelper;
  return fix.split(' && ').flatMap((command) => {
    const [, variable, value, rest] = /^(?:((?:CONTAINER|DOCKER)_HOST)=(\S+) )?(.*)$/s.exec(command)!;
    const words = wordsOf(rest!);
    const [program, ...args] = words;
    const faults = [
      ...programFaults(program!, host, isDockerThere),
      ...serviceFaults(words, { host, isDockerThere }),
      ...args.flatMap((path) => pathFaults(path, { host, isHelperThere })),
      ...(program!.startsWith('/') ? pathFaults(program!, { host, isHelperThere }) : []),
    ];
    const asks = program === 'docker' || program!.endsWith('/pin-images.sh');
    const socket = host.engine.name === 'podman' ? host.engine.socket : undefined;
    // Podman goes by the one, Compose by the other.
    const wanted = socket && (args[0] === 'compose' ? 'DOCKER_HOST' : 'CONTAINER_HOST');
    if (asks && (value !== socket || variable !== wanted)) faults.push(`${command}: wanted ${wanted}=${socket}`);
    if (program === `${host.product}/ops/host/install`) {
      isHelperThere = host.hasSystemd;
      if (!host.hasSystemd) faults.push('the installer wants systemd');
    }
    return faults;
  });
}

/** As the shell divides them. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/(?:'[^']*'|\\'|[^\s'])+/g)].map(([one]) =>
    one.replace(/'([^']*)'|\\'/g, (all, inner?: string) => inner ?? all.slice(1)),
  );
}

function programFaults(program: string, { engine, hasSystemd, hasCertbot }: HostKind, isDockerThere: boolean) {
  if (program.startsWith('/') || EVERYWHERE.has(program)) return [];
  const is: Readonly<Record<string, boolean>> = {
    ...{ systemctl: hasSystemd, certbot: hasCertbot, docker: engine.name !== 'none' || isDockerThere },
    // Set-up, and what runs without containers, runs by it; Tailscale's is told of where it runs alone.
    ...{ npm: true, tailscale: true },
  };
  return is[program] ? [] : [`no program ${program}`];
}

function serviceFaults(
  [program, act, ...units]: readonly string[],
  { host, isDockerThere }: { readonly host: HostKind; readonly isDockerThere: boolean },
): string[] {
  const named = program === 'systemctl' && act !== 'reboot' ? units : program === 'service' ? [act!] : [];
  const isDocker = host.engine.name === 'docker' || (host.engine.name === 'none' && isDockerThere);
  return named
    .filter((unit) => !UNITS_EVERYWHERE.has(unit) && !(isDocker && /^docker(\.service)?$/.test(unit)))
    .filter((unit) => !(host.hasServices && /^kinkeeper-(bot|ops)\.service$/.test(unit)))
    .map((unit) => `no service ${unit}`);
}

function pathFaults(path: string, { host, isHelperThere }: { host: HostKind; isHelperThere: boolean }): string[] {
  if (!path.startsWith('/')) return [];
  if (/^\/(usr\/lib\/kinkeeper-host|etc\/kinkeeper)(\/|$)/.test(path)) return isHelperThere ? [] : [`no ${path}`];
  if (path === host.product) return [];
  if (path.startsWith(`${host.product}/`) && existsSync(`${PRODUCT}${path.slice(host.product.length)}`)) return [];
  if (path === host.settingsFile || path === host.data || path.startsWith(`${host.data}/`)) return [];
  if (path === '/etc/default/ssh') return [];
  const socket =
    host.engine.name === 'podman' ? (host.engine.socket?.slice(7) ?? '/run/podman/podman.sock') : '/run/docker.sock';
  return path === socket ? [] : [`no ${path}`];
}

const OWN = ownLines({
  ...{ stateDir: '/x', control: {} as OpenState['control'], keys: {} as OpenState['keys'] },
  ...{ files: [], env: {}, isBackupExpected: true, place: undefined },
});

describe.each(KINDS)('on a host with %s', (_, host) => {
  test('each line of the checklist is mended by what is there', () => {
    const faults = [...OWN, ...HOST_CHECKS].flatMap((line) => {
      // A line about Docker is there where Docker is.
      const isDockerThere = 'ofDocker' in line && line.ofDocker;
      return missing(line.fix(host), host, { isDockerThere }).map((fault) => `${line.id}: ${fault}`);
    });
    expect(faults).toEqual([]);
  });

  // Only where there is a helper anything is told of an odd host.
  if (!host.hasHelper) return;
  test('and so is each thing that fails on an odd host', () => {
    const faults = ODD_HOSTS.flatMap(({ fails }) =>
      Object.entries(fails).flatMap(([id, hosts]) => {
        const line = HOST_CHECKS.find((one) => one.id === id)!;
        return (hosts ?? []).flatMap(([name, changed]) => {
          const { fix } = judgeHost([line], { posture: postureOf(changed) }, host)[0]!;
          return missing(fix, host, { isDockerThere: line.ofDocker }).map((fault) => `${id}, ${name}: ${fault}`);
        });
      }),
    );
    expect(faults).toEqual([]);
  });
});

test('the installer and the scripts that are named can be run', () => {
  for (const path of ['ops/host/install', 'config/deploy/pin-images.sh', 'config/deploy/tls/tls.sh'])
    expect(statSync(`${PRODUCT}${path}`).mode & 0o111, path).not.toBe(0);
});
