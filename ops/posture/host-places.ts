import { posix } from 'node:path';
import type { SeenHost } from './read-posture.ts';

/** Folders of the host, which ops does not see by itself, for what a line tells people to do. */
export interface HostPlaces {
  /** All data: KINKEEPER_DATA. */
  readonly data: string;
  /** What docker-compose.yml and `.env` lie in. */
  readonly product: string;
}

/** As the README has them: where nothing was read of the host. */
const USUAL: HostPlaces = { data: '/srv/kinkeeper', product: '/opt/kinkeeper' };

/** Those of the host that was read. What is no plain path is not given to people to type. */
export function hostPlacesOf(seen: SeenHost): HostPlaces {
  const settings = 'posture' in seen ? seen.posture.probes.settings : undefined;
  if (settings === undefined || settings.code !== 0 || settings.cut) return USUAL;
  const said = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(settings.text)?.[1] ?? '';
  const [data, env] = [said('data_dir'), said('compose_env')];
  return {
    data: PLAIN.test(data) ? data : USUAL.data,
    product: PLAIN.test(env) ? posix.dirname(env) : USUAL.product,
  };
}

const PLAIN = /^(\/[\w.@+-]+)+$/;
