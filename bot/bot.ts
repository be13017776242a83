import type { PersonId, TenantId } from '../core/caller.ts';
import { NO_BACKUPS } from '../core/erase/backup-generations.ts';
import { prepareDocument } from '../core/ingest/prepare-document.ts';
import { ageMs } from '../core/retention/age.ts';
import { sweepRetention } from '../core/retention/sweep.ts';
import { sweepShares } from '../core/shelf-keeping-vault.ts';
import type { BotParts } from './bot-parts.ts';
import { botFigures, botServices } from './bot-services.ts';
import { Dispatcher } from './dispatcher.ts';
import { endEmptyRooms } from './end-empty-rooms.ts';
import { Departures } from './erase/departures.ts';
import { MatrixChats } from './erase/erase-chats.ts';
import { EraseDesk } from './erase/erase-desk.ts';
import { botExporting } from './export/bot-exporting.ts';
import { Housekeeping } from './housekeeping.ts';
import { answerInvites } from './invites.ts';
import { KeyDesk } from './key-desk.ts';
import { Lane } from './lane.ts';
import { LockedFiles } from './locked-files.ts';
import { LookingLoop } from './looking-loop.ts';
import { MarkedAnswers } from './marked-answers.ts';
import { CryptoMachine } from './matrix/crypto-machine.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import { Inbox } from './matrix/inbox.ts';
import { Outbox } from './matrix/outbox.ts';
import { ReplayGuard } from './matrix/replay-guard.ts';
import { RoomBook } from './matrix/room-book.ts';
import { Sender } from './matrix/sender.ts';
import { runSyncLoop } from './matrix/sync-loop.ts';
import { Uploads } from './matrix/uploads.ts';
import { VerificationAnswerer } from './matrix/verification.ts';
import { asOperatorError, identityRefused } from './operator-errors.ts';
import { OpsDesk } from './ops-desk.ts';
import { opsRoomId } from './ops-room.ts';
import { retentionNotices, roomRetentionNotices } from './retention-notices.ts';
import { familyMembership } from './room-kind.ts';
import { SendingLoop } from './sending-loop.ts';
import { type Telling, tellPerson } from './tell-person.ts';
import { verificationNotices } from './verification-notices.ts';
import { Welcome } from './welcome.ts';

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
  #erasing: EraseDesk | undefined;
  #opsDesk!: OpsDesk;
  #keyDesk!: KeyDesk;
  #lanes = {
    commands: new Lane(2),
    questions: new Lane(1),
    files: new Lane(1),
    scans: new Lane(1),
    exports: new Lane(1),
  };
  #startedAt: number;
  #sending!: SendingLoop;
  #looking: LookingLoop;
  #answering: Promise<void> | undefined;
  #caughtUp = false;
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
        this.#looking.idle(),
        this.#sending.idle(),
        this.#answering,
        this.#keyDesk.close(),
        this.#erasing?.idle(),
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
      isLeaving: (user) => state.erasing.book.openOf(user) !== undefined,
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
        onRoomChanged: () => this.#looking.wake(),
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
    const kinds = { ...this.#common(), rooms: this.#rooms, people, families: state.rooms };
    state.rooms.askMembership(familyMembership(kinds));
    const welcome = new Welcome({
      ...kinds,
      outbox: this.#outbox,
      homeserver,
      clock,
    });
    const departing = {
      ...this.#parts,
      ...this.#common(),
      people,
      erasing: state.erasing,
      shares: state.shares,
      families: state.rooms,
      vault: state.vault,
      outbox: this.#outbox,
      rooms: this.#rooms,
      onPersonFrozen: [(person: string) => this.#dispatcher.stopQuestions(person), () => this.#opsDesk.refresh()],
      wake: () => this.#erasing?.tick(),
    };
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
        families: state.rooms,
        verification: this.#verification,
        welcome,
        people,
        alerts,
        vault: state.vault,
        files: { ...this.#parts, prepare: prepareDocument, vault: state.vault },
        locked: new LockedFiles(this.#parts.db, clock),
        marked: new MarkedAnswers(this.#parts.db),
        uploads: new Uploads(this.#parts.db, clock),
        exporting: botExporting(this.#parts),
        ask: this.#parts.ask,
        commands: botServices(this.#parts, {
          figures: () => this.#figures(),
          lockDown: () => this.#parts.onLockdown(),
          stopQuestions: (person) => this.#dispatcher.stopQuestions(person),
          refreshOpsRoom: () => this.#opsDesk.refresh(),
          departures: new Departures(departing),
          tellPerson: (person, telling) => this.#tellPerson(person, telling),
        }),
        lanes: this.#lanes,
        clock,
        log,
        wake: () => this.#wakeSender(),
      },
      this.#stop.signal,
    );
    this.#keyDesk = new KeyDesk({ keys: state.keys, alerts, onChanged: this.#parts.onKeyChanged, clock, log });
    this.#erasing = new EraseDesk(
      {
        ...departing,
        alerts,
        chats: new MatrixChats({
          own: session.userId,
          homeserver,
          sender: this.#sender,
          crypto: this.#crypto,
          signal: this.#stop.signal,
        }),
        work: this.#dispatcher,
        backups: NO_BACKUPS,
      },
      this.#stop.signal,
    );
    const noticing = {
      ...this.#common(),
      ...{ people, rooms: this.#rooms, outbox: this.#outbox, wake: () => this.#wakeSender() },
    };
    const [sweeping, inRooms] = [retentionNotices(noticing), roomRetentionNotices(noticing)];
    this.#housekeeping = new Housekeeping({
      inbox: this.#inbox,
      outbox: this.#outbox,
      people,
      alerts,
      heartbeats: state.control.heartbeats,
      opsRoom: () => opsRoomId(state.control.facts),
      figures: () => this.#figures(),
      sweep: (now) =>
        sweepRetention(
          {
            ...{ ...sweeping, ...state, policy: this.#parts.retention, people: people.list(), log },
            families: { ...inRooms, rooms: state.rooms.list() },
          },
          now,
        ),
      endWhatIsOver: (now) => {
        sweepShares({ ...state, people });
        endEmptyRooms({ ...kinds, clock: () => now });
      },
      idsKeptMs: ageMs(this.#parts.retention.house.ids),
      tellWaiting: (item) => this.#dispatcher.tellWaiting(item),
      clock,
      wake: () => this.#looking.wake(),
    });
  }

  #common(): { own: string; opsRoom: () => string | undefined } {
    const { session, state } = this.#parts;
    return { own: session.userId, opsRoom: () => opsRoomId(state.control.facts) };
  }

  #tellPerson(person: PersonId, telling: Telling): boolean {
    const { people } = this.#parts.state.control;
    const { rooms } = this.#parts.state;
    const isShared = (room: string) => rooms.has(room) || room === opsRoomId(this.#parts.state.control.facts);
    const parts = { own: this.#parts.session.userId, rooms: this.#rooms, outbox: this.#outbox, people, isShared };
    return tellPerson({ ...parts, wake: () => this.#wakeSender() }, person, telling);
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
      this.#keyDesk.tick();
      this.#erasing?.tick();
      if (this.#dispatcher.hasRetries || this.#inbox.invites.all().length > 0) this.#looking.wake();
      const due = this.#outbox.nextAt();
      if (due !== undefined && due <= this.#parts.clock()) this.#wakeSender();
      if (this.#opsDesk.isDue()) void this.#opsDesk.refresh();
    } catch (error) {
      this.#parts.log.error({ err: error }, 'housekeeping failed');
    }
  }

  #figures() {
    const [startedAt, lanes, inbox, outbox] = [this.#startedAt, this.#lanes, this.#inbox, this.#outbox];
    return botFigures(this.#parts, { startedAt, lanes, inbox, outbox });
  }

  #wakeSender(): void {
    if (this.#caughtUp) this.#sending.wake();
  }

  #retryRooms(rooms: readonly string[]): void {
    const wanted = new Set(rooms);
    const waiting = this.#inbox.waiting().filter((item) => wanted.has(item.room));
    for (const item of waiting) this.#inbox.retry(item.event.event_id);
    if (waiting.length > 0) this.#looking.wake();
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
}
