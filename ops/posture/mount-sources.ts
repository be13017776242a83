import { z } from 'zod';
import type { Finding } from '../../core/posture.ts';
import type { Container } from './containers.ts';
import { found, jsonOf, linesOf, must, type Said, Unclear, valuesOf } from './line.ts';

type Mount = Container['mounts'][number];

/** What a mount of a container leads to on the host: a volume can be a folder of it, and a folder a link. */
export interface MountSource {
  readonly named: string;
  /** Links followed. */
  readonly real: string;
  /** As `stat -c %F` says, blanks as `-`; `gone` for what is not there. */
  readonly kind: string;
  readonly isVolume: boolean;
}

/** All that mounts of containers lead to, and the folders of the household. */
export interface MountSources {
  readonly homes: readonly string[];
  readonly of: (mount: Mount) => MountSource;
}

const volume = z.object({ mountpoint: z.string(), device: z.string() });

/** Reads both probes. Throws `Unclear` for what is none, and for a mount that was not looked at. */
export function mountSources(said: Said<'volumes' | 'mount-sources' | 'settings'>): MountSources {
  const volumes = wholeLines(said.volumes, 'docker volume ls').map((line) =>
    jsonOf(line, volume, 'docker volume inspect'),
  );
  const looked = new Map(
    wholeLines(said['mount-sources'], 'mount-sources').map((line) => {
      const [kind, named, real] = line.split('\t');
      if (kind === undefined || named === undefined || !real?.startsWith('/')) throw new Unclear('mount-sources');
      return [named, { kind, real }];
    }),
  );
  const seen = (path: string) => must(looked.get(path), found('container.unseen-mount', { path }));
  const settings = valuesOf(said.settings);
  const data = must(settings.get('data_dir') || undefined, 'data_dir');
  return {
    homes: [data, settings.get('state_dir') || data, SPOOL].map((path) => seen(path).real),
    of: ({ source, type }) => {
      const device = volumes.find(({ mountpoint }) => mountpoint === source)?.device ?? '';
      const named = device === '' ? source : device;
      return { named, ...seen(named), isVolume: type === 'volume' && device === '' };
    },
  };
}

const SPOOL = '/var/lib/kinkeeper-spool';

/** The folder where ops and the host helper meet, or a part of it. */
export function isSpool(path: string): boolean {
  return isBelow(path, SPOOL);
}

/** What else of the host a container may read: the time of this place. */
const MAY_READ = /^\/(etc\/(localtime|timezone)|usr\/share\/zoneinfo(\/.*)?)$/;

/** Why a container should not have a mount; undefined where it is of the household, a volume of Docker, or in memory. */
export function whyOutOfPlace(mount: Mount, sources: MountSources): Finding | undefined {
  if (mount.type === 'tmpfs') return undefined;
  const { named, real, kind, isVolume } = sources.of(mount);
  const says = { path: named, real: named === real ? '' : real };
  if (kind === 'socket') return found('container.mounts-socket', says);
  if (isVolume || (!mount.rw && MAY_READ.test(named) && MAY_READ.test(real))) return undefined;
  // The spool can be had whole; of the data each only its own part.
  const [data] = sources.homes;
  const isOurs = real !== data && sources.homes.some((home) => isBelow(real, home));
  return isOurs ? undefined : found('container.mounts', says);
}

/** Lines of a probe that ends in `end`, so that a part of it is not taken for all. */
function wholeLines(text: string, what: string): string[] {
  const lines = linesOf(text);
  if (lines.at(-1) !== 'end') throw new Unclear(what);
  return lines.slice(0, -1);
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
