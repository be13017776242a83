import type { Answers } from '../answers.ts';

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
}

/**
 * A file that is made once and then left alone; its content is never shown. `random`: letters and digits that stand for 190 bits;
 * `postgres`: an address for ops made of the secret `of`; `htpasswd`: a line for nginx made of the secret `of`.
 */
export interface PlannedSecret extends PlannedFolder {
  readonly make:
    | { readonly kind: 'random' }
    | { readonly kind: 'copy'; readonly of: string }
    | {
        readonly kind: 'postgres';
        readonly of: string;
        readonly user: string;
        readonly host: string;
        readonly database: string;
      };
}

/** What has to be done besides files, in the order of `ACTS`. `key`: done again when it changes. */
export interface PlannedAct {
  readonly act: ActName;
  readonly key: string;
}

/** Everything that may have to be done, in order. */
export const ACTS = ['backup-key', 'accounts', 'rate-limit', 'start', 'first-message'] as const;
export type ActName = (typeof ACTS)[number];

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
  /** Address of the homeserver as this machine reaches it. */
  readonly homeserver: string;
  /** File with the secret that Synapse makes accounts by; or the homeserver.yaml that says it. */
  readonly registration: { readonly file: string; readonly kind: 'secret' | 'homeserver.yaml' };
  /** Account of bot and ops. */
  readonly account: Owner;
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
}
