/** What runs bot and ops here. `socket`: of Podman without rights of root, which `docker` finds by CONTAINER_HOST alone. */
export type Engine =
  | { readonly name: 'docker' }
  | { readonly name: 'podman'; readonly socket: string | undefined }
  | { readonly name: 'none' };

/** The host on which an operator types what mends something, as far as it is known. What is told of folders is as the host has them. */
export interface HostKind {
  readonly engine: Engine;
  /** All data: KINKEEPER_DATA. */
  readonly data: string;
  /** The checkout: docker-compose.yml and `.env`, or what bot and ops run from. */
  readonly product: string;
  /** What `--config` takes; undefined: the environment alone decides, or it is found without. */
  readonly settingsFile: string | undefined;
  /** The account of ops, by the numbers of the host. */
  readonly account: { readonly uid: number; readonly gid: number };
  readonly hasSystemd: boolean;
  /** /usr/lib/kinkeeper-host is laid. */
  readonly hasHelper: boolean;
  /** Bot and ops are services of systemd. */
  readonly hasServices: boolean;
  readonly hasCertbot: boolean;
}

/** The command that mends something, as it is typed by root on such a host. */
export type Fix = (host: HostKind) => string;

/** Where README puts the data and the checkout. */
export const USUAL = { data: '/srv/kinkeeper', product: '/opt/kinkeeper' } as const;

/** A path that is no more than that: nothing in it is for the shell. */
export const PLAIN_PATH = /^(\/[\w.@+-]+)+$/;
