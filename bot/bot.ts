import type { TenantId } from '../core/caller.ts';
import type { ApiDesk } from './api/api-desk.ts';
import { assembleBot, type BotMachinery } from './assemble-bot.ts';
import type { BotParts } from './bot-parts.ts';
import { botFigures } from './bot-services.ts';
import { answerInvites } from './invites.ts';
import { Lane } from './lane.ts';
import { LookingLoop } from './looking-loop.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import { Inbox } from './matrix/inbox.ts';
import { Outbox } from './matrix/outbox.ts';
import { RoomBook } from './matrix/room-book.ts';
import { runSyncLoop } from './matrix/sync-loop.ts';
import { asOperatorError, identityRefused } from './operator-errors.ts';

const TICK_MS = 1000;

/** The running bot: sync loop, dispatcher, sender and housekeeping around one crypto machine. */
export class Bot {
  #parts: BotParts;
  #stop: AbortController;
  #rooms: RoomBook;
  #outbox: Outbox;
  #inbox: Inbox;
  #made!: BotMachinery;
  #lanes = {
    commands: new Lane(2),
    questions: new Lane(1),
    files: new Lane(1),
    scans: new Lane(1),
    exports: new Lane(1),
  };
  #startedAt: number;
  #looking: LookingLoop;
  #answering: Promise<void> | undefined;
  #caughtUp = false;
  #isRestoredTold = false;
  #lastContact: number;

  constructor(parts: BotParts, stop: AbortController) {
    this.#parts = parts;
    this.#stop = stop;
    this.#startedAt = parts.clock();
    this.#lastContact = parts.clock();
    this.#looking = new LookingLoop({ look: () => this.#look(), log: parts.log }, stop.signal);
    this.#rooms = new RoomBook(parts.db);
    this.#outbox = new Outbox(parts.db, parts.clock);
    this.#inbox = new Inbox(parts.db, {
      own: parts.session.userId,
      rooms: this.#rooms,
      outbox: this.#outbox,
      now: parts.clock,
    });
  }

  /** When the homeserver last answered a sync, milliseconds since 1970; the health endpoint reports it. */
  get lastContact(): number {
    return this.#lastContact;
  }

  /** What the HTTP API works with; undefined until the bot is put together. */
  get desk(): ApiDesk | undefined {
    return this.#made?.apiDesk;
  }

  /** True while somebody's question is being answered: background work steps aside then. */
  get isAnswering(): boolean {
    return this.#lanes.questions.length() > 0;
  }

  /** A document has all its dense vectors; called by the background embedding. */
  onDeep(tenant: TenantId, document: number): void {
    this.#made?.dispatcher.tellDeep(tenant, document);
  }

  /**
   * Runs until the signal aborts, then finishes what is half done and closes the crypto store. Throws what ended it: an
   * AppError the operator can act on, or an internal error.
   */
  async run(): Promise<void> {
    const signal = this.#stop.signal;
    this.#made = await this.#assemble();
    await this.#prepareIdentity();
    let failure: unknown;
    const fail = (error: unknown) => {
      failure ??= error;
      this.#stop.abort();
    };
    const timer = setInterval(() => this.#tick(), TICK_MS);
    try {
      await this.#syncLoop(signal).catch(fail);
    } finally {
      clearInterval(timer);
      await Promise.all([
        this.#looking.idle(),
        this.#made.sending.idle(),
        this.#answering,
        this.#made.keyDesk.close(),
        this.#made.digestDesk.idle(),
        this.#made.passwordDesk.idle(),
        this.#made.cardWatch.idle(),
        this.#made.erasing.idle(),
        ...Object.values(this.#lanes).map((lane) => lane.close()),
      ]);
      // What the lanes had to say at last.
      await this.#made.sending.idle();
      await this.#made.crypto.close();
    }
    if (failure) throw asOperatorError(failure);
  }

  async #assemble(): Promise<BotMachinery> {
    const [rooms, outbox, inbox, lanes] = [this.#rooms, this.#outbox, this.#inbox, this.#lanes];
    return assembleBot({
      ...{ parts: this.#parts, rooms, outbox, inbox, lanes, signal: this.#stop.signal },
      figures: () => botFigures(this.#parts, { startedAt: this.#startedAt, lanes, inbox, outbox }),
      wakeSender: () => this.#wakeSender(),
      wakeLooking: () => this.#looking.wake(),
    });
  }

  /** Cross-signs the device at the first start and hands its recovery key to the admins, once. */
  async #prepareIdentity(): Promise<void> {
    try {
      await this.#made.crypto.ensureIdentity();
    } catch (error) {
      if (error instanceof HomeserverError && error.status === 401) throw identityRefused(error);
      throw error;
    }
    await this.#made.opsDesk.handOverSecrets(this.#made.crypto);
  }

  #syncLoop(signal: AbortSignal): Promise<void> {
    return runSyncLoop(
      {
        homeserver: this.#parts.homeserver,
        inbox: this.#inbox,
        crypto: this.#made.crypto,
        now: this.#parts.clock,
        onDevices: () => this.#outbox.hurry(),
        onNews: () => {
          this.#lastContact = this.#parts.clock();
          if (!this.#caughtUp) this.#parts.log.info('in touch with the homeserver');
          this.#tellRestored();
          this.#caughtUp = true;
          this.#looking.wake();
        },
        onContact: (error) => {
          if (signal.aborted) return;
          if (error) this.#parts.log.warn({ err: error }, 'the homeserver does not answer');
          else this.#parts.log.info('the homeserver answers again');
        },
      },
      signal,
    );
  }

  /** With the first news of the homeserver: before, a restored bot.db does not know who is in which room. */
  #tellRestored(): void {
    if (this.#isRestoredTold || this.#inbox.token() === undefined) return;
    this.#isRestoredTold = true;
    try {
      this.#made.tellRestored();
    } catch (error) {
      this.#parts.log.error(
        { err: error },
        'that the household was restored could not be told; the next start tries again',
      );
    }
  }

  /** Beside everything else: a slow answer to a stranger's invite must not keep the family waiting. */
  #answerInvites(): void {
    const { homeserver, session, state, clock, log } = this.#parts;
    const { people, alerts } = state.control;
    this.#answering ??= answerInvites({ own: session.userId, homeserver, inbox: this.#inbox, people, alerts, clock })
      .then(() => undefined)
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) log.error({ err: error }, 'an invite could not be answered');
      })
      .finally(() => {
        this.#answering = undefined;
      });
  }

  async #look(): Promise<void> {
    const { people } = this.#parts.state.control;
    this.#answerInvites();
    await this.#made.dispatcher.pump();
    if (this.#stop.signal.aborted) return;
    await this.#made.verification.advance(people.list().map((person) => person.id));
    this.#wakeSender();
  }

  #tick(): void {
    try {
      if (!this.#caughtUp) return;
      this.#made.housekeeping.tick();
      this.#made.health.tick();
      this.#made.dispatcher.tick();
      this.#made.keyDesk.tick();
      this.#made.digestDesk.tick();
      this.#made.jobReports.tick();
      this.#made.passwordDesk.tick();
      this.#made.cardWatch.tick();
      this.#made.erasing.tick();
      this.#made.apiDesk.tick();
      if (this.#made.dispatcher.hasRetries || this.#inbox.invites.all().length > 0) this.#looking.wake();
      const due = this.#outbox.nextAt();
      if (due !== undefined && due <= this.#parts.clock()) this.#wakeSender();
      if (this.#made.opsDesk.isDue()) void this.#made.opsDesk.refresh();
    } catch (error) {
      this.#parts.log.error({ err: error }, 'housekeeping failed');
    }
  }

  #wakeSender(): void {
    if (this.#caughtUp) this.#made.sending.wake();
  }
}
