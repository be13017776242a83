import type { AlertLog } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { BotMeter } from '../core/meter.ts';
import type { People } from '../core/people.ts';
import type { DrawPng } from '../core/picture.ts';
import type { FamilyRooms } from '../core/rooms.ts';
import type { Vault } from '../core/tenant.ts';
import type { CommandServices } from './commands/services.ts';
import type { DayCounter } from './day-counter.ts';
import type { Exporting } from './export/export-desk.ts';
import type { FileParts } from './handle-file.ts';
import type { Ask } from './handle-question.ts';
import type { Lane } from './lane.ts';
import type { LockedFiles } from './locked-files.ts';
import type { MarkedAnswers } from './marked-answers.ts';
import type { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import type { Inbox } from './matrix/inbox.ts';
import type { Outbox } from './matrix/outbox.ts';
import type { ReplayGuard } from './matrix/replay-guard.ts';
import type { RoomBook } from './matrix/room-book.ts';
import type { Sender } from './matrix/sender.ts';
import type { Uploads } from './matrix/uploads.ts';
import type { VerificationAnswerer } from './matrix/verification.ts';
import type { Welcome } from './welcome.ts';

/** What the dispatcher and its desks work with; put together by the bot. */
export interface DispatcherParts {
  readonly own: string;
  readonly homeserver: Homeserver;
  readonly crypto: CryptoMachine;
  readonly inbox: Inbox;
  readonly replays: ReplayGuard;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly rooms: RoomBook;
  readonly families: FamilyRooms;
  readonly verification: VerificationAnswerer;
  readonly welcome: Welcome;
  readonly people: People;
  readonly alerts: AlertLog;
  readonly vault: Vault;
  readonly files: FileParts;
  readonly locked: LockedFiles;
  readonly marked: MarkedAnswers;
  readonly uploads: Uploads;
  readonly drawPng: DrawPng;
  readonly ask: Ask;
  readonly commands: CommandServices;
  readonly exporting: Exporting;
  readonly counter: DayCounter;
  /** Commands run beside everything else; questions go before reading, text before scans; people take turns in each lane. */
  readonly lanes: {
    readonly commands: Lane;
    readonly questions: Lane;
    readonly files: Lane;
    readonly scans: Lane;
    readonly exports: Lane;
  };
  readonly opsRoom: () => string | undefined;
  /** Missing: nobody asked for metrics. */
  readonly meter?: BotMeter | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asks the sending loop to look at the outbox. */
  readonly wake: () => void;
}
