import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { AuditLog } from '../core/audit.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { type Logger, reference } from '../core/log.ts';
import type { Homeserver, Session } from './matrix/homeserver.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import {
  changePassword,
  countDevices,
  logInAgain,
  type PasswordRefusal,
  PasswordRefused,
  requirePasswordChange,
} from './matrix/own-account.ts';
import { PasswordBook, type PasswordChanging } from './matrix/password-book.ts';
import { keepSession } from './matrix/session.ts';
import type { PasswordFile } from './password-file.ts';

/** Why nothing was changed. `no-file`: the password comes from no file of ours; `limit` and `no-answer`: may work later. */
export type NoPasswordChange = PasswordRefusal | 'no-file' | 'file' | 'wrong-password' | 'limit' | 'no-answer';

/**
 * How a change of the bot's password ended. `others`: devices that are logged out. `waiting`: it goes on by itself, and is told then;
 * `problem` is the code of the fault of a file, else ''; `waitMs` what the homeserver asks for, else 0.
 */
export type PasswordOutcome =
  | { readonly kind: 'changed'; readonly others: number }
  | { readonly kind: 'refused'; readonly why: NoPasswordChange; readonly problem: string; readonly waitMs: number }
  | {
      readonly kind: 'waiting';
      readonly why: 'file' | 'limit' | 'no-answer';
      readonly problem: string;
      readonly waitMs: number;
    };

/** Who asks, and by which message: the same one asks once. */
export interface PasswordWish {
  readonly source: string;
  readonly person: string;
}

interface PasswordDeskParts {
  readonly db: Database;
  readonly session: Session;
  readonly homeserver: Homeserver;
  /** undefined: the password comes from elsewhere (systemd), where the bot cannot write. */
  readonly file: PasswordFile | undefined;
  readonly audit: Pick<AuditLog, 'append'>;
  /** Says how a change ended that nobody waits for any more. */
  readonly tell: (change: PasswordChanging, outcome: PasswordOutcome) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A change that was cut off is left alone for so long after a start: the message that asked for it may come again. */
const AFTER_START_MS = 20_000;
const REST_MS = 30_000;

/**
 * Changes the password of the bot's account, and its access token, so that copies of both are worth nothing; its device, and with it all
 * of its keys, stays. The new password is noted in bot.db before the homeserver is asked. Whatever happens then, either the one in the file or the noted one
 * opens the account, so that a change that was cut off goes on from the beginning: every step may be repeated.
 */
export class PasswordDesk {
  readonly #parts: PasswordDeskParts;
  readonly #book: PasswordBook;
  #line: Promise<unknown> = Promise.resolve();
  #isBusy = false;
  #notBefore: number;

  constructor(parts: PasswordDeskParts) {
    this.#parts = parts;
    this.#book = new PasswordBook(parts.db);
    this.#notBefore = parts.clock() + AFTER_START_MS;
  }

  /** Changes it now, or goes on with a change that was cut off. Throws what the stores throw. */
  change(wish: PasswordWish): Promise<PasswordOutcome> {
    return this.#alone(async () => {
      const last = this.#book.last();
      if (last?.source === wish.source) return { kind: 'changed', others: last.others };
      const open = this.#book.open();
      return open === undefined ? this.#begin(wish) : this.#finish(open);
    });
  }

  /** Goes on with what was cut off, or had to wait. Called about once a second. */
  tick(): void {
    if (this.#isBusy || this.#parts.clock() < this.#notBefore || this.#book.open() === undefined) return;
    this.#alone(async () => {
      const open = this.#book.open();
      if (open === undefined) return;
      const outcome = await this.#finish(open);
      if (outcome.kind !== 'waiting') this.#parts.tell(open, outcome);
    }).catch((thrown: unknown) => {
      this.#notBefore = this.#parts.clock() + REST_MS;
      this.#parts.log.error({ err: thrown, reference: reference() }, 'a change of the bot’s password could not go on');
    });
  }

  /** Waits for what is under way. */
  async idle(): Promise<void> {
    await this.#line;
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(async () => {
      this.#isBusy = true;
      try {
        return await act();
      } finally {
        this.#isBusy = false;
      }
    });
    this.#line = turn.catch(() => {});
    return turn;
  }

  async #begin({ source, person }: PasswordWish): Promise<PasswordOutcome> {
    const { file, homeserver, clock } = this.#parts;
    if (file === undefined) return refused('no-file');
    let change: PasswordChanging;
    try {
      file.rehearse();
      await requirePasswordChange(homeserver);
      const others = Math.max(0, (await countDevices(homeserver)) - 1);
      change = { next: newPassword(), source, person, at: clock(), step: 'begun', others };
    } catch (thrown) {
      return refusalOf(thrown);
    }
    this.#book.note(change);
    return this.#finish(change);
  }

  async #finish(change: PasswordChanging): Promise<PasswordOutcome> {
    const { file, clock } = this.#parts;
    if (file === undefined) return this.#giveUp(change, refused('no-file'));
    try {
      if (change.step === 'begun') await this.#changeAtServer(change, file);
      file.write(change.next);
    } catch (thrown) {
      return this.#failed(change, thrown);
    }
    this.#note(change, 'done');
    this.#book.end({ source: change.source, at: clock(), others: change.others });
    return { kind: 'changed', others: change.others };
  }

  /** The new token first: changing the password with it ends every other one, also those of this device. */
  async #changeAtServer(change: PasswordChanging, file: PasswordFile): Promise<void> {
    const { db, homeserver, session: own } = this.#parts;
    for (const password of new Set([file.read(), change.next])) {
      const session = await homeserver.renewBy(async (anonymous) => {
        const again = await logInAgain(anonymous, own, password);
        if (again) keepSession(db, again);
        return again;
      });
      if (session === undefined) continue;
      await changePassword(homeserver, { userId: own.userId, old: password, next: change.next });
      this.#book.note({ ...change, step: 'changed' });
      return;
    }
    throw new WrongPassword('neither the password of the file nor the new one is right');
  }

  #failed(change: PasswordChanging, thrown: unknown): PasswordOutcome {
    const outcome = refusalOf(thrown);
    if (outcome.why !== 'file' && outcome.why !== 'limit' && outcome.why !== 'no-answer')
      return this.#giveUp(change, outcome);
    const { clock, log } = this.#parts;
    log.warn({ err: thrown }, 'the change of the bot’s password goes on later');
    this.#notBefore = clock() + Math.max(REST_MS, outcome.waitMs);
    return { ...outcome, kind: 'waiting', why: outcome.why };
  }

  #giveUp(change: PasswordChanging, outcome: PasswordOutcome): PasswordOutcome {
    this.#note(change, 'failed');
    this.#book.end();
    return outcome;
  }

  #note({ person }: PasswordChanging, outcome: 'done' | 'failed'): void {
    const { audit, clock } = this.#parts;
    audit.append({ at: clock(), actor: person, action: 'password.changed', target: '-', outcome });
  }
}

class WrongPassword extends Error {}

function refused(why: NoPasswordChange, more: { problem?: string; waitMs?: number } = {}) {
  return { kind: 'refused', why, problem: '', waitMs: 0, ...more } as const;
}

/** What a fault means for a change. Throws what is none of the homeserver's or the file's. */
function refusalOf(thrown: unknown): ReturnType<typeof refused> {
  if (thrown instanceof WrongPassword) return refused('wrong-password');
  if (thrown instanceof PasswordRefused) return refused(thrown.why);
  if (thrown instanceof HomeserverError) {
    const { status, errcode, retryAfterMs: waitMs } = thrown;
    return refused(status === 429 || errcode === 'M_LIMIT_EXCEEDED' ? 'limit' : 'no-answer', { waitMs });
  }
  if (thrown instanceof AppError && thrown.reason === 'password-file')
    return refused('file', { problem: String(thrown.facts.problem) });
  throw thrown;
}

/** 256 bits, with something of every kind that a homeserver's rules may ask for. */
function newPassword(): string {
  return `${randomBytes(32).toString('base64url')}-aA1`;
}
