import { posix } from 'node:path';
import { type Engine, type HostKind, PLAIN_PATH } from '../fixes/host-kind.ts';
import type { SeenHost } from './read-posture.ts';

/**
 * The kind of host, with what the host helper saw of it beside what ops sees (ops/fixes/read-host-kind.ts): in a container that is next to
 * nothing. What is no plain path is not given to people to type.
 */
export function hostOf(seen: SeenHost, here: HostKind): HostKind {
  if (!('posture' in seen)) return here;
  const { settings } = seen.posture.probes;
  if (settings === undefined || settings.code !== 0 || settings.cut) return { ...here, hasHelper: true };
  const said = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(settings.text)?.[1] ?? '';
  const [data, env] = [said('data_dir'), said('compose_env')];
  const isTold = (name: string, otherwise: boolean) => (said(name) === '' ? otherwise : said(name) === 'yes');
  const isInContainer = here.engine.name !== 'none';
  return {
    ...{ ...here, engine: engineOf(here.engine, said('container_host')), hasHelper: true },
    data: PLAIN_PATH.test(data) ? data : here.data,
    // Without containers the product lies where ops runs from, whatever stands in a setting.
    product: isInContainer && PLAIN_PATH.test(env) ? posix.dirname(env) : here.product,
    hasSystemd: isTold('systemd', here.hasSystemd),
    hasCertbot: isTold('certbot', here.hasCertbot),
  };
}

/** Root's own Podman answers as `docker` without being told where it is. */
function engineOf(engine: Engine, containerHost: string): Engine {
  return engine.name === 'podman' && ACCOUNTS_SOCKET.test(containerHost)
    ? { name: 'podman', socket: containerHost }
    : engine;
}

const ACCOUNTS_SOCKET = /^unix:\/\/\/run\/user\/\d+(\/[\w.-]+)+$/;
