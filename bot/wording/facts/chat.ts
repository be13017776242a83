import type { Markdown } from '../markdown.ts';
import type { NoFacts } from './shape.ts';

/** What the bot says in a person's own chat. */
export interface ChatFacts {
  /** Once, when a known person opens a direct chat. */
  greeting: NoFacts;

  /** While a file is read; `total` 0 means that the length is not known yet. */
  reading: { readonly name: string; readonly done: number; readonly total: number };
  /** A file that waits for its turn. */
  'reading.queued': { readonly name: string; readonly ahead: number };
  /** `depth` growing: dense vectors follow in the background. `unreadable`: pages that could not be read. */
  kept: {
    readonly name: string;
    readonly number: number;
    readonly pages: number;
    readonly passages: number;
    readonly unreadable: number;
    readonly depth: 'ready' | 'growing';
  };
  /** The same file came a second time. */
  known: { readonly name: string; readonly number: number };
  /** `!forget` did it. */
  forgotten: { readonly name: string; readonly number: number; readonly passages: number };
  /** The message that brought the file was deleted. */
  'forgotten.by-redaction': { readonly name: string; readonly passages: number };
  /** The message was deleted before or while its file was read. */
  'forgotten.before-reading': NoFacts;

  /** A question that waits for its turn; `wait` in milliseconds, where earlier answers tell. */
  'question.queued': { readonly ahead: number; readonly wait: number | undefined };
  /** What stands in the place of an answer that `!stop` ended. */
  'question.stopped': NoFacts;
  /** A thumbs-down was noted; or its answer is not remembered. */
  'feedback.kept': { readonly list: Markdown };
  'feedback.unknown': NoFacts;
  /** The first state of an answer that is then edited. */
  'answer.thinking': NoFacts;
  'answer.sources': NoFacts;
  /** Sources: `marks` are the [n] of the text. A part is a sheet or a heading. */
  'answer.source.page': { readonly marks: Markdown; readonly name: string; readonly page: string };
  'answer.source.part': { readonly marks: Markdown; readonly name: string; readonly part: string };
  'answer.source.whole': { readonly marks: Markdown; readonly name: string };
  'answer.snippet': { readonly source: Markdown; readonly snippet: Markdown };
  'answer.passages': NoFacts;
  'answer.model-failed': NoFacts;
  /** The model said something, and nothing of it stands in the documents. */
  'answer.unsupported': NoFacts;
  /** Sentences of the model that were not shown, because they do not stand where it said. */
  'answer.left-out': { readonly sentences: number };
  'small-talk.greeting': NoFacts;
  'small-talk.thanks': NoFacts;
  'small-talk.farewell': NoFacts;
  'small-talk.how-are-you': NoFacts;
  'answer.nothing': NoFacts;
  'answer.nearest': NoFacts;
  'answer.empty': NoFacts;
  'answer.shortened': NoFacts;
}

/** What the bot says about rooms, devices and keys. */
export interface RoomFacts {
  'room.not-encrypted': NoFacts;
  'room.someone-joined': { readonly person: string };
  'room.direct-again': NoFacts;
  'room.not-direct': NoFacts;
  'sender.unsigned': NoFacts;
  'sender.mismatch': NoFacts;
  'message.plain': NoFacts;
  'message.unsupported': NoFacts;
  'message.edited-command': NoFacts;
  'undecryptable.waiting': NoFacts;
  'undecryptable.readable': NoFacts;
  /** The emoji as Element shows them, with their names. */
  'verification.emoji': { readonly emoji: string };
  'verification.done': NoFacts;
  'verification.cancelled': NoFacts;
}
