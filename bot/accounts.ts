import type { PersonId } from '../core/caller.ts';

/** An account of the family's own homeserver, as far as it matters here. */
export interface Account {
  /** It may do anything on the homeserver. */
  readonly isAdmin: boolean;
  /** It was closed for good: nobody logs in there any more. */
  readonly isClosed: boolean;
  /** Devices that are logged in. */
  readonly devices: number;
}

/**
 * What the bot may do to accounts of its own homeserver, and nothing else of all that an administrator's right opens. Each act may be
 * repeated. All throw AppError `forbidden` (reason `account-right`) when the homeserver refuses the right, and HomeserverError for whatever
 * else fails. Implemented by bot/matrix/synapse-accounts.ts.
 */
export interface Accounts {
  /** undefined: there is none. */
  find(person: PersonId): Promise<Account | undefined>;
  /** An ordinary account. Throws AppError `invalid` (reason `account-name`) when the homeserver allows no account of this name. */
  make(person: PersonId, password: string): Promise<void>;
  /** A new password; every device is logged out. */
  reset(person: PersonId, password: string): Promise<void>;
  /** For good: the homeserver gives the name to nobody again. */
  close(person: PersonId): Promise<void>;
  /** The address at which phones reach the homeserver, as it says itself; undefined when it does not say. */
  address(): Promise<string | undefined>;
}
