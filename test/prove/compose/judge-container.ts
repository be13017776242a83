import type { Promised } from '../../deploy/promises.ts';
import type { Container } from './compose-household.ts';

/** What of a running container is not as docker-compose.yml promises it. Empty when all is. */
export function judgeContainer(name: string, promised: Promised, container: Container): string[] {
  const { HostConfig: host, Config, Mounts, NetworkSettings } = container;
  const facts: Readonly<Record<string, readonly [unknown, unknown]>> = {
    user: [Config.User, promised.user],
    'dropped rights': [host.CapDrop, ['ALL']],
    'added rights': [
      [...((host.CapAdd as string[] | null) ?? [])].map((one) => one.replace(/^CAP_/, '')).sort(),
      [...promised.caps].sort(),
    ],
    privileged: [host.Privileged, false],
    'read-only root': [host.ReadonlyRootfs, true],
    'security options': [host.SecurityOpt, ['no-new-privileges:true']],
    'process space': [host.PidMode, ''],
    'ipc space': [host.IpcMode, 'private'],
    'host names': [host.UTSMode, ''],
    devices: [((host.Devices as unknown[] | null) ?? []).length, 0],
    restart: [(host.RestartPolicy as { Name: string }).Name, 'unless-stopped'],
    'limit of memory': [(host.Memory as number) > 0, true],
    'limit of processes': [(host.PidsLimit as number) > 0, true],
    'limit of logs': [
      (host.LogConfig as { Config: Record<string, string> }).Config,
      { 'max-file': '5', 'max-size': '10m' },
    ],
    networks: [Object.keys(NetworkSettings.Networks).sort(), promised.networks.map((one) => `kinkeeper_${one}`).sort()],
    'what it may change': [
      Mounts.filter((one) => one.RW)
        .map((one) => one.Destination)
        .sort(),
      [...promised.writes].sort(),
    ],
    'kinds of mounts': [Mounts.filter((one) => one.Type !== 'bind').map((one) => one.Destination), []],
    'sockets of the engine': [Mounts.filter((one) => /docker\.sock/.test(one.Source)).length, 0],
    'secrets in its environment': [
      Config.Env.filter((one) => /(password|secret|token|passphrase)[^=]*=(?!\/run\/)/i.test(one)),
      [],
    ],
    published: [published(container), name === 'nginx' ? ['443', '443', '80', '80'] : []],
  };
  return Object.entries(facts).flatMap(([what, [found, wanted]]) => {
    const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
    return one === other ? [] : [`${name}: ${what} is ${one}, not ${other}`];
  });
}

function published({ NetworkSettings }: Container): string[] {
  return Object.values(NetworkSettings.Ports)
    .flatMap((ports) => (ports ?? []).map((one) => one.HostPort))
    .sort();
}
