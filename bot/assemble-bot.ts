import type { Caller } from '../core/caller.ts';
import { houseSeries } from '../core/house-series.ts';
import { seeIdentity } from '../core/identities.ts';
import { prepareDocument } from '../core/ingest/prepare-document.ts';
import { ageMs } from '../core/retention/age.ts';
import { sweepRetention } from '../core/retention/sweep.ts';
import { trustClock } from '../core/retention/trust-clock.ts';
import { sweepShares } from '../core/shelf-keeping-vault.ts';
import { AccountDesk } from './account-desk.ts';
import { AlertDesk } from './alert-desk.ts';
import { ApiDesk } from './api/api-desk.ts';
import { BotHealth } from './bot-health.ts';
import type { BotParts } from './bot-parts.ts';
import { botServices } from './bot-services.ts';
import { CardWatch } from './card-watch.ts';
import type { BotFigures, CommandServices } from './commands/services.ts';
import { DayCounter } from './day-counter.ts';
import { DigestDesk } from './digest-desk.ts';
import { Dispatcher } from './dispatcher.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import { endEmptyRooms } from './end-empty-rooms.ts';
import { Departures } from './erase/departures.ts';
import { MatrixChats } from './erase/erase-chats.ts';
import { EraseDesk } from './erase/erase-desk.ts';
import type { OngoingWork } from './erase/erase-parts.ts';
import { botExporting } from './export/bot-exporting.ts';
import { HandOver } from './hand-over.ts';
import { Housekeeping, type HousekeepingParts } from './housekeeping.ts';
import { JobReports } from './job-reports.ts';
import { KeyDesk } from './key-desk.ts';
import { loanTellingVault, tellBorrowers } from './loan-notices.ts';
import { LockedFiles } from './locked-files.ts';
import { MarkedAnswers } from './marked-answers.ts';
import { CardBook } from './matrix/card-book.ts';
import { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Inbox } from './matrix/inbox.ts';
import type { Outbox } from './matrix/outbox.ts';
import { ReplayGuard } from './matrix/replay-guard.ts';
import type { RoomBook } from './matrix/room-book.ts';
import { Sender } from './matrix/sender.ts';
import { Uploads } from './matrix/uploads.ts';
import { VerificationAnswerer } from './matrix/verification.ts';
import { meteredAsk, meteredPrepare } from './metered.ts';
import { OpsDesk } from './ops-desk.ts';
import { opsRoomId } from './ops-room.ts';
import type { OwnChatParts } from './own-chats.ts';
import { PasswordDesk } from './password-desk.ts';
import { passwordNotices } from './password-notices.ts';
import { tellPapersBack, tellRestored } from './restored-desk.ts';
import { retentionNotices, roomRetentionNotices } from './retention-notices.ts';
import { familyMembership } from './room-kind.ts';
import { SendingLoop } from './sending-loop.ts';
import { dropEnded, speaksOfEnded, tellPerson } from './tell-person.ts';
import { verificationNotices } from './verification-notices.ts';
import { Welcome } from './welcome.ts';

/** What the bot has before its machinery is put together, and how that machinery reaches back to the bot's loops. */
export interface BotFrame {
  readonly parts: BotParts;
  readonly rooms: RoomBook;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  readonly lanes: DispatcherParts['lanes'];
  readonly figures: () => BotFigures;
  /** Asks the sending loop to look at the outbox. */
  readonly wakeSender: () => void;
  /** Asks the looking loop to look at the inbox. */
  readonly wakeLooking: () => void;
  /** Aborts when the bot ends. */
  readonly signal: AbortSignal;
}

/** The bot's moving parts. */
export interface BotMachinery {
  readonly crypto: CryptoMachine;
  readonly sending: SendingLoop;
  readonly verification: VerificationAnswerer;
  readonly dispatcher: Dispatcher;
  readonly housekeeping: Housekeeping;
  readonly health: BotHealth;
  readonly erasing: EraseDesk;
  readonly opsDesk: OpsDesk;
  readonly keyDesk: KeyDesk;
  /** After a restore tells everybody whom it concerns, once (restored-desk.ts). To be called when in touch with the homeserver. */
  readonly tellRestored: () => void;
  readonly digestDesk: DigestDesk;
  readonly jobReports: JobReports;
  readonly passwordDesk: PasswordDesk;
  readonly cardWatch: CardWatch;
  readonly apiDesk: ApiDesk;
}

/** Who the bot is and where its admins are: what nearly every part asks. */
type Common = Pick<DispatcherParts, 'own' | 'opsRoom'> & Pick<OwnChatParts, 'isShared'>;

/** Opens the crypto machine and puts everything around it together. Used by `Bot` alone, once. */
export async function assembleBot(given: BotFrame): Promise<BotMachinery> {
  const { session, homeserver } = given.parts;
  const { control, rooms: families } = given.parts.state;
  const opsRoom = () => opsRoomId(control.facts);
  const isShared = (room: string) => families.has(room) || room === opsRoom();
  const common: Common = { own: session.userId, opsRoom, isShared };
  const notices = noticesOf(given, common);
  const tell: CommandServices['tellPerson'] = (person, telling) => tellPerson(notices, person, telling);
  const frame = tellingFrame(given, tell);
  const { parts, rooms, outbox, inbox, signal } = frame;
  const { state } = parts;
  const { people, alerts } = state.control;
  const handOver = new HandOver({ state, homeserver, outbox });
  const opsDesk = new OpsDesk({
    ...{ ...parts, ...notices, handOver },
    setting: parts.opsRoomSetting,
    models: parts.services.models,
  });
  // Sends by the sender, which is made of the crypto machine.
  const sendRoomEvent: Parameters<typeof CryptoMachine.open>[0]['sendRoomEvent'] = (room, type, message) =>
    sender.sendNow({ ...message, room, audience: { kind: 'room' }, type });
  const crypto = await openCrypto(frame, sendRoomEvent);
  const sender = new Sender({
    ...{ own: session.userId, homeserver, crypto, outbox, rooms, now: parts.clock },
    isKnown: (user) => people.find(user) !== undefined,
    isAdmin: (user) => people.find(user)?.role === 'admin',
    isLeaving: (user) => state.erasing.book.openOf(user) !== undefined,
    isOver: (row) => speaksOfEnded(row, people),
    onRefused: (row, refusal) => sending.onRefused(row, refusal),
    onDelay: (row, error) => sending.onDelay(row, error),
    onSent: (row) => sending.onSent(row),
  });
  const sending = new SendingLoop(
    {
      ...{ sender, alerts, log: parts.log },
      hasSignedDevice: (person) => crypto.hasSignedDevice(person),
      onOpsRefused: () => void opsDesk.refresh(),
      onRoomChanged: frame.wakeLooking,
    },
    signal,
  );
  const verification = new VerificationAnswerer(crypto, verificationNotices(notices));
  const kinds = { ...common, rooms, people, families: state.rooms };
  state.rooms.askMembership(familyMembership(kinds));
  const departing = {
    ...{ ...parts, ...notices, inbox, homeserver },
    ...{ erasing: state.erasing, shares: state.shares, families: state.rooms, vault: state.vault },
    beforeFrozen: (owner: Caller) => tellBorrowers(state, owner, tell),
    onPersonFrozen: [
      (person: string) => dispatcher.stopQuestions(person),
      (person: string) => apiDesk.stop(person),
      () => opsDesk.refresh(),
    ],
    onTakeAlong: frame.wakeLooking,
    // Nobody can leave before the dispatcher runs, and by then there is an erase desk.
    wake: () => erasing.tick(),
  };
  const { audit } = state.control;
  const passwordDesk = new PasswordDesk({
    ...{ ...parts, file: parts.passwordFile, audit },
    tell: passwordNotices(notices),
  });
  const counter = new DayCounter({ daily: state.control.daily, clock: parts.clock, log: parts.log });
  const files = {
    ...{ ...parts, vault: state.vault },
    prepare: parts.meter ? meteredPrepare(prepareDocument, parts.meter) : prepareDocument,
  };
  const exporting = botExporting(parts);
  const apiDesk = new ApiDesk(
    {
      ...{ ...parts, keys: state.control.apiKeys, people, alerts, files, exporting, counter, tell },
      lanes: frame.lanes,
    },
    signal,
  );
  const dispatcher = new Dispatcher(
    {
      ...{ ...frame, ...common, homeserver, crypto, sender, families: state.rooms, verification, people, alerts },
      ...{ vault: state.vault, clock: parts.clock, log: parts.log, wake: frame.wakeSender },
      ...{ ask: parts.meter ? meteredAsk(parts.ask, parts.meter, parts.clock) : parts.ask, meter: parts.meter },
      welcome: new Welcome({ ...kinds, outbox, homeserver, clock: parts.clock }),
      replays: new ReplayGuard(parts.db),
      files,
      locked: new LockedFiles(parts.db, parts.clock),
      marked: new MarkedAnswers(parts.db),
      uploads: new Uploads(parts.db, parts.clock),
      drawPng: parts.drawPng,
      exporting,
      counter,
      commands: botServices(parts, {
        figures: frame.figures,
        lockDown: (language) => parts.onLockdown(language),
        stopQuestions: (person) => dispatcher.stopQuestions(person),
        refreshOpsRoom: () => opsDesk.refresh(),
        departures: new Departures(departing),
        accounts: new AccountDesk({ ...parts, own: session.userId, book: new CardBook(parts.db) }),
        handOver,
        tellPerson: tell,
        changes: {
          password: (wish) => passwordDesk.change(wish),
          hasHostHelper: parts.hasHostHelper,
        },
      }),
    },
    signal,
  );
  const chats = new MatrixChats({ own: session.userId, homeserver, sender, crypto, signal });
  const erasing = new EraseDesk(
    { ...departing, alerts, chats, work: endingWork(dispatcher, apiDesk), backups: parts.backups },
    signal,
  );
  const { clock, log } = parts;
  const keyDesk = new KeyDesk({ keys: state.keys, alerts, onChanged: parts.onKeyChanged, clock, log });
  const digestDesk = new DigestDesk(
    {
      ...{ ...parts, ...notices, ...state.control, homeserver, handOver },
      series: () => houseSeries(state.control, clock()),
    },
    signal,
  );
  const health = new BotHealth({ crypto, inbox, outbox, clock, log });
  const figures = () => ({ ...frame.figures(), ...health.figures() });
  const housekeeping = makeHousekeeping({ ...frame, figures }, common, (item) => dispatcher.tellWaiting(item));
  const { requests } = state.control;
  const jobReports = new JobReports({ requests, outbox, people, clock, wake: frame.wakeSender });
  const restored = () => {
    tellRestored({ state, outbox, tell, vectors: parts.encoder, wake: frame.wakeSender, clock });
    tellPapersBack({ state, tell });
  };
  const cardWatch = new CardWatch({ ...parts, book: new CardBook(parts.db), outbox });
  const desks = { apiDesk, cardWatch, opsDesk, keyDesk, jobReports, digestDesk, passwordDesk, tellRestored: restored };
  return { crypto, sending, verification, dispatcher, housekeeping, health, erasing, ...desks };
}

/** What is done for a person ends by whatever way they asked for it. */
function endingWork(dispatcher: Dispatcher, api: ApiDesk): OngoingWork {
  return {
    stopAll(person) {
      api.stop(person);
      return dispatcher.stopAll(person);
    },
    stopReading(person) {
      api.stop(person);
      return dispatcher.stopReading(person);
    },
  };
}

function noticesOf({ parts, rooms, outbox, wakeSender }: BotFrame, common: Common) {
  return { ...common, people: parts.state.control.people, rooms, outbox, wake: wakeSender };
}

/** The frame with a vault that tells people when what they borrowed goes. */
function tellingFrame(frame: BotFrame, tell: CommandServices['tellPerson']): BotFrame {
  const { state } = frame.parts;
  const vault = loanTellingVault(state.vault, state.shares, tell);
  return { ...frame, parts: { ...frame.parts, state: { ...state, vault } } };
}

function openCrypto(
  { parts, inbox, wakeLooking }: BotFrame,
  sendRoomEvent: Parameters<typeof CryptoMachine.open>[0]['sendRoomEvent'],
): Promise<CryptoMachine> {
  const { db, session, homeserver, onStoreFailure } = parts;
  const onRoomKeys = (rooms: readonly string[]): void => {
    const wanted = new Set(rooms);
    const waiting = inbox.waiting().filter((item) => wanted.has(item.room));
    for (const item of waiting) inbox.retry(item.event.event_id);
    if (waiting.length > 0) wakeLooking();
  };
  const seeing = (person: string, key: string) => seeIdentity(parts.state.control, person, key);
  return CryptoMachine.open({
    ...{ db, session, homeserver, onStoreFailure, onRoomKeys, sendRoomEvent },
    seeIdentity: seeing,
  });
}

function makeHousekeeping(
  { parts, inbox, outbox, rooms, figures, wakeSender, wakeLooking }: BotFrame & Pick<HousekeepingParts, 'figures'>,
  common: Common,
  tellWaiting: Dispatcher['tellWaiting'],
): Housekeeping {
  const { state, retention, clock, log } = parts;
  const { people, alerts, heartbeats } = state.control;
  const noticing = { ...common, people, rooms, outbox, wake: wakeSender };
  const [sweeping, inRooms] = [retentionNotices(noticing), roomRetentionNotices(noticing)];
  const alertDesk = new AlertDesk({ alerts, people, outbox, opsRoom: common.opsRoom, clock, wake: wakeSender });
  return new Housekeeping({
    ...{ inbox, outbox, people, alerts, heartbeats, figures, tellWaiting, clock },
    tellAlerts: () => alertDesk.tick(),
    trustsClock: (now) => trustClock(state.control, now),
    sweep: (now) =>
      sweepRetention(
        {
          ...{ ...sweeping, ...state, policy: retention, people: people.list(), log },
          families: { ...inRooms, rooms: state.rooms.list() },
        },
        now,
      ),
    endWhatIsOver: (now) => {
      try {
        sweepShares({ ...state, people });
        dropEnded({ outbox, people });
      } finally {
        endEmptyRooms({ ...common, rooms, people, families: state.rooms, clock: () => now });
      }
    },
    idsKeptMs: ageMs(retention.house.ids),
    wake: wakeLooking,
  });
}
