import type { Caller, Language } from '../core/caller.ts';
import type { Opened } from './incoming.ts';
import type { Audience } from './matrix/outbox.ts';
import type { Reply } from './reply.ts';

/** One message that is worked on, from its route to its last words. Made by the dispatcher, handed to the handlers. */
export interface Task {
  readonly opened: Opened;
  readonly caller: Caller;
  /** Who may read what is said about it. */
  readonly audience: Audience;
  /** What is said about it is said in this: a question's own language where that is surely one of ours, else the person's. */
  readonly language: Language;
  readonly reply: Reply;
  /** The person was told that the message could not be opened, and now it could. */
  readonly late: boolean;
  /** Aborts when the bot stops and when the person takes the message back (`EventLine.cancel`). */
  readonly signal: AbortSignal;
}
