import type { HostKind } from './host-kind.ts';

/** Folders of the data as ops has them in its container: the service `ops` of docker-compose.yml, which a test compares. */
export const OF_CONTAINER: readonly (readonly [string, string])[] = [
  ['/config', 'config'],
  ['/data/state', 'state'],
  ['/data/models', 'models'],
  ['/data/backups', 'backups'],
  ['/run/secrets', 'secrets/kinkeeper'],
  ['/run/secrets-bot', 'secrets/bot-login'],
  ['/run/secrets-ops', 'secrets/ops'],
];

/** A path of this process as the host has it, for what is typed there; the same one without containers, and for what is none of the data. */
export function pathOnHost({ engine, data }: Pick<HostKind, 'engine' | 'data'>, path: string): string {
  if (engine.name === 'none') return path;
  const mount = OF_CONTAINER.find(([inside]) => path === inside || path.startsWith(`${inside}/`));
  return mount === undefined ? path : `${data}/${mount[1]}${path.slice(mount[0].length)}`;
}
