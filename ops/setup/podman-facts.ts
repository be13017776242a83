import { existsSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import type { Owner } from './plan/plan.ts';

/** Podman, where it answers as `docker` (Debian's package podman-docker). */
export interface PodmanFacts {
  /** Socket that Compose and the host helper talk to it by. */
  readonly socket: string;
  readonly hasSocket: boolean;
  /** Podman without rights of root: whose it is; null: there is no such account. undefined: it is root's. */
  readonly account: PodmanAccount | null | undefined;
}

/** The account whose containers they are, and the numbers that it may give to accounts in them. */
export interface PodmanAccount extends Owner {
  readonly name: string;
  /** Numbers of the accounts 1 and up in a container; undefined: it has too few. */
  readonly below: Owner | undefined;
  /** It may run things while nobody is logged in. */
  readonly lingers: boolean;
  /** The lowest port that an account may listen at. */
  readonly lowestPort: number;
}

/** The highest number of an account in a container of docker-compose.yml is 10004; every tool gives 65536. */
const LEAST_NUMBERS = 65_536;

/** What is about Podman on this machine; null: `docker` is Docker, or not there. */
export async function readPodmanFacts(name: string | undefined): Promise<PodmanFacts | null> {
  const said = await execa('docker', ['--version'], { reject: false, stdin: 'ignore', timeout: 10_000 });
  if (said.failed || !/^podman version/m.test(said.stdout)) return null;
  const account = name === undefined ? undefined : readAccount(name);
  const folder = account ? `/run/user/${account.uid}` : '/run';
  const socket = `${folder}/podman/podman.sock`;
  return { socket, hasSocket: existsSync(socket), account };
}

function readAccount(name: string): PodmanAccount | null {
  const row = linesOf('/etc/passwd').find((line) => line.startsWith(`${name}:`));
  if (row === undefined) return null;
  const [, , uid, gid] = row.split(':');
  const [ofUsers, ofGroups] = [firstNumber('/etc/subuid', name), firstNumber('/etc/subgid', name)];
  return {
    ...{ name, uid: Number(uid), gid: Number(gid) },
    below: ofUsers === undefined || ofGroups === undefined ? undefined : { uid: ofUsers, gid: ofGroups },
    lingers: existsSync(`/var/lib/systemd/linger/${name}`),
    lowestPort: Number(linesOf('/proc/sys/net/ipv4/ip_unprivileged_port_start')[0] ?? 1024),
  };
}

/** First of the numbers in the file's line `name:first:count`; undefined: there are too few. */
function firstNumber(file: string, name: string): number | undefined {
  const row = linesOf(file).find((line) => line.startsWith(`${name}:`));
  const [, first, count] = row?.split(':').map(Number) ?? [];
  return count !== undefined && count >= LEAST_NUMBERS ? first : undefined;
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}
