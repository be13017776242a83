import type { Answers } from '../answers.ts';
import type { PodmanFacts } from '../podman-facts.ts';

/** Numbers of an account and its group. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A folder that has to be there. */
export interface PlannedFolder {
  readonly path: string;
  readonly mode: number;
  readonly owner: Owner;
}

/** A file whose whole content follows from the answers: shown as a difference, and written when it differs. Holds no secret. */
export interface PlannedFile extends PlannedFolder {
  readonly content: string;
  /** A service reads it when it starts: after a change they are started anew, and tried out. */
  readonly isRead: boolean;
}

/** How the content of a secret comes about; `of`: path of a secret that is made before. */
export type SecretMaking =
  /** Letters and digits that stand for 185 bits. */
  | { readonly kind: 'random' }
  /** Another secret between two texts. */
  | { readonly kind: 'around'; readonly of: string; readonly before: string; readonly after: string }
  /** A line for nginx: a name and the hash of another secret. */
  | { readonly kind: 'htpasswd'; readonly of: string; readonly name: string }
  /** The key that Synapse signs with. */
  | { readonly kind: 'signing-key' };

/** A file that is made once and then left alone; its content is never shown. */
export interface PlannedSecret extends PlannedFolder {
  readonly make: SecretMaking;
}

/** What has to be done besides files, in the order of `ACTS`. `key`: done again when it changes. */
export interface PlannedAct {
  readonly act: ActName;
  readonly key: string;
  /** File that it makes: where it is missing, the act is done again. */
  readonly makes?: string;
}

/** Everything that may have to be done, in order. */
export const ACTS = [
  'backup-key',
  'host-helper',
  'vpn',
  'certificate',
  'homeserver',
  'accounts',
  'rate-limit',
  'admin-token',
  'model',
  'start',
  'first-message',
  'hardening',
] as const;
export type ActName = (typeof ACTS)[number];

/** An account of the homeserver that administers it, for nothing but making accounts. */
export interface AdminToken {
  readonly user: string;
  readonly passwordFile: string;
  readonly file: PlannedFolder;
}

/** What set-up does, as a value: nothing of it has happened yet. */
export interface Plan {
  readonly answers: Answers;
  readonly folders: readonly PlannedFolder[];
  readonly files: readonly PlannedFile[];
  readonly secrets: readonly PlannedSecret[];
  readonly acts: readonly PlannedAct[];
  /** kinkeeper.yaml among the files. */
  readonly settingsFile: string;
  readonly stateDir: string;
  /** Address of the homeserver as this machine reaches it; undefined: it is the container of that name. */
  readonly homeserver: string | undefined;
  readonly secretFiles: { readonly botPassword: string; readonly passphrase: string };
  /** File with the secret that Synapse makes accounts by; or the homeserver.yaml that says it. */
  readonly registration: { readonly file: string; readonly kind: 'secret' | 'homeserver.yaml' };
  /** The bot's right over accounts: whose it is, and the files of its password and its token; undefined: the bot has none. */
  readonly adminToken: AdminToken | undefined;
  /** Account of bot and ops. */
  readonly account: Owner;
  /** What has to stand in DOCKER_HOST for `docker compose` to mean the household's Podman; left out: nothing. */
  readonly containerHost?: string;
}

/** What the plan takes from the machine. */
export interface PlanFacts {
  /** Who runs set-up: root gives each file to whom it belongs, anybody else keeps all of them. */
  readonly self: Owner;
  /** Program and folder of the running product. */
  readonly node: string;
  readonly product: string;
  /** The model that fits (ops/setup/model-fit.ts); undefined: none. */
  readonly model: string | undefined;
  /** Texts of the files below config/deploy by their paths there; and of ops/host. Empty where they are not needed. */
  readonly templates: Readonly<Record<string, string>>;
  readonly hostFiles: Readonly<Record<string, string>>;
  /** What stands in `.env`, in kinkeeper.yaml and in the settings of the host helper now. */
  readonly env: string;
  readonly settings: string;
  readonly hostSettings: string;
  /** Of the product. */
  readonly version: string;
  /** This machine has an address of IPv6, if only its loopback. */
  readonly hasIpv6: boolean;
  /** Ports of SSH, with blanks between them (ops/setup/ssh-ports.ts). */
  readonly sshPorts: string;
  /** Podman, where it runs the containers. */
  readonly podman?: PodmanFacts | null;
  /** What earlier runs have done: the key of each act. */
  readonly done: Partial<Readonly<Record<ActName, string>>>;
}
