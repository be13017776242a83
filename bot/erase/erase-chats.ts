import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../core/errors.ts';
import type { CryptoMachine } from '../matrix/crypto-machine.ts';
import type { CryptoOf } from '../matrix/forget-crypto.ts';
import type { Homeserver } from '../matrix/homeserver.ts';
import { HomeserverError } from '../matrix/homeserver-error.ts';
import { messageContent } from '../matrix/message-content.ts';
import { transactionFor } from '../matrix/outbox.ts';
import { AudienceError, type Sender } from '../matrix/sender.ts';

/** What an erasure does in people's chats. */
export interface EraseChats {
  /** Deletes what the bot wrote in a room, but for receipts, which people were told to keep. False when the server did not let it. Throws what may pass. */
  takeBack(room: string): Promise<boolean>;
  /** Deletes one message of the bot's. False when the server did not let it. Throws what may pass. */
  takeBackOne(room: string, event: string): Promise<boolean>;
  /** Deletes something that the bot uploaded. False when the server does not allow that. */
  removeUpload(mxc: string): Promise<boolean>;
  /** Sends the last words; under the same transaction they arrive once. False when nobody else is there to read them alone. */
  tell(message: { room: string; person: string; text: string; transaction: string }): Promise<boolean>;
  /** Leaves a room for good; a room that was left is no error. */
  leave(room: string): Promise<void>;
  /** Forgets a person's devices and the keys of their rooms. */
  forgetKeys(whose: CryptoOf): Promise<void>;
}

interface ChatParts {
  readonly own: string;
  readonly homeserver: Homeserver;
  readonly sender: Sender;
  readonly crypto: CryptoMachine;
  readonly signal: AbortSignal;
}

/**
 * Begins the transactions of receipts, by which the server tells them to the device that sent them. What an earlier device of
 * the bot sent (before a restore) is not told apart.
 */
export const RECEIPT = 'kin.receipt.';

const PAGE = 100;
const WORDS: ReadonlySet<string> = new Set(['m.room.message', 'm.room.encrypted', 'm.reaction']);

/** The chats of a real homeserver. */
export class MatrixChats implements EraseChats {
  readonly #parts: ChatParts;

  constructor(parts: ChatParts) {
    this.#parts = parts;
  }

  async takeBack(room: string): Promise<boolean> {
    const { homeserver } = this.#parts;
    try {
      let from: string | undefined;
      do {
        const page = await this.#patiently(() => homeserver.messages(room, from, PAGE));
        for (const { type, sender, content, event_id: event, unsigned } of page.chunk) {
          if (sender !== this.#parts.own || !WORDS.has(type) || Object.keys(content).length === 0) continue;
          if (String(unsigned?.transaction_id).startsWith(RECEIPT)) continue;
          await this.#redact(room, event);
        }
        from = page.end === from ? undefined : page.end;
      } while (from !== undefined);
      return true;
    } catch (error) {
      return refused(error);
    }
  }

  async takeBackOne(room: string, event: string): Promise<boolean> {
    try {
      await this.#redact(room, event);
      return true;
    } catch (error) {
      return refused(error);
    }
  }

  async removeUpload(mxc: string): Promise<boolean> {
    try {
      return await this.#patiently(() => this.#parts.homeserver.deleteMedia(mxc));
    } catch (error) {
      return refused(error);
    }
  }

  async tell(message: { room: string; person: string; text: string; transaction: string }): Promise<boolean> {
    const { room, person, text, transaction } = message;
    try {
      await this.#patiently(() =>
        this.#parts.sender.sendNow({
          room,
          audience: { kind: 'direct', person, leaving: true },
          type: 'm.room.message',
          transaction,
          content: messageContent(text, 'm.notice'),
        }),
      );
      return true;
    } catch (error) {
      // Whoever has no verified device cannot be written to; that must not keep the rest of them here.
      if (error instanceof AudienceError || isUnreadable(error)) return false;
      return refused(error);
    }
  }

  async leave(room: string): Promise<void> {
    const { homeserver } = this.#parts;
    await this.#patiently(() => homeserver.leave(room)).catch(refused);
    await this.#patiently(() => homeserver.forget(room)).catch(refused);
  }

  forgetKeys(whose: CryptoOf): Promise<void> {
    return this.#parts.crypto.forget(whose);
  }

  async #redact(room: string, event: string): Promise<void> {
    await this.#patiently(() => this.#parts.homeserver.redact(room, event, transactionFor(event, 'erase')));
  }

  /** Waits as long as the server's rate limit asks for: many deletions take their time, and are no failure. */
  async #patiently<T>(request: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await request();
      } catch (error) {
        if (!(error instanceof HomeserverError) || error.status !== 429) throw error;
        await sleep(Math.max(error.retryAfterMs, 1000), undefined, { signal: this.#parts.signal });
      }
    }
  }
}

function isUnreadable(error: unknown): boolean {
  return (
    error instanceof AppError &&
    ['no-signed-device', 'no-device-reached', 'identity-changed'].includes(error.reason ?? '')
  );
}

/** False for a clear refusal; throws everything that may pass or is no answer of the server. */
function refused(error: unknown): false {
  if (error instanceof HomeserverError && !error.transient) return false;
  throw error;
}
