import { randomBytes } from 'node:crypto';
import type { PersonId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { serverOf } from '../core/person-id.ts';
import type { Account, Accounts } from './accounts.ts';
import type { CardBook } from './matrix/card-book.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import { typablePassword } from './typable-password.ts';

/** What somebody needs for their first login, and what nobody is told twice. */
export interface SetUpCard {
  readonly person: PersonId;
  readonly password: string;
  /** The homeserver's address as it is typed into an app. */
  readonly address: string;
  /** Where Element is in a browser; undefined where none is served. */
  readonly webClient: string | undefined;
}

/**
 * What came of the wish that a person has an account. `elsewhere`: their server is not ours. `missing`, `unseen`: the bot has no right to make
 * one, and there is none, or the server does not say. `no-right`: the homeserver refuses the right that the bot was given.
 */
export type AccountWish =
  | { readonly kind: 'elsewhere' | 'there' | 'closed' | 'missing' | 'unseen' | 'no-right' }
  | { readonly kind: 'made'; readonly card: SetUpCard };

/** Who asks, by which message: the same one makes one card. */
export interface CardWish {
  readonly source: string;
  readonly person: PersonId;
}

interface AccountDeskParts {
  /** The bot's own address. */
  readonly own: string;
  /** undefined: the bot was given no right over accounts. */
  readonly accounts: Accounts | undefined;
  readonly homeserver: Pick<Homeserver, 'call'>;
  readonly book: CardBook;
  readonly webClient?: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Accounts of the family's own homeserver, for admins: made, opened with a new password, closed. A password is noted before the homeserver
 * hears of it, under the message that asked: that message goes on with it after a kill, so that no account has a password that nobody was told.
 */
export class AccountDesk {
  readonly #parts: AccountDeskParts;

  constructor(parts: AccountDeskParts) {
    this.#parts = parts;
  }

  /** True when the bot was given the right over accounts. */
  get isAble(): boolean {
    return this.#parts.accounts !== undefined;
  }

  isOurs(person: string): boolean {
    return serverOf(person) === serverOf(this.#parts.own);
  }

  /** True when this message has begun a card: it was confirmed then, and goes on. */
  hasBegun(source: string): boolean {
    return this.#parts.book.find(source) !== undefined;
  }

  /** Sees to it that a person has an account. Throws AppError `invalid` (`account-name`), and HomeserverError that may pass. */
  async ensure(wish: CardWish): Promise<AccountWish> {
    const { accounts, log } = this.#parts;
    if (!this.isOurs(wish.person)) return { kind: 'elsewhere' };
    if (accounts === undefined) return { kind: await this.#seen(wish.person) };
    try {
      const account = this.hasBegun(wish.source) ? undefined : await accounts.find(wish.person);
      if (account !== undefined) return { kind: account.isClosed ? 'closed' : 'there' };
      return { kind: 'made', card: await this.#card(wish, (password) => accounts.make(wish.person, password)) };
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.reason !== 'account-right') throw thrown;
      log.warn({ err: thrown }, 'an account could not be seen to');
      return { kind: 'no-right' };
    }
  }

  /**
   * An account that may be opened anew or closed from a chat. Throws AppError `unavailable` (`accounts-off`, `account-elsewhere`), `forbidden`
   * (`account-right`, `account-of-admin`), `not-found` (`no-account`), `conflict` (`account-closed`).
   */
  async require(person: PersonId): Promise<Account> {
    const { accounts, own } = this.#parts;
    const facts = { person, server: serverOf(own) };
    if (!this.isOurs(person))
      throw new AppError('unavailable', 'this account is elsewhere', { reason: 'account-elsewhere', facts });
    if (accounts === undefined) throw off(facts);
    const account = await accounts.find(person);
    if (account === undefined) throw new AppError('not-found', 'there is no account', { reason: 'no-account', facts });
    if (account.isClosed) throw new AppError('conflict', 'it is closed', { reason: 'account-closed', facts });
    // Who may do anything on the homeserver is nobody's to take over from a chat.
    if (account.isAdmin) throw new AppError('forbidden', 'an administrator', { reason: 'account-of-admin', facts });
    return account;
  }

  /** A new password for an account that `require` let pass; every session of it ends. */
  reset(wish: CardWish): Promise<SetUpCard> {
    const { accounts, own } = this.#parts;
    if (accounts === undefined) throw off({ server: serverOf(own) });
    return this.#card(wish, (password) => accounts.reset(wish.person, password));
  }

  /** Closes an account that `require` let pass, for good. */
  async close(person: PersonId): Promise<void> {
    const { accounts, own } = this.#parts;
    if (accounts === undefined) throw off({ server: serverOf(own) });
    await accounts.close(person);
  }

  async #card({ source, person }: CardWish, act: (password: string) => Promise<void>): Promise<SetUpCard> {
    const { book, accounts, clock, own, webClient } = this.#parts;
    const password = book.find(source)?.password ?? typablePassword(randomBytes(32), { length: 16, group: 4 });
    // Before anything else: a code that confirmed this is used up.
    book.note({ source, person, at: clock(), password });
    try {
      const address = (await accounts?.address()) ?? `https://${serverOf(own)}`;
      await act(password);
      return { person, password, address, webClient };
    } catch (thrown) {
      // What may have happened all the same goes on under the same password.
      if (!(thrown instanceof HomeserverError) || !thrown.transient) book.drop({ source });
      throw thrown;
    }
  }

  /** Without a right: whether there is such an account, as far as the homeserver tells everybody. */
  async #seen(person: PersonId): Promise<'there' | 'missing' | 'unseen'> {
    try {
      await this.#parts.homeserver.call('GET', `/client/v3/profile/${encodeURIComponent(person)}`);
      return 'there';
    } catch (thrown) {
      if (!(thrown instanceof HomeserverError)) throw thrown;
      // Synapse says M_UNKNOWN there; without any code it is something in front of it.
      return thrown.status === 404 && ['M_NOT_FOUND', 'M_UNKNOWN'].includes(thrown.errcode) ? 'missing' : 'unseen';
    }
  }
}

function off(facts: { readonly server: string }): AppError {
  return new AppError('unavailable', 'the bot may not see to accounts', { reason: 'accounts-off', facts });
}
