import type { BotParts } from './bot-parts.ts';
import type { BotFigures } from './commands/services.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import type { Inbox } from './matrix/inbox.ts';
import type { Outbox } from './matrix/outbox.ts';
import type { RoomBook } from './matrix/room-book.ts';
import type { OwnChatParts } from './own-chats.ts';

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

/** Who the bot is and where its admins are: what nearly every part asks. */
export type Common = Pick<DispatcherParts, 'own' | 'opsRoom'> & Pick<OwnChatParts, 'isShared'>;
