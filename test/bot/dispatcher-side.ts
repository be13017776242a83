import type { CommandServices } from '../../bot/commands/services.ts';
import { DayCounter } from '../../bot/day-counter.ts';
import { Dispatcher } from '../../bot/dispatcher.ts';
import { botRecords } from '../../bot/export/bot-records.ts';
import { ExportBook } from '../../bot/export/export-book.ts';
import type { Ask } from '../../bot/handle-question.ts';
import { InRooms } from '../../bot/in-rooms.ts';
import { Lane } from '../../bot/lane.ts';
import { LockedFiles } from '../../bot/locked-files.ts';
import { MarkedAnswers } from '../../bot/marked-answers.ts';
import type { CryptoMachine } from '../../bot/matrix/crypto-machine.ts';
import type { MatrixEvent } from '../../bot/matrix/events.ts';
import type { Homeserver } from '../../bot/matrix/homeserver.ts';
import { attachmentContent } from '../../bot/matrix/media.ts';
import { ReplayGuard } from '../../bot/matrix/replay-guard.ts';
import { Sender } from '../../bot/matrix/sender.ts';
import { Uploads } from '../../bot/matrix/uploads.ts';
import { VerificationAnswerer } from '../../bot/matrix/verification.ts';
import { meteredAsk, meteredPrepare } from '../../bot/metered.ts';
import { familyMembership } from '../../bot/room-kind.ts';
import { Welcome } from '../../bot/welcome.ts';
import type { AppError } from '../../core/errors.ts';
import { houseSeries } from '../../core/house-series.ts';
import { seeIdentity } from '../../core/identities.ts';
import { IncidentDesk } from '../../core/incident/incident-desk.ts';
import { prepareDocument } from '../../core/ingest/prepare-document.ts';
import { createLogger } from '../../core/log.ts';
import type { BotMeter } from '../../core/meter.ts';
import type { DrawPng } from '../../core/picture.ts';
import { readChecklist } from '../../core/posture.ts';
import { drawPng } from '../../core/resvg/draw-png.ts';
import { DEFAULT_POLICY } from '../../core/retention/policy.ts';
import { writeSealedZip } from '../../core/zipjs/sealed-zip.ts';
import { nextBatch, openBotCrypto, SESSION } from './matrix/bot-side.ts';
import { Peer } from './matrix/peer.ts';
import { ADA, answer, BOT, member, timeline } from './matrix/sample-events.ts';
import { SmallHomeserver } from './matrix/small-homeserver.ts';
import { type Household, openHousehold } from './people-state.ts';

export const CHAT = '!chat';
export const OPS = '!ops';

/** The whole middle of the bot on real parts (store, crypto, sandbox), with a small homeserver and a question's answer at will. */
export class Stage {
  home!: Household;
  server!: SmallHomeserver;
  homeserver!: Homeserver;
  crypto!: CryptoMachine;
  ada!: Peer;
  dispatcher!: Dispatcher;
  lanes!: Record<'commands' | 'questions' | 'files' | 'scans' | 'exports', Lane>;
  /** How files are read; a test replaces it. */
  prepare: typeof prepareDocument = prepareDocument;
  /** How pictures are drawn; a test replaces it. */
  drawPng: DrawPng = drawPng;
  /** What is told about dense vectors; undefined when there is no embedder. */
  onStored: (() => void) | undefined;
  /** What the questions' answers are; a test replaces it. */
  ask: Ask = (_caller, { text }) => Promise.resolve(`answer to ${text}`);
  /** Every question that reached `ask`. */
  asked: { person: string; text: string; room: string }[] = [];
  /** The events that those questions were about. */
  askedAbout: (string | undefined)[] = [];
  logged: string[] = [];
  /** What reading a file fails with; undefined for real reading. */
  readingFault: AppError | undefined;
  /** Counts what is done, where a test wants to know. */
  meter: BotMeter | undefined;
  /** What commands are given. */
  commands!: CommandServices;
  #sender!: Sender;
  #token = 0;
  #stop = new AbortController();

  async open(): Promise<void> {
    this.home = await openHousehold();
    this.server = await SmallHomeserver.start();
    this.homeserver = this.server.client(BOT, SESSION.deviceId);
    this.crypto = await openBotCrypto(this.home.db, this.homeserver, {
      seeIdentity: (person, key) => seeIdentity(this.home.state.control, person, key),
    });
    await this.crypto.flush();
    await this.crypto.ensureIdentity();
    this.ada = await Peer.start(this.server, ADA, 'PHONE');
    this.start();
    this.home.inbox.store(answer('s0', {}));
    this.room(CHAT, BOT, ADA);
  }

  /** Assembles sender and dispatcher anew, as a restart does. */
  start(): void {
    const { home, homeserver, crypto } = this;
    const { people, alerts, heartbeats, audit } = home.state.control;
    const clock = () => home.clock.now;
    const common = {
      own: BOT,
      rooms: home.rooms,
      outbox: home.outbox,
      people,
      homeserver,
      clock,
      opsRoom: () => OPS,
      families: home.state.rooms,
    };
    home.state.rooms.askMembership(familyMembership(common));
    this.lanes = {
      commands: new Lane(2),
      questions: new Lane(1),
      files: new Lane(1),
      scans: new Lane(1),
      exports: new Lane(1),
    };
    this.#sender = new Sender({
      ...common,
      crypto,
      isKnown: (user) => people.find(user) !== undefined,
      isAdmin: (user) => people.find(user)?.role === 'admin',
      isLeaving: (user) => home.state.erasing.book.openOf(user) !== undefined,
      now: clock,
      onRefused: () => {},
      onDelay: () => {},
    });
    const figures = {
      version: '1',
      startedAt: 1,
      memoryBytes: 2,
      documents: 3,
      passages: 4,
      filesWaiting: 0,
      questionsWaiting: 0,
      repliesWaiting: 0,
      undecryptable: 0,
    };
    const inRooms = new InRooms({ vault: home.state.vault, db: home.db, people, families: home.state.rooms });
    const commands: CommandServices = {
      inRooms,
      keys: home.state.keys,
      incident: new IncidentDesk(home.state.control),
      lockDown: () => {},
      wordsOf: () => ({ grams: '', pieces: Uint32Array.of(1) }),
      vault: home.state.vault,
      shares: home.state.shares,
      tellPerson: () => true,
      people,
      identities: home.state.control.identities,
      apiKeys: home.state.control.apiKeys,
      alerts,
      heartbeats,
      jobs: home.state.control.jobs,
      requests: home.state.control.requests,
      generations: home.state.control.backups,
      checklist: () => readChecklist(home.state.control.facts),
      audit,
      clock,
      retention: DEFAULT_POLICY,
      figures: () => figures,
      series: () => houseSeries(home.state.control, clock()),
      models: () => ({ answering: null, embedding: null }),
      progress: () => undefined,
      server: 'home.test',
      bot: BOT as NonNullable<CommandServices['bot']>,
      stopQuestions: (person) => this.dispatcher.stopQuestions(person),
      refreshOpsRoom: () => Promise.resolve(true),
      departures: undefined,
      handOver: undefined,
      changes: undefined,
    };
    this.commands = commands;
    const log = createLogger({
      name: 'test',
      level: 'debug',
      destination: { write: (line: string) => void this.logged.push(line) },
    });
    const ask: Ask = (caller, question, options) => {
      this.asked.push({ person: caller.person, text: question.text, room: question.room });
      this.askedAbout.push(question.about);
      return this.ask(caller, question, options);
    };
    const files = {
      homeserver,
      vault: home.state.vault,
      encoder: { pieces: () => Uint32Array.of(1) },
      gramsOf: (text: string) => {
        if (this.readingFault) throw this.readingFault;
        return text.toLowerCase().split(/\W+/);
      },
      limits: { fileBytes: 1_000_000, pagesPerFile: 100, extractSeconds: 30 },
      clock,
      prepare: this.#metered((file, options) => this.prepare(file, options)),
      onStored: this.onStored,
    };
    this.dispatcher = new Dispatcher(
      {
        ...common,
        crypto,
        inbox: home.inbox,
        replays: new ReplayGuard(home.db),
        sender: this.#sender,
        verification: new VerificationAnswerer(crypto, { emojis: () => {}, ended: () => {} }),
        welcome: new Welcome(common),
        alerts,
        vault: home.state.vault,
        files,
        locked: new LockedFiles(home.db, clock),
        marked: new MarkedAnswers(home.db),
        uploads: new Uploads(home.db, clock),
        drawPng: (svg, signal) => this.drawPng(svg, signal),
        counter: new DayCounter({ daily: home.state.control.daily, clock, log }),
        exporting: {
          ...{ vault: home.state.vault, people, audit, alerts, version: '1', pack: writeSealedZip },
          inRooms,
          botRecords: (person) => botRecords(home.db, person),
          book: new ExportBook(home.db, clock),
        },
        ask: this.meter ? meteredAsk(ask, this.meter, clock) : ask,
        meter: this.meter,
        commands,
        lanes: this.lanes,
        log,
        wake: () => {},
      },
      this.#stop.signal,
    );
  }

  #metered(prepare: typeof prepareDocument): typeof prepareDocument {
    return this.meter ? meteredPrepare(prepare, this.meter) : prepare;
  }

  /** An encrypted room with these members; nobody is greeted in it. */
  room(room: string, ...users: string[]): void {
    this.home.rooms.markJoined(room, 1);
    this.home.rooms.markEncrypted(room, 1);
    this.home.rooms.applyState(
      room,
      users.map((user) => member(user, 'join')),
    );
    this.server.members.set(room, users);
  }

  /** Brings events by a sync and looks at them; what they start may still be under way afterwards. */
  async arrive(room: string, ...events: MatrixEvent[]): Promise<void> {
    this.#token += 1;
    const { toDevice } = nextBatch(this.server);
    this.home.inbox.store(answer(`s${this.#token}`, { [room]: timeline(events) }, { to_device: { events: toDevice } }));
    await this.#feed();
    await this.dispatcher.pump();
  }

  /** Sends what is queued while work goes on. */
  send(): Promise<void> {
    return this.#sender.drain(this.#stop.signal);
  }

  /** Waits until all work is done, sends what is queued, and returns what Ada can read of it, oldest first. */
  async settle(): Promise<string[]> {
    await Promise.all(Object.values(this.lanes).map((lane) => lane.drained()));
    await this.#sender.drain(this.#stop.signal);
    const shown: string[] = [];
    for (const { event, room } of this.server.sent) {
      const content =
        event.type === 'm.room.encrypted'
          ? await this.ada.decrypt(event, room).catch(() => ({ body: '(unreadable)' }))
          : event.content;
      shown.push(String(content.body));
    }
    return shown;
  }

  /** A message of Ada's phone. */
  say(body: string, changes: Record<string, unknown> = {}): Promise<MatrixEvent> {
    return this.ada.encrypt(CHAT, [BOT], { content: { msgtype: 'm.text', body, ...changes } });
  }

  /** A message of Ada's phone that carries a text file. */
  async file(words: string | Buffer, changes: { name?: string; caption?: string } = {}): Promise<MatrixEvent> {
    const { name = 'letter.txt', caption } = changes;
    const content = await attachmentContent(this.server.client(ADA, 'PHONE'), {
      bytes: Buffer.from(words),
      name,
      mime: 'text/plain',
      ...(caption === undefined ? {} : { caption }),
    });
    return this.ada.encrypt(CHAT, [BOT], { content });
  }

  /** The names of Ada's documents. */
  documents(): string[] {
    const ada = this.home.state.control.people.callerFor(ADA)!;
    return this.home.state.vault.read(ada, (reader) => reader.documents().map(({ name }) => name));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(Object.values(this.lanes).map((lane) => lane.close()));
    await this.crypto.close();
    await this.server.stop();
    this.home.remove();
  }

  async #feed(): Promise<void> {
    const { inbox } = this.home;
    for (let batch = inbox.crypto.next(); batch; batch = inbox.crypto.next()) {
      await this.crypto.feed({ ...batch, oneTimeKeys: { signed_curve25519: 50 }, fallbackKeys: ['signed_curve25519'] });
      inbox.crypto.markFed(batch.batch);
    }
  }
}
