import { editContent, type MessagePlace, messageContent } from './matrix/message-content.ts';
import { type Audience, type Outbox, type OutgoingMessage, transactionFor } from './matrix/outbox.ts';
import type { Sender } from './matrix/sender.ts';

/** Most edits of one message, the final one included: a thousand made a room unloadable in somebody's clients. */
const MAX_EDITS = 12;
const FIRST_PAUSE_MS = 1500;

interface ReplyParts {
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly now: () => number;
  /** Asks the sending loop to look at the outbox. */
  readonly wake: () => void;
}

/** Where a reply goes and what it belongs to. */
export interface ReplyTarget {
  readonly room: string;
  readonly audience: Audience;
  /** The event that is answered: names every message of this reply, so that a restart goes on with the same ones. */
  readonly source: string;
  readonly place: MessagePlace;
  readonly msgtype: 'm.notice' | 'm.text';
  /** Transaction of an earlier answer of ours that this reply replaces, because its question was edited. */
  readonly replaces?: string;
}

/**
 * One visible message that grows: shown early through the outbox, edited a few times as well as the rate limit allows,
 * and finished through the outbox. After a crash the same message is taken up again, so nobody sees two answers.
 */
export class Reply {
  #parts: ReplyParts;
  #target: ReplyTarget;
  #edits = 0;
  #nextEdit = 0;
  #sending = false;

  constructor(parts: ReplyParts, target: ReplyTarget) {
    this.#parts = parts;
    this.#target = target;
  }

  /** Shows a state of the work. May be skipped; never waits and never throws. */
  show(markdown: string): void {
    if (this.#target.replaces) return;
    const { outbox, now } = this.#parts;
    const first = outbox.find(this.#transaction('answer'));
    if (!first) {
      outbox.add(this.#message('answer', messageContent(markdown, this.#target.msgtype, this.#target.place)));
      this.#parts.wake();
      this.#nextEdit = now() + FIRST_PAUSE_MS;
      return;
    }
    if (first.eventId === null || this.#sending || this.#edits >= MAX_EDITS - 1 || now() < this.#nextEdit) return;
    this.#edits += 1;
    // Pauses grow, so that a long answer spends its few edits over its whole length.
    this.#nextEdit = now() + FIRST_PAUSE_MS * (1 + this.#edits);
    this.#sending = true;
    const edit = this.#message(
      `edit${this.#edits}.${now().toString(36)}`,
      editContent(markdown, this.#target.msgtype, first.eventId),
    );
    void this.#parts.sender
      .tryNow(edit)
      .catch(() => undefined)
      .finally(() => {
        this.#sending = false;
      });
  }

  /** True when people may have seen a state of the work. */
  get isShown(): boolean {
    return this.#parts.outbox.find(this.#transaction('answer')) !== undefined;
  }

  /** Queues the final text: as the message itself when nothing was shown yet, else as its last edit. Call inside `inbox.finish`. */
  finish(outbox: Outbox, markdown: string): void {
    const { msgtype, place, replaces } = this.#target;
    if (replaces) {
      outbox.add({ ...this.#message('final', editContent(markdown, msgtype)), editOf: replaces });
      return;
    }
    const first = outbox.find(this.#transaction('answer'));
    if (!first || (first.state === 'pending' && first.attempts === 0)) {
      outbox.add(this.#message('answer', messageContent(markdown, msgtype, place)));
      return;
    }
    outbox.add({ ...this.#message('final', editContent(markdown, msgtype)), editOf: this.#transaction('answer') });
  }

  #transaction(part: string): string {
    return transactionFor(this.#target.source, part);
  }

  #message(part: string, content: Record<string, unknown>): OutgoingMessage {
    const { room, audience, source } = this.#target;
    return { transaction: this.#transaction(part), room, audience, type: 'm.room.message', content, source };
  }
}
