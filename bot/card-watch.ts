import type { PersonId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Accounts } from './accounts.ts';
import type { Card, CardBook } from './matrix/card-book.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import { type Outbox, transactionFor } from './matrix/outbox.ts';

/** How long a card stands in the ops room at most. */
export const CARD_MS = 7 * 86_400_000;

const REST_MS = 60_000;

interface CardWatchParts {
  readonly book: CardBook;
  readonly outbox: Pick<Outbox, 'find'>;
  readonly homeserver: Pick<Homeserver, 'redact'>;
  /** undefined: the bot was given no right over accounts, or has lost it since. */
  readonly accounts: Pick<Accounts, 'find'> | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Sees set-up cards to their end: forgets the password when its message has left, and takes the message back once the person is logged in, a
 * newer card is there, or a week is over.
 */
export class CardWatch {
  readonly #parts: CardWatchParts;
  #line: Promise<void> | undefined;
  #notBefore = 0;

  constructor(parts: CardWatchParts) {
    this.#parts = parts;
  }

  /** Called about once a second. */
  tick(): void {
    const { book, clock, log } = this.#parts;
    const cards = book.all();
    for (const card of cards) if (card.sent === undefined) this.#follow(card);
    if (this.#line !== undefined || cards.length === 0 || clock() < this.#notBefore) return;
    this.#notBefore = clock() + REST_MS;
    this.#line = this.#takeBack()
      .catch((error: unknown) => log.warn({ err: error }, 'a set-up card could not be taken back yet'))
      .finally(() => {
        this.#line = undefined;
      });
  }

  /** Waits for what is under way. */
  async idle(): Promise<void> {
    await this.#line;
  }

  #follow(card: Card): void {
    const { book, outbox, clock } = this.#parts;
    const [words, picture] = ['answer', 'picture'].map((part) => outbox.find(transactionFor(card.source, part)));
    if (words === undefined) {
      // Answered in other words, or not at all.
      if (clock() - card.at > CARD_MS) book.drop(card);
      return;
    }
    if (words.state === 'pending' || picture?.state === 'pending') return;
    if (words.eventId === null) {
      book.drop(card);
      return;
    }
    const events = [words.eventId, ...(picture?.eventId ? [picture.eventId] : [])];
    const { source, person, at } = card;
    book.note({ source, person, at, sent: { room: words.room, events } });
  }

  async #takeBack(): Promise<void> {
    const { book, homeserver } = this.#parts;
    const cards = book.all();
    for (const card of cards) {
      if (card.sent === undefined || !(await this.#isOver(card, cards))) continue;
      for (const event of card.sent.events) {
        try {
          await homeserver.redact(card.sent.room, event, transactionFor(event, 'card'));
        } catch (error) {
          // Gone already, or the room is: there is nothing more to take back.
          if (!(error instanceof HomeserverError) || error.transient) throw error;
        }
      }
      book.drop(card);
    }
  }

  async #isOver(card: Card, cards: readonly Card[]): Promise<boolean> {
    const { accounts, clock } = this.#parts;
    if (clock() - card.at > CARD_MS) return true;
    if (cards.some(({ person, at }) => person === card.person && at > card.at)) return true;
    try {
      const account = accounts && (await accounts.find(card.person as PersonId));
      return account !== undefined && (account.devices > 0 || account.isClosed);
    } catch (error) {
      if (error instanceof AppError && error.reason === 'account-right') return false;
      throw error;
    }
  }
}
