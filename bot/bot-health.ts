import type { Clock } from '../core/clock.ts';
import { isDue } from '../core/is-due.ts';
import type { Logger } from '../core/log.ts';
import type { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Inbox } from './matrix/inbox.ts';
import type { Outbox } from './matrix/outbox.ts';

interface BotHealthParts {
  readonly crypto: Pick<CryptoMachine, 'oneTimeKeys' | 'lookAtOwnDevice'>;
  readonly inbox: Pick<Inbox, 'oldestOpenAt'>;
  readonly outbox: Pick<Outbox, 'oldestAt'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What only the bot knows of its health, in its heartbeat for ops; -1: not known. Ages in seconds. */
export interface BotHealthFigures {
  /** Age of the oldest message that is not handled; 0: there is none. */
  readonly workSeconds: number;
  /** Age of the oldest message of the bot that is not sent; 0: there is none. */
  readonly replySeconds: number;
  /** One-time keys that the homeserver holds. Few of them count once they stay few: new ones are uploaded at once. */
  readonly oneTimeKeys: number;
  /** Whether the homeserver shows the bot's device signed by its identity: 1 or 0. */
  readonly deviceSigned: number;
}

const LOOK_MS = 15 * 60_000;
const FEW_KEYS = 20;
const PATIENCE_MS = 5 * 60_000;

/** Looks after what the homeserver holds of the bot: its signed device, and keys for who writes to it first. Used by the bot. */
export class BotHealth {
  readonly #parts: BotHealthParts;
  #nextLook = 0;
  #isLooking = false;
  #deviceSigned = -1;
  #fewSince: number | undefined;
  #manyKeys = -1;

  constructor(parts: BotHealthParts) {
    this.#parts = parts;
  }

  /** Called about once a second. */
  tick(): void {
    const now = this.#parts.clock();
    this.#countKeys(now);
    if (this.#isLooking || !isDue(now, this.#nextLook, LOOK_MS)) return;
    this.#nextLook = now + LOOK_MS;
    this.#isLooking = true;
    void this.#look().finally(() => {
      this.#isLooking = false;
    });
  }

  figures(): BotHealthFigures {
    const { inbox, outbox, crypto, clock } = this.#parts;
    const now = clock();
    const age = (at: number | undefined) => (at === undefined ? 0 : Math.max(0, Math.round((now - at) / 1000)));
    const isFew = this.#fewSince !== undefined && now - this.#fewSince >= PATIENCE_MS;
    return {
      workSeconds: age(inbox.oldestOpenAt()),
      replySeconds: age(outbox.oldestAt()),
      oneTimeKeys: isFew ? (crypto.oneTimeKeys ?? -1) : this.#manyKeys,
      deviceSigned: this.#deviceSigned,
    };
  }

  #countKeys(now: number): void {
    const keys = this.#parts.crypto.oneTimeKeys;
    if (keys === undefined) return;
    if (keys < FEW_KEYS) {
      this.#fewSince ??= now;
      return;
    }
    this.#fewSince = undefined;
    this.#manyKeys = keys;
  }

  async #look(): Promise<void> {
    try {
      this.#deviceSigned = Number(await this.#parts.crypto.lookAtOwnDevice());
    } catch (error) {
      // While the homeserver does not answer, nothing is known: ops tells of the homeserver.
      this.#deviceSigned = -1;
      this.#parts.log.debug({ err: error }, 'the own device could not be looked at');
    }
  }
}
