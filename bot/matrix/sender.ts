import { AppError } from '../../core/errors.ts';
import { checkpoint } from './checkpoint.ts';
import type { CryptoMachine, Unconfirmed } from './crypto-machine.ts';
import type { Homeserver } from './homeserver.ts';
import { HomeserverError } from './homeserver-error.ts';
import type { Audience, Outbox, OutboxRow, OutgoingMessage } from './outbox.ts';
import type { RoomBook } from './room-book.ts';

/** Why a message may not be shown in its room. */
export type Refusal = 'not-alone' | 'not-encrypted' | 'gone';

/** Thrown when a message may not be sent to its audience; nothing of it left the machine. */
export class AudienceError extends AppError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super('forbidden', `The message may not be sent to this room (${refusal}).`, { reason: `audience-${refusal}` });
    this.refusal = refusal;
  }
}

interface SenderParts {
  readonly own: string;
  readonly homeserver: Homeserver;
  readonly crypto: CryptoMachine;
  readonly outbox: Outbox;
  readonly rooms: RoomBook;
  readonly isKnown: (user: string) => boolean;
  readonly isAdmin: (user: string) => boolean;
  /** Somebody who is being erased, or will be. */
  readonly isLeaving: (user: string) => boolean;
  /** True when what a message speaks of has ended meanwhile: it is given up. Missing: nothing ever has. */
  readonly isOver?: (row: OutboxRow) => boolean;
  readonly now: () => number;
  /** A message was given up because its room may not see it. */
  readonly onRefused: (row: OutboxRow, refusal: Refusal) => void;
  /** A message has reached the homeserver. */
  readonly onSent?: (row: OutboxRow) => void;
  /** A message has to wait; the reason is an error without private text. */
  readonly onDelay: (row: OutboxRow, error: unknown) => void;
}

/**
 * Who is to read a message and shows another identity than before: what is for them waits until it is confirmed, the other
 * admins still hear what they must, and explanations that hold nothing private reach everybody.
 */
const UNCONFIRMED: Readonly<Record<Audience['kind'], Unconfirmed>> = {
  direct: 'refuse',
  family: 'refuse',
  ops: 'leave-out',
  room: 'include',
};

/** Longest pause between two tries of one message, in milliseconds. */
const LONGEST_PAUSE_MS = 60_000;

/** Sends the outbox: one message after the other, each checked against the room's real members right before it goes. */
export class Sender {
  #parts: SenderParts;
  /** No best-effort send before this time, because the server asked for a pause. */
  #quietUntil = 0;
  /** The best-effort edit under way in each room: a final edit must not overtake it. */
  #edits = new Map<string, Promise<unknown>>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Sends everything that is due. Returns when nothing is, or when the signal aborts. Failures are recorded in the rows. */
  async drain(signal: AbortSignal): Promise<void> {
    for (let row = this.#parts.outbox.next(); row && !signal.aborted; row = this.#parts.outbox.next()) {
      try {
        await this.#deliver(row);
      } catch (error) {
        if (signal.aborted) return;
        this.#delayOrDrop(row, error);
      }
    }
  }

  /**
   * Sends an edit that may be lost: progress, a longer part of an answer. Returns false when it was not sent (rate limit,
   * fault); only the final edit goes through the outbox. Throws AudienceError when the room may not see it any more.
   */
  async tryNow(message: OutgoingMessage): Promise<boolean> {
    if (this.#parts.now() < this.#quietUntil) return false;
    const sending = this.#put(message, message.content);
    this.#edits.set(message.room, sending);
    try {
      await sending;
      return true;
    } catch (error) {
      if (error instanceof AudienceError) throw error;
      if (error instanceof HomeserverError) this.#heed(error);
      return false;
    } finally {
      if (this.#edits.get(message.room) === sending) this.#edits.delete(message.room);
    }
  }

  /** Sends one message at once and returns its event id; for protocol messages that the crypto machine retries itself. */
  sendNow(message: OutgoingMessage): Promise<string> {
    return this.#put(message, message.content);
  }

  async #deliver(row: OutboxRow): Promise<void> {
    const content = this.#withEditTarget(row);
    if (!content || this.#parts.isOver?.(row)) {
      this.#parts.outbox.drop(row.id);
      return;
    }
    // From here on `content` is what goes out: newer words for this row become an edit of it.
    this.#parts.outbox.markTried(row.id);
    await this.#edits.get(row.room)?.catch(() => undefined);
    const eventId = await this.#put(row, content);
    this.#parts.outbox.markSent(row.id, eventId);
    this.#parts.onSent?.(row);
  }

  /** Fills in which event an edit replaces; undefined when that message never reached the room. */
  #withEditTarget(row: OutboxRow): Readonly<Record<string, unknown>> | undefined {
    if (!row.editOf) return row.content;
    const target = this.#parts.outbox.find(row.editOf)?.eventId;
    if (!target) return undefined;
    return { ...row.content, 'm.relates_to': { rel_type: 'm.replace', event_id: target } };
  }

  async #put(message: OutgoingMessage, content: Readonly<Record<string, unknown>>): Promise<string> {
    const readers = await this.#readers(message.room, message.audience);
    const event = await this.#sealed(message, content, readers).catch((error: unknown) => {
      throw error instanceof HomeserverError ? notTheMessage(error) : error;
    });
    const id = await this.#parts.homeserver.send(message.room, event.type, {
      transaction: message.transaction,
      content: event.content,
    });
    checkpoint('put-answered');
    return id;
  }

  /** The event as it goes over the wire. Plain text only where the room is surely not encrypted, and never anything private. */
  async #sealed(
    { room, audience, type }: OutgoingMessage,
    content: Readonly<Record<string, unknown>>,
    readers: readonly string[],
  ): Promise<{ type: string; content: Readonly<Record<string, unknown>> }> {
    if (await this.#mustEncrypt(room)) {
      return {
        type: 'm.room.encrypted',
        content: await this.#parts.crypto.encrypt(room, {
          ...{ type, content, for: readers },
          unconfirmed: UNCONFIRMED[audience.kind],
        }),
      };
    }
    if (audience.kind !== 'room') throw new AudienceError('not-encrypted');
    return { type, content };
  }

  /** Asks the server who is in the room now and refuses when that is not the message's audience. */
  async #readers(room: string, audience: Audience): Promise<string[]> {
    const members = await this.#parts.homeserver.joinedMembers(room);
    const others = members.filter((member) => member !== this.#parts.own);
    if (!members.includes(this.#parts.own)) throw new AudienceError('gone');
    if (audience.kind === 'direct' && !this.#mayRead(audience)) throw new AudienceError('gone');
    if (audience.kind === 'direct' && (others.length !== 1 || others[0] !== audience.person)) {
      throw new AudienceError(others.includes(audience.person) ? 'not-alone' : 'gone');
    }
    if (audience.kind === 'family') {
      const { person = others[0] ?? '' } = audience;
      if (!others.includes(person) || !this.#parts.isKnown(person)) throw new AudienceError('gone');
      if (!others.every(this.#parts.isKnown)) throw new AudienceError('not-alone');
    }
    if (audience.kind === 'ops' && !others.every(this.#parts.isAdmin)) throw new AudienceError('not-alone');
    return members;
  }

  #mayRead({ person, leaving }: Extract<Audience, { kind: 'direct' }>): boolean {
    return this.#parts.isKnown(person) || (leaving === true && this.#parts.isLeaving(person));
  }

  /**
   * True for a room that was ever encrypted. Otherwise the server is asked; anything but its clear "there is no such
   * state" throws, because an unknown state must never become plain text.
   */
  async #mustEncrypt(room: string): Promise<boolean> {
    if (this.#parts.rooms.everEncrypted(room)) return true;
    const state = await this.#parts.homeserver.state(room, 'm.room.encryption');
    if (state) this.#parts.rooms.markEncrypted(room, this.#parts.now());
    return state !== undefined;
  }

  #delayOrDrop(row: OutboxRow, error: unknown): void {
    const { outbox, now } = this.#parts;
    // What the admins are to know waits until their room is in order: it may be a key that is shown only once.
    const mustArrive = row.audience.kind === 'ops';
    if (error instanceof AudienceError) {
      this.#parts.onRefused(row, error.refusal);
      if (mustArrive) outbox.postpone(row.id, now() + LONGEST_PAUSE_MS);
      else outbox.drop(row.id);
      return;
    }
    if (error instanceof HomeserverError) {
      this.#heed(error);
      if (!error.transient && !mustArrive && error.errcode !== 'M_UNKNOWN_TOKEN') {
        outbox.drop(row.id);
        this.#parts.onDelay(row, error);
        return;
      }
    }
    const asked = error instanceof HomeserverError ? error.retryAfterMs : 0;
    const pause = Math.max(asked, Math.min(LONGEST_PAUSE_MS, 500 * 2 ** Math.min(row.attempts, 7)));
    outbox.postpone(row.id, now() + pause);
    this.#parts.onDelay(row, error);
  }

  #heed(error: HomeserverError): void {
    if (error.status === 429) this.#quietUntil = this.#parts.now() + Math.max(error.retryAfterMs, 1000);
  }
}

/** A refusal that concerned keys or the room's state says nothing about the message itself, which must not be given up for it. */
function notTheMessage(error: HomeserverError): unknown {
  if (error.transient || error.errcode === 'M_UNKNOWN_TOKEN') return error;
  return new AppError('unavailable', 'The message could not be encrypted yet.', {
    reason: 'not-encrypted-yet',
    cause: error,
  });
}
