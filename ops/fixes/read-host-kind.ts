import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/config.ts';
import type { ReadFile } from '../../config/load.ts';
import { type Engine, type HostKind, USUAL } from './host-kind.ts';

/** The folder of the product's own files, as this process sees it. */
const OWN_FOLDER = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

interface Settings {
  readonly stateDir: string;
  /** undefined: the environment alone decides. */
  readonly settingsFile: string | undefined;
  /** host.spoolDir; undefined: this household has no host helper. */
  readonly spoolDir: string | undefined;
}

/** Where to look, for tests: all paths are below it. */
interface Looked {
  readonly root?: string;
  readonly folder?: string;
}

/**
 * The kind of host that this runs on, as this process sees it: a file that is not there, a service that is. In a container of our image it is
 * less: folders are where README puts them, and systemd is there, until the host helper tells (ops/posture/host-of.ts).
 */
export function readHostKind(
  { stateDir, settingsFile, spoolDir }: Settings,
  { root = '', folder = OWN_FOLDER }: Looked = {},
): HostKind {
  const has = (path: string) => existsSync(`${root}${path}`);
  const account = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  // Only our image has its bill of materials there (Dockerfile).
  if (existsSync(join(folder, 'sbom.cdx.json')))
    return {
      ...{ ...USUAL, settingsFile: undefined, hasSystemd: true, hasServices: false, hasCertbot: false },
      engine: engineAround(root),
      account: {
        uid: onHost(account.uid, `${root}/proc/self/uid_map`),
        gid: onHost(account.gid, `${root}/proc/self/gid_map`),
      },
      hasHelper: spoolDir !== undefined && isHelpersSpool(spoolDir),
    };
  return {
    engine: { name: 'none' },
    // Beside the state lies the rest of it, unless somebody put the state elsewhere.
    data: basename(stateDir) === 'state' ? dirname(resolve(stateDir)) : USUAL.data,
    product: folder,
    settingsFile: settingsFile && resolve(settingsFile),
    account,
    hasSystemd: has('/run/systemd/system'),
    hasHelper: has('/usr/lib/kinkeeper-host/kinkeeper-harden'),
    hasServices: has('/etc/systemd/system/kinkeeper-bot.service'),
    hasCertbot: ['/usr/bin/certbot', '/usr/local/bin/certbot', '/snap/bin/certbot'].some(has),
  };
}

/** The same by the settings that an entry file of ops read. */
export function hostKindOf({
  config,
  files,
}: {
  readonly config: Pick<Config, 'stateDir' | 'host'>;
  readonly files: readonly ReadFile[];
}): HostKind {
  const settingsFile = files.find(({ isSecret }) => !isSecret)?.path;
  return readHostKind({ stateDir: config.stateDir, settingsFile, spoolDir: config.host.spoolDir });
}

/** Folders that the helper makes in the spool when it runs for the first time, and nobody else (ops/host/helper/request.sh). */
function isHelpersSpool(spoolDir: string): boolean {
  return existsSync(join(spoolDir, 'answers')) || existsSync(join(spoolDir, 'posture.json'));
}

/** Docker leaves a file in each container; what else runs our image is Podman, without rights of root where root in here is somebody else. */
function engineAround(root: string): Engine {
  if (existsSync(`${root}/.dockerenv`)) return { name: 'docker' };
  const account = onHost(0, `${root}/proc/self/uid_map`);
  return { name: 'podman', socket: account === 0 ? undefined : `unix:///run/user/${account}/podman/podman.sock` };
}

/** The number that the host knows an account of this container by (user_namespaces(7)); the same one where that is not told. */
function onHost(id: number, map: string): number {
  const rows = existsSync(map) ? readFileSync(map, 'utf8').split('\n') : [];
  for (const row of rows) {
    const [inside, outside, count] = row.trim().split(/\s+/).map(Number);
    if (count !== undefined && id >= inside! && id < inside! + count) return outside! + id - inside!;
  }
  return id;
}
