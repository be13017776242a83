import type { Caller } from '../core/caller.ts';
import { houseSeries } from '../core/house-series.ts';
import { prepareDocument } from '../core/ingest/prepare-document.ts';
import { AccountDesk } from './account-desk.ts';
import { ApiDesk } from './api/api-desk.ts';
import { assembleSending } from './assemble-sending.ts';
import type { BotFrame, Common } from './bot-frame.ts';
import { BotHealth } from './bot-health.ts';
import { botServices } from './bot-services.ts';
import { CardWatch } from './card-watch.ts';
import type { CommandServices } from './commands/services.ts';
import { DayCounter } from './day-counter.ts';
import { DigestDesk } from './digest-desk.ts';
import { Dispatcher } from './dispatcher.ts';
import { Departures } from './erase/departures.ts';
import { MatrixChats } from './erase/erase-chats.ts';
import { EraseDesk } from './erase/erase-desk.ts';
import type { OngoingWork } from './erase/erase-parts.ts';
import { botExporting } from './export/bot-exporting.ts';
import { HandOver } from './hand-over.ts';
import type { Housekeeping } from './housekeeping.ts';
import { JobReports } from './job-reports.ts';
import { KeyDesk } from './key-desk.ts';
import { loanTellingVault, tellBorrowers } from './loan-notices.ts';
import { LockedFiles } from './locked-files.ts';
import { makeHousekeeping } from './make-housekeeping.ts';
import { MarkedAnswers } from './marked-answers.ts';
import { CardBook } from './matrix/card-book.ts';
import type { CryptoMachine } from './matrix/crypto-machine.ts';
import { ReplayGuard } from './matrix/replay-guard.ts';
import { Uploads } from './matrix/uploads.ts';
import { VerificationAnswerer } from './matrix/verification.ts';
import { meteredAsk, meteredPrepare } from './metered.ts';
import { OpsDesk } from './ops-desk.ts';
import { opsRoomId } from './ops-room.ts';
import { PasswordDesk } from './password-desk.ts';
import { passwordNotices } from './password-notices.ts';
import { tellPapersBack, tellRestored } from './restored-desk.ts';
import { familyMembership } from './room-kind.ts';
import type { SendingLoop } from './sending-loop.ts';
import { tellPerson } from './tell-person.ts';
import { verificationNotices } from './verification-notices.ts';
import { Welcome } from './welcome.ts';

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
  const { crypto, sender, sending } = await assembleSending(frame, { onOpsRefused: () => void opsDesk.refresh() });
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
