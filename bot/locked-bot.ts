import type { Database } from 'better-sqlite3';
import type { Logger } from '../core/log.ts';
import type { Person } from '../core/people.ts';
import { LockedNotices, type LockedNoticesParts } from './locked-notices.ts';
import { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Homeserver, Session } from './matrix/homeserver.ts';
import { Inbox } from './matrix/inbox.ts';
import { messageContent } from './matrix/message-content.ts';
import { Outbox, transactionFor } from './matrix/outbox.ts';
import { RoomBook } from './matrix/room-book.ts';
import { Sender } from './matrix/sender.ts';
import { runSyncLoop } from './matrix/sync-loop.ts';
import { asOperatorError } from './operator-errors.ts';
import { SendingLoop } from './sending-loop.ts';
import { say } from './wording/say.ts';
import { writersToTell } from './writers-to-tell.ts';

const MOST_LOOKED_AT = 500;
const TICK_MS = 1000;

/** What is left of the bot in a lockdown: bot.db, the session, and who is known, as it was when the keys went. */
export interface LockedParts extends Omit<LockedNoticesParts, 'outbox'> {
  readonly db: Database;
  readonly session: Session;
  readonly homeserver: Homeserver;
  readonly people: readonly Person[];
  readonly onStoreFailure: (error: unknown) => void;
  readonly log: Logger;
}

/**
 * The bot without the keys of anybody's documents: what comes in is stored and left open, what was said already is sent, and
 * everybody who writes in a direct chat is told once, admins in the ops room for each command. Nothing is read, and nothing is handled. Runs until the signal aborts; throws what ended it.
 */
export class LockedBot {
  readonly #parts: LockedParts;
  readonly #stop: AbortController;
  readonly #rooms: RoomBook;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #notices: LockedNotices;
  #sending!: SendingLoop;

  constructor(parts: LockedParts, stop: AbortController) {
    const { db, session, clock } = parts;
    this.#parts = parts;
    this.#stop = stop;
    this.#rooms = new RoomBook(db);
    this.#outbox = new Outbox(db, clock);
    this.#notices = new LockedNotices({ ...parts, outbox: this.#outbox });
    this.#inbox = new Inbox(db, { own: session.userId, rooms: this.#rooms, outbox: this.#outbox, now: clock });
  }

  async run(): Promise<void> {
    const { db, session, homeserver, onStoreFailure, clock, log } = this.#parts;
    const crypto = await CryptoMachine.open({
      ...{ db, session, homeserver, onStoreFailure },
      onRoomKeys: () => {},
      // The book of identities is locked: what the crypto store saw first has to do.
      seeIdentity: (_person, _key, isNew) => isNew,
      // Verifying a session waits for the unlocking.
      sendRoomEvent: () => Promise.reject(new Error('nothing of the kind is sent in a lockdown')),
    });
    this.#sending = this.#startSending(crypto);
    const timer = setInterval(() => this.#tick(), TICK_MS);
    try {
      // What came before the keys went: the homeserver brings nothing of it again.
      this.#tellWriters();
      await runSyncLoop(
        {
          ...{ homeserver, crypto, inbox: this.#inbox, now: clock },
          onDevices: () => this.#outbox.hurry(),
          onNews: () => this.#tellWriters(),
          onContact: (error) => {
            if (error && !this.#stop.signal.aborted) log.warn({ err: error }, 'the homeserver does not answer');
          },
        },
        this.#stop.signal,
      );
    } catch (thrown) {
      throw asOperatorError(thrown);
    } finally {
      clearInterval(timer);
      await this.#sending.idle();
      await crypto.close();
    }
  }

  #startSending(crypto: CryptoMachine): SendingLoop {
    const { session, homeserver, people, clock, log } = this.#parts;
    const sender = new Sender({
      ...{ own: session.userId, homeserver, crypto, outbox: this.#outbox, rooms: this.#rooms, now: clock },
      isKnown: (user) => people.some(({ id }) => id === user),
      isAdmin: (user) => people.some(({ id, role }) => id === user && role === 'admin'),
      // The book of erasures is locked; only what it queued for somebody who leaves carries that mark.
      isLeaving: () => true,
      onRefused: (row, refusal) => this.#sending.onRefused(row, refusal),
      onDelay: (row, error) => this.#sending.onDelay(row, error),
    });
    // The book of alerts is locked too; what has to wait is in the log.
    const alerts = { raise: () => {}, open: () => [], clear: () => false };
    const deaf = { onOpsRefused: () => {}, onRoomChanged: () => {}, hasSignedDevice: async () => false };
    return new SendingLoop({ sender, alerts, log, ...deaf }, this.#stop.signal);
  }

  #tick(): void {
    this.#notices.tick();
    this.#sending.wake();
  }

  /** One notice for each chat with a known person who wrote; the transaction's name makes it one. */
  #tellWriters(): void {
    const { people, opsRoom, since, session } = this.#parts;
    const parts = { own: session.userId, people, rooms: this.#rooms, opsRoom };
    const open = this.#inbox.open(MOST_LOOKED_AT);
    for (const [room, person] of writersToTell(parts, open)) {
      this.#outbox.add({
        transaction: `kin.lockdown.${since.toString(36)}.${room}`,
        room,
        audience: { kind: 'direct', person: person.id },
        type: 'm.room.message',
        content: messageContent(say(person.language, 'lockdown.notice'), 'm.notice'),
      });
    }
    for (const { event, room } of open) {
      const admin = room === opsRoom ? people.find(({ id }) => id === event.sender) : undefined;
      if (admin && ['m.room.encrypted', 'm.room.message'].includes(event.type))
        this.#answerAdmin(event.event_id, room, admin);
    }
    this.#sending.wake();
  }

  /** In the ops room every message is a command, which somebody waits for. */
  #answerAdmin(event: string, room: string, person: Person): void {
    const { since } = this.#parts;
    const text = say(person.language, 'lockdown.ops', { since });
    this.#outbox.add({
      transaction: transactionFor(event, 'lockdown'),
      room,
      audience: { kind: 'ops' },
      type: 'm.room.message',
      content: messageContent(text, 'm.notice', { inReplyTo: event }),
    });
  }
}
