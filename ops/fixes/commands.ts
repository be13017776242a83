import { type Fix, type HostKind, PLAIN_PATH, USUAL } from './host-kind.ts';

// Commands of the product, as they are typed by root on each kind of host. What they name has to be there: a test goes through all of them.

const HARDEN = '/usr/lib/kinkeeper-host/kinkeeper-harden /etc/kinkeeper/kinkeeper-host.conf';
/** The account of the image, which the installer takes when it is told of no other. */
const IMAGE_ACCOUNT = 10_001;

/** A path as one word of the shell. */
export function word(path: string): string {
  return PLAIN_PATH.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** Lays the host helper onto this host (README); without systemd, which it wants, that can be read alone. */
export function installHelper({ product, data, account: { uid, gid }, hasSystemd }: HostKind): string {
  const installer = word(`${product}/ops/host/install`);
  if (!hasSystemd) return `less ${installer}`;
  return [
    installer,
    ...(data === USUAL.data ? [] : [`--data ${word(data)}`]),
    ...(uid === IMAGE_ACCOUNT && gid === IMAGE_ACCOUNT ? [] : [`--account ${uid}:${gid}`]),
  ].join(' ');
}

/** Applies a measure of the host helper (ops/host/measures), which is laid before where it is not there; without systemd it can be read alone. */
export function harden(measure: string): Fix {
  return (host) => {
    if (!host.hasSystemd) return `less ${word(`${host.product}/ops/host/measures/${measure}.sh`)}`;
    return [...(host.hasHelper ? [] : [installHelper(host)]), `${HARDEN} apply ${measure}`].join(' && ');
  };
}

/** Opens the sealed volume with the data after a start of the machine: a human has to. */
export const UNLOCK_VOLUME: Fix = () => `${HARDEN} unlock`;

/** A command of `docker compose` for the containers of the household; only where bot and ops run in them. */
export function compose(host: HostKind, command: string): string {
  return `cd ${word(host.product)} && ${ofAccount('DOCKER_HOST', host)}docker compose ${command}`;
}

/** The word by which the engine of the household is called: where Podman is an account's, root's `docker` is another one. */
export function engineWord(host: HostKind): string {
  return `${ofAccount('CONTAINER_HOST', host)}docker`;
}

/** Podman goes by the one, Compose by the other (core/decisions/0022-one-door.md). */
function ofAccount(variable: 'CONTAINER_HOST' | 'DOCKER_HOST', { engine }: HostKind): string {
  return engine.name === 'podman' && engine.socket !== undefined ? `${variable}=${engine.socket} ` : '';
}

/** Names images by their digest; some are known by their version alone until they are fetched. */
export function pinImages(host: HostKind): string {
  const pin = `${ofAccount('CONTAINER_HOST', host)}${word(`${host.product}/config/deploy/pin-images.sh`)}`;
  return `${pin} ${word(host.product)} && ${compose(host, 'up -d')}`;
}

/** A command of `kinkeeper`, from any folder. */
export function kinkeeper(host: HostKind, command: string): string {
  if (host.engine.name !== 'none') return compose(host, `exec ops kinkeeper ${command}`);
  const config = host.settingsFile === undefined ? '' : ` --config ${word(host.settingsFile)}`;
  return `cd ${word(host.product)} && npm run kinkeeper -- ${command}${config}`;
}

/** Set-up again: it shows the difference, and changes that alone. */
export function setUpAgain({ product }: HostKind): string {
  return `cd ${word(product)} && npm run kinkeeper -- setup`;
}

/** Starts bot or ops, or starts it anew. */
export function startProcess(host: HostKind, name: 'bot' | 'ops'): string {
  if (host.engine.name !== 'none') return compose(host, `up -d ${name}`);
  if (host.hasServices) return `systemctl restart kinkeeper-${name}.service`;
  const config = host.settingsFile === undefined ? '' : ` -- --config ${word(host.settingsFile)}`;
  return `cd ${word(host.product)} && npm run ${name}${config}`;
}

/** An act of a service of the host, by what starts its services. */
export function service(act: 'reload' | 'restart', ...names: readonly string[]): Fix {
  return ({ hasSystemd }) =>
    hasSystemd ? `systemctl ${act} ${names.join(' ')}` : names.map((name) => `service ${name} ${act}`).join(' && ');
}

/** Has the door read its certificate anew. */
export function reloadDoor(host: HostKind): string {
  return `${engineWord(host)} exec kinkeeper-nginx-1 nginx -s reload`;
}

/** Who listens at a port of TCP. */
export function whoListens(port: number): string {
  return `ss -tlpn 'sport = :${port}'`;
}
