import type { Clock } from '../core/clock.ts';
import type { Facts } from '../core/control.ts';
import { type Digest, markDigestSent, waitingDigest } from '../core/digest.ts';
import type { HouseSeries } from '../core/house-series.ts';
import { isDue } from '../core/is-due.ts';
import { opsLanguage } from '../core/ops-language.ts';
import type { People } from '../core/people.ts';
import { digestText } from './digest-text.ts';
import type { HandOver } from './hand-over.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox } from './matrix/outbox.ts';
import { housePicture } from './picture/house-picture.ts';
import { type PictureMessage, type PictureParts, pictureMessage } from './picture-message.ts';
import { say } from './wording/say.ts';

interface DigestDeskParts extends PictureParts {
  readonly facts: Facts;
  readonly people: People;
  readonly outbox: Outbox;
  readonly handOver: Pick<HandOver, 'isOpen'>;
  readonly opsRoom: () => string | undefined;
  readonly series: () => HouseSeries;
  readonly clock: Clock;
  /** Asks the sending loop to look at the outbox. */
  readonly wake: () => void;
}

/** A digest does not hurry: a homeserver that takes no media now may take it soon. */
const MOST_TRIES = 3;
const PAUSE_MS = 5 * 60_000;

/**
 * Sends the digest that the job `digest` booked to the ops room: a text, and the picture below it. Both are named after the
 * digest and queued before it is noted as sent, so that whatever ends the process, each comes once.
 */
export class DigestDesk {
  readonly #parts: DigestDeskParts;
  readonly #signal: AbortSignal;
  #sending: Promise<void> | undefined;
  #tries = 0;
  #notBefore = 0;

  constructor(parts: DigestDeskParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Called about once a second. */
  tick(): void {
    const room = this.#parts.opsRoom();
    if (this.#sending || room === undefined || !isDue(this.#parts.clock(), this.#notBefore, PAUSE_MS)) return;
    const digest = waitingDigest(this.#parts.facts);
    if (digest === undefined) return;
    this.#sending = this.#send(room, digest)
      .catch((error: unknown) => {
        this.#notBefore = this.#parts.clock() + PAUSE_MS;
        if (!this.#signal.aborted) this.#parts.log.error({ err: error }, 'the digest could not be sent');
      })
      .finally(() => {
        this.#sending = undefined;
      });
  }

  /** Resolves when nothing is being made. */
  async idle(): Promise<void> {
    await this.#sending;
  }

  async #send(room: string, digest: Digest): Promise<void> {
    const { facts, people, handOver, series, outbox, wake } = this.#parts;
    const language = opsLanguage(people);
    const made = await pictureMessage(this.#parts, housePicture(language, series()), {
      place: {},
      signal: this.#signal,
    });
    if (this.#isTriedAgain(made)) return;
    const text = digestText(language, digest, handOver.isOpen);
    const failed = 'failed' in made ? `\n\n${say(language, 'picture.failed', { why: made.failed })}` : '';
    const name = `kin.digest.${digest.to.toString(36)}`;
    const common = { room, audience: { kind: 'ops' }, type: 'm.room.message' } as const;
    outbox.add({ ...common, transaction: name, content: messageContent(text + failed, 'm.notice') });
    if ('content' in made) outbox.add({ ...common, transaction: `${name}.picture`, content: made.content });
    markDigestSent(facts, digest);
    this.#tries = 0;
    wake();
  }

  #isTriedAgain(made: PictureMessage): boolean {
    this.#tries += 1;
    if (!('failed' in made) || made.failed === 'drawing' || this.#tries >= MOST_TRIES) return false;
    this.#notBefore = this.#parts.clock() + PAUSE_MS;
    return true;
  }
}
