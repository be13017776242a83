import type { Config } from '../../config/config.ts';
import type { OpenState } from '../../core/control.ts';
import { serverOf } from '../../core/person-id.ts';
import type { OwnLine } from './own-line.ts';
import { CLOSED_PORTS, type PublicPlace, reachLines } from './reach-lines.ts';
import { type StateLinesOptions, stateLines } from './state-lines.ts';

/** The same for the settings of a household, which an entry file read. `backup`: undefined where none are set up. */
export function ownLinesOf({
  config,
  state,
  files,
  env,
  backup,
}: Pick<StateLinesOptions, 'files' | 'env'> & {
  readonly config: Config;
  readonly state: Pick<OpenState, 'control' | 'keys'>;
  readonly backup: unknown;
}): OwnLine[] {
  return ownLines({
    ...{ stateDir: config.stateDir, control: state.control, keys: state.keys, files, env },
    isBackupExpected: backup !== undefined && config.jobs.backup !== '',
    place: publicPlace(config.matrix.homeserver, serverOf(config.matrix.userId), config.door),
  });
}

/** Every line that ops reads by itself. `place`: undefined where the household has no public name. */
export function ownLines(options: StateLinesOptions & { readonly place: PublicPlace | undefined }): OwnLine[] {
  return [...stateLines(options), ...reachLines(options.place)];
}

/**
 * Where people reach the household: by its door, where the settings name that; by the address of the homeserver where that is https; else
 * by the name that is in everybody's address, unless that name cannot be a public one.
 */
export function publicPlace(homeserver: string, server: string, door?: Config['door']): PublicPlace | undefined {
  const url = new URL(door?.address ?? homeserver);
  const ports = { http: 80, closed: CLOSED_PORTS, authorityFile: door?.authorityFile };
  if (url.protocol === 'https:') return { host: url.hostname, https: Number(url.port || 443), ...ports };
  const host = server.replace(/:\d+$/, '');
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(host) &&
    !/\.(test|local|localhost|invalid|internal)$/i.test(host)
    ? { host, https: 443, ...ports }
    : undefined;
}
