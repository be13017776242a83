import { createHash, randomBytes } from 'node:crypto';
import type { OpenState } from '../core/control.ts';
import { AppError } from '../core/errors.ts';
import { lastGroup } from '../core/keys/recovery-code.ts';
import { sameBytes } from '../core/keys/same-bytes.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import { type Outbox, transactionFor } from './matrix/outbox.ts';
import { opsRoomId } from './ops-room.ts';

interface HandOverParts {
  readonly state: Pick<OpenState, 'control' | 'keys'>;
  readonly homeserver: Pick<Homeserver, 'redact'>;
  readonly outbox: Pick<Outbox, 'find'>;
}

/** What is kept until the admins confirm: where the secrets stand, and what the last group of the code is checked with. */
interface HandOverRecord {
  readonly code?: { readonly salt: string; readonly hash: string; readonly madeAt: number | null };
  /** Messages that hold a secret: transaction, and event id once it is known ("" before). */
  readonly messages: Readonly<Record<string, string>>;
}

/** How confirming went: `checked` against the code, or void because another code was made and checked at the shell since. */
export interface Confirmed {
  readonly checked: boolean;
  readonly takenBack: number;
  /** Messages that the server did not let us take back. */
  readonly standing: number;
}

const FACT = 'hand-over';

/**
 * The secrets of the first start, from when they are said in the ops room until an admin has shown that the recovery code
 * was written down; then the messages that hold them are taken back. Of the code a salted hash of its last group is kept
 * meanwhile, nothing else. Used by the ops desk, and by `!keys confirm` and `!status`.
 */
export class HandOver {
  readonly #parts: HandOverParts;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
  }

  /** To be called before the message with a new recovery code is queued. */
  noteCode(transaction: string, code: string): void {
    const salt = randomBytes(16).toString('hex');
    const { madeAt } = this.#parts.state.keys.master();
    const hash = hashOf(salt, lastGroup(code)).toString('hex');
    this.#keep({ messages: this.#with(transaction), code: { salt, hash, madeAt: madeAt.recovery } });
  }

  /** To be called before the message with another secret is queued. */
  noteMessage(transaction: string): void {
    this.#keep({ ...this.#read(), messages: this.#with(transaction) });
  }

  /** Keeps where the messages stand; the outbox forgets it after a month. Called from time to time. */
  noteDelivered(): void {
    const record = this.#read();
    if (!record || !Object.values(record.messages).includes('')) return;
    const messages = Object.entries(record.messages).map(([transaction, event]) => [
      transaction,
      event || (this.#parts.outbox.find(transaction)?.eventId ?? ''),
    ]);
    this.#keep({ ...record, messages: Object.fromEntries(messages) });
  }

  /** True while nobody has shown that the code which counts was written down. */
  get isOpen(): boolean {
    const record = this.#read();
    return record?.code !== undefined && !this.#isReplaced(record);
  }

  /**
   * Compares the last group of the code and takes the messages back. undefined when there is nothing to confirm. Throws
   * AppError `invalid` (what `lastGroup` throws; `recovery-group-other`), `conflict` (`hand-over-waiting`: a message is
   * still on its way), `unavailable` when the server can't be reached; then nothing is confirmed.
   */
  async confirm(typed: string): Promise<Confirmed | undefined> {
    this.noteDelivered();
    const record = this.#read();
    if (!record) return undefined;
    const { code } = record;
    const checked = code !== undefined && !this.#isReplaced(record);
    if (checked && !sameBytes(hashOf(code.salt, lastGroup(typed)), Buffer.from(code.hash, 'hex'))) {
      throw new AppError('invalid', 'this is the last group of another code', { reason: 'recovery-group-other' });
    }
    const events = Object.values(record.messages);
    if (this.#isOnTheWay(record)) {
      throw new AppError('conflict', 'not all of it has arrived', { reason: 'hand-over-waiting' });
    }
    const taken = await this.#takeBack(events.filter((event) => event !== ''));
    this.#parts.state.control.facts.delete(FACT);
    return { checked, ...taken };
  }

  async #takeBack(events: readonly string[]): Promise<{ takenBack: number; standing: number }> {
    const room = opsRoomId(this.#parts.state.control.facts) ?? '';
    let takenBack = 0;
    for (const event of events) {
      try {
        await this.#parts.homeserver.redact(room, event, transactionFor(event, 'hand-over'));
        takenBack += 1;
      } catch (error) {
        if (!(error instanceof HomeserverError)) throw error;
        if (error.transient) throw new AppError('unavailable', 'the homeserver cannot be reached', { cause: error });
      }
    }
    return { takenBack, standing: events.length - takenBack };
  }

  #isOnTheWay({ messages }: HandOverRecord): boolean {
    const pending = Object.entries(messages).filter(([, event]) => event === '');
    return pending.some(([transaction]) => this.#parts.outbox.find(transaction)?.state === 'pending');
  }

  /** Another code counts by now: it was made at the shell, and typed back there. */
  #isReplaced({ code }: HandOverRecord): boolean {
    return code !== undefined && code.madeAt !== this.#parts.state.keys.master().madeAt.recovery;
  }

  #with(transaction: string): HandOverRecord['messages'] {
    return { ...this.#read()?.messages, [transaction]: '' };
  }

  #read(): HandOverRecord | undefined {
    const text = this.#parts.state.control.facts.get(FACT);
    return text === undefined ? undefined : (JSON.parse(text) as HandOverRecord);
  }

  #keep(record: HandOverRecord): void {
    this.#parts.state.control.facts.set(FACT, JSON.stringify(record));
  }
}

function hashOf(salt: string, group: string): Buffer {
  return createHash('sha256').update(`${salt} ${group}`).digest();
}
