import type { Database } from 'better-sqlite3';
import type { TenantId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { AppError } from '../core/errors.ts';
import { indexWords } from '../core/ingest/index-words.ts';
import { prepareDocument } from '../core/ingest/prepare-document.ts';
import type { FileLimits } from '../core/ingest/read-file.ts';
import type { Logger } from '../core/log.ts';
import type { PieceEncoder } from '../core/question.ts';
import type { CommandServices } from './commands/services.ts';
import { countKept } from './count-kept.ts';
import { Dispatcher } from './dispatcher.ts';
import { embeddingProgress } from './embedding-progress.ts';
import type { Ask } from './handle-question.ts';
import { Housekeeping } from './housekeeping.ts';
import { answerInvites } from './invites.ts';
import { Lane } from './lane.ts';
import { LockedFiles } from './locked-files.ts';
import { MarkedAnswers } from './marked-answers.ts';
import { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Homeserver, Session } from './matrix/homeserver.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import { Inbox } from './matrix/inbox.ts';
import { Outbox } from './matrix/outbox.ts';
import { ReplayGuard } from './matrix/replay-guard.ts';
import { RoomBook } from './matrix/room-book.ts';
import { Sender } from './matrix/sender.ts';
import { runSyncLoop } from './matrix/sync-loop.ts';
import { VerificationAnswerer } from './matrix/verification.ts';
import { OpsDesk } from './ops-desk.ts';
import { opsRoomId } from './ops-room.ts';
import { SendingLoop } from './sending-loop.ts';
import { sweepChatMemory } from './sweep-chat-memory.ts';
import { verificationNotices } from './verification-notices.ts';
import { Welcome } from './welcome.ts';

/** What the entry file hands over. */
export interface BotParts {
  readonly state: OpenState;
  readonly db: Database;
  readonly session: Session;
  readonly homeserver: Homeserver;
  readonly opsRoomSetting: string;
  readonly limits: FileLimits;
  readonly encoder: PieceEncoder;
  readonly gramsOf: (text: string) => string[];
  readonly ask: Ask;
  /** Commands' services that do not come from the bot's own parts. */
  readonly services: Pick<CommandServices, 'models'>;
  readonly version: string;
  /** The crypto store cannot be written any more: must end the process at once, as going on would hand out keys that a restart does not know. */
  readonly onStoreFailure: (error: unknown) => void;
  /** Called after a document was stored, to give it its dense vectors; undefined when there is no embedder. */
  readonly onStored: (() => void) | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const TICK_MS = 1000;

/** The running bot: sync loop, dispatcher, sender and housekeeping around one crypto machine. */
export class Bot {
  #parts: BotParts;
  #stop: AbortController;
  #rooms: RoomBook;
  #outbox: Outbox;
  #inbox: Inbox;
  #crypto!: CryptoMachine;
  #sender!: Sender;
  #dispatcher!: Dispatcher;
  #verification!: VerificationAnswerer;
  #housekeeping!: Housekeeping;
  #opsDesk!: OpsDesk;
  #lanes = { commands: new Lane(2), questions: new Lane(1), files: new Lane(1), scans: new Lane(1) };
  #startedAt: number;
  #sending!: SendingLoop;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #answering: Promise<void> | undefined;
  #caughtUp = false;
  #lastContact: number;

  constructor(parts: BotParts, stop: AbortController) {
    this.#parts = parts;
    this.#stop = stop;
    this.#startedAt = parts.clock();
    this.#lastContact = parts.clock();
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

  /** True while somebody's question is being answered: background work steps aside then. */
  get isAnswering(): boolean {
    return this.#lanes.questions.length() > 0;
  }

  /** A document has all its dense vectors; called by the background embedding. */
  onDeep(tenant: TenantId, document: number): void {
    this.#dispatcher?.tellDeep(tenant, document);
  }

  /**
   * Runs until the signal aborts, then finishes what is half done and closes the crypto store. Throws what ended it: an
   * AppError the operator can act on, or an internal error.
   */
  async run(): Promise<void> {
    const signal = this.#stop.signal;
    await this.#assemble();
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
        this.#looking,
        this.#sending.idle(),
        this.#answering,
        ...Object.values(this.#lanes).map((lane) => lane.close()),
      ]);
      // What the lanes had to say at last.
      await this.#sending.idle();
      await this.#crypto.close();
    }
    if (failure) throw asOperatorError(failure);
  }

  async #assemble(): Promise<void> {
    const { db, session, homeserver, state, clock, log } = this.#parts;
    const { people, alerts } = state.control;
    this.#crypto = await CryptoMachine.open({
      db,
      session,
      homeserver,
      onStoreFailure: this.#parts.onStoreFailure,
      onRoomKeys: (rooms) => this.#retryRooms(rooms),
      sendRoomEvent: (room, type, message) => this.#sendRoomEvent(room, type, message),
    });
    this.#opsDesk = new OpsDesk({
      ...this.#parts,
      own: session.userId,
      setting: this.#parts.opsRoomSetting,
      outbox: this.#outbox,
      rooms: this.#rooms,
      models: this.#parts.services.models,
      wake: () => this.#wakeSender(),
    });
    this.#sender = new Sender({
      own: session.userId,
      homeserver,
      crypto: this.#crypto,
      outbox: this.#outbox,
      rooms: this.#rooms,
      isKnown: (user) => people.find(user) !== undefined,
      isAdmin: (user) => people.find(user)?.role === 'admin',
      now: clock,
      onRefused: (row, refusal) => this.#sending.onRefused(row, refusal),
      onDelay: (row, error) => this.#sending.onDelay(row, error),
    });
    this.#sending = new SendingLoop(
      {
        sender: this.#sender,
        alerts,
        log,
        onOpsRefused: () => void this.#opsDesk.refresh(),
        onRoomChanged: () => this.#onNews(),
      },
      this.#stop.signal,
    );
    this.#verification = new VerificationAnswerer(
      this.#crypto,
      verificationNotices({
        ...this.#common(),
        people,
        rooms: this.#rooms,
        outbox: this.#outbox,
        wake: () => this.#wakeSender(),
      }),
    );
    const welcome = new Welcome({
      ...this.#common(),
      rooms: this.#rooms,
      outbox: this.#outbox,
      people,
      homeserver,
      clock,
    });
    this.#dispatcher = new Dispatcher(
      {
        ...this.#common(),
        homeserver,
        crypto: this.#crypto,
        inbox: this.#inbox,
        replays: new ReplayGuard(this.#parts.db),
        outbox: this.#outbox,
        sender: this.#sender,
        rooms: this.#rooms,
        verification: this.#verification,
        welcome,
        people,
        alerts,
        vault: state.vault,
        files: { ...this.#parts, prepare: prepareDocument, vault: state.vault },
        locked: new LockedFiles(this.#parts.db, clock),
        marked: new MarkedAnswers(this.#parts.db),
        ask: this.#parts.ask,
        commands: this.#commandServices(),
        lanes: this.#lanes,
        clock,
        log,
        wake: () => this.#wakeSender(),
      },
      this.#stop.signal,
    );
    this.#housekeeping = new Housekeeping({
      inbox: this.#inbox,
      outbox: this.#outbox,
      people,
      alerts,
      heartbeats: state.control.heartbeats,
      opsRoom: () => opsRoomId(state.control.facts),
      figures: () => this.#figures(),
      sweep: (now) => sweepChatMemory(state, now),
      tellWaiting: (item) => this.#dispatcher.tellWaiting(item),
      clock,
      wake: () => this.#onNews(),
    });
  }

  #common(): { own: string; opsRoom: () => string | undefined } {
    const { session, state } = this.#parts;
    return { own: session.userId, opsRoom: () => opsRoomId(state.control.facts) };
  }

  #commandServices(): CommandServices {
    const { state, session, clock, services } = this.#parts;
    const { people, alerts, heartbeats, audit } = state.control;
    return {
      ...services,
      wordsOf: indexWords(this.#parts),
      vault: state.vault,
      people,
      alerts,
      heartbeats,
      audit,
      clock,
      figures: () => this.#figures(),
      progress: () => embeddingProgress(state, services.models().embedder),
      server: session.userId.slice(session.userId.indexOf(':') + 1),
      bot: session.userId as CommandServices['bot'],
      stopQuestions: (person) => this.#dispatcher.stopQuestions(person),
      refreshOpsRoom: () => this.#opsDesk.refresh(),
    };
  }

  /** Cross-signs the device at the first start and hands its recovery key to the admins, once. */
  async #prepareIdentity(): Promise<void> {
    try {
      await this.#crypto.ensureIdentity();
    } catch (error) {
      if (error instanceof HomeserverError && error.status === 401) throw identityRefused(error);
      throw error;
    }
    await this.#opsDesk.handOverSecrets(this.#crypto);
  }

  #syncLoop(signal: AbortSignal): Promise<void> {
    return runSyncLoop(
      {
        homeserver: this.#parts.homeserver,
        inbox: this.#inbox,
        crypto: this.#crypto,
        now: this.#parts.clock,
        onDevices: () => this.#outbox.hurry(),
        onNews: () => {
          this.#lastContact = this.#parts.clock();
          if (!this.#caughtUp) this.#parts.log.info('in touch with the homeserver');
          this.#caughtUp = true;
          this.#onNews();
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

  #onNews(): void {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = this.#lookAround()
      .catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#parts.log.error({ err: error }, 'looking at the inbox failed');
      })
      .finally(() => {
        this.#looking = undefined;
      });
  }

  async #lookAround(): Promise<void> {
    do {
      this.#lookAgain = false;
      await this.#look();
    } while (this.#lookAgain && !this.#stop.signal.aborted);
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
    await this.#dispatcher.pump();
    if (this.#stop.signal.aborted) return;
    await this.#verification.advance(people.list().map((person) => person.id));
    this.#wakeSender();
  }

  #tick(): void {
    try {
      if (!this.#caughtUp) return;
      this.#housekeeping.tick();
      this.#dispatcher.tick();
      if (this.#dispatcher.hasRetries || this.#inbox.invites().length > 0) this.#onNews();
      const due = this.#outbox.nextAt();
      if (due !== undefined && due <= this.#parts.clock()) this.#wakeSender();
      if (this.#opsDesk.isDue()) void this.#opsDesk.refresh();
    } catch (error) {
      this.#parts.log.error({ err: error }, 'housekeeping failed');
    }
  }

  #wakeSender(): void {
    if (this.#caughtUp) this.#sending.wake();
  }

  #retryRooms(rooms: readonly string[]): void {
    const wanted = new Set(rooms);
    const waiting = this.#inbox.waiting().filter((item) => wanted.has(item.room));
    for (const item of waiting) this.#inbox.retry(item.event.event_id);
    if (waiting.length > 0) this.#onNews();
  }

  async #sendRoomEvent(
    room: string,
    type: string,
    message: { transaction: string; content: Record<string, unknown> },
  ): Promise<string> {
    return this.#sender.sendNow({
      room,
      audience: { kind: 'room' },
      type,
      transaction: message.transaction,
      content: message.content,
    });
  }

  #figures() {
    const { state, version } = this.#parts;
    return {
      version,
      startedAt: this.#startedAt,
      memoryBytes: process.memoryUsage.rss(),
      ...countKept(state),
      filesWaiting: this.#lanes.files.length() + this.#lanes.scans.length(),
      questionsWaiting: this.#lanes.questions.length(),
      repliesWaiting: this.#outbox.length(),
      undecryptable: this.#inbox.counts().waiting,
    };
  }
}

function identityRefused(cause: unknown): AppError {
  return new AppError('conflict', 'The bot’s account already has a cross-signing identity, made by somebody else.', {
    hint: 'Use a fresh account for the bot, or reset the identity of this one (its password is needed) and start again.',
    cause,
  });
}

function asOperatorError(error: unknown): unknown {
  if (!(error instanceof HomeserverError) || error.errcode !== 'M_UNKNOWN_TOKEN') return error;
  return new AppError('unavailable', 'The homeserver ended the bot’s session (it was logged out there).', {
    hint: 'If that was you: move bot.db out of the state folder and start again; the bot then comes back as a new device.',
    cause: error,
  });
}
