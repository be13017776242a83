import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What the bot says in a person's own chat. */
export interface ChatFacts {
  /** Once, when a known person opens a direct chat. */
  greeting: NoFacts;

  /** While a file is read, in steps of its own (pages, sheets, files inside); `total` 0 means that there is no telling yet. */
  reading: { readonly name: string; readonly done: number; readonly total: number };
  /** A file that waits for its turn. */
  /** Not how much others have waiting: that is theirs. */
  'reading.queued': { readonly name: string };
  /** `depth` growing: dense vectors follow in the background. `unreadable`: names or numbers of what could not be read. `damaged`: cut off. */
  kept: {
    readonly name: string;
    readonly kind: string;
    readonly number: number;
    readonly pages: number;
    readonly passages: number;
    readonly unreadable: readonly string[];
    readonly damaged: boolean;
    readonly depth: 'ready' | 'growing';
  };
  /** Said below `kept`: an earlier version was replaced; another paper looks like one; a caption was kept as a note. */
  'kept.replaced': { readonly number: number; readonly addedAt: number };
  'kept.similar': { readonly name: string; readonly number: number };
  /** Another paper of the very same name and like text is about another time, number or person. */
  'kept.same-name': { readonly number: number; readonly addedAt: number };
  'kept.note': NoFacts;
  /** Said below `known`: that version was replaced and is current again, in the place of this one. */
  'kept.back': { readonly number: number; readonly addedAt: number };
  /** Added to `kept` when a document has all its dense vectors, and that took long. */
  'kept.deep': NoFacts;
  /** The names of a mail's headers, where its text is shown. */
  'mail.from': NoFacts;
  'mail.to': NoFacts;
  'mail.date': NoFacts;
  /** Where a note is found: stands in place of a page in sources. */
  'note.label': NoFacts;
  /** The same file came a second time. */
  known: { readonly name: string; readonly number: number; readonly addedAt: number };
  /** A file whose pages are pictures waits for text recognition; `ahead` counts others before it. */
  'reading.scan': { readonly name: string; readonly pages: number; readonly waits: boolean };
  /** After many files at once; `failed` names those that were not kept. */
  'files.summary': { readonly kept: number; readonly known: number; readonly failed: readonly string[] };
  /** `!forget` did it. `back`: the earlier version that is current again, 0 for none. */
  forgotten: { readonly name: string; readonly number: number; readonly passages: number; readonly back: number };
  /** `!forget` with several numbers: what went, with the passages of all; numbers that are current again; numbers that there were not. */
  'forgotten.several': {
    readonly gone: readonly { readonly name: string; readonly number: number }[];
    readonly passages: number;
    readonly restored: readonly number[];
    readonly unknown: readonly number[];
  };
  /** The last message that brought the file was deleted. */
  'forgotten.by-redaction': { readonly name: string; readonly passages: number; readonly back: number };
  /** A message that brought the file was deleted, and another one stands. */
  'forgotten.other-stands': { readonly name: string; readonly number: number };
  /** Said below that: what was written below the deleted one is forgotten. */
  'forgotten.note': NoFacts;
  /** A file is locked; what the person does about it. */
  'password.ask': { readonly name: string };
  'password.wrong': { readonly name: string };
  /** Takes the place of `password.ask` once the file is kept. */
  'password.opened': { readonly name: string };
  'password.used': NoFacts;
  'password.missing': NoFacts;
  'password.unclear': NoFacts;
  'password.nothing-waits': NoFacts;
  /** The message was deleted before or while its file was read. */
  'forgotten.before-reading': NoFacts;

  /** A question that waits for its turn: not behind how many, because that tells of others. `isLong`: for minutes, perhaps. */
  'question.queued': { readonly isLong: boolean };
  /** What stands in the place of an answer that `!stop` ended. */
  /** A message that may be the password of a file that is still read. */
  'question.held': NoFacts;
  'question.stopped': NoFacts;
  /** A thumbs-down was noted; or its answer is not remembered. */
  'feedback.kept': { readonly isRoom: boolean; readonly list: Markdown };
  'feedback.unknown': NoFacts;
  /** The first state of an answer that is then edited. */
  'answer.thinking': NoFacts;
  'answer.sources': NoFacts;
  /** Sources: `marks` are the [n] of the text, `owner` lent the document ('': it is one's own). A part is a sheet or a heading. */
  'answer.source.page': LentFile & { readonly marks: Markdown; readonly page: string };
  'answer.source.part': LentFile & { readonly marks: Markdown; readonly part: string };
  'answer.source.whole': LentFile & { readonly marks: Markdown };
  /** A page of a file inside another one, and what is no file of its own there: the text of a mail. */
  'place.page-inside': { readonly name: Markdown; readonly page: string };
  'place.itself': { readonly isMail: boolean };
  /** `note`: what the person wrote below the file, where that is what was found; else "". */
  'answer.snippet': { readonly source: Markdown; readonly snippet: Markdown; readonly note: string };
  'answer.passages': NoFacts;
  /** Above passages that hardly seem to fit, where no model reads them. */
  'answer.weak': NoFacts;
  /** Nothing was found to show. */
  'answer.no-match': NoFacts;
  'answer.model-failed': NoFacts;
  /** The model said something, and nothing of it stands in the documents. */
  'answer.unsupported': NoFacts;
  /** Above the first passages of a file that was asked about as a whole. */
  'answer.beginning': NoFacts;
  /** Sentences of the model that were not shown, because they do not stand where it said. */
  'answer.left-out': { readonly sentences: number };
  'small-talk.greeting': NoFacts;
  'small-talk.thanks': NoFacts;
  'small-talk.farewell': NoFacts;
  'small-talk.how-are-you': NoFacts;
  'small-talk.praise': NoFacts;
  'small-talk.acknowledgement': NoFacts;
  'small-talk.who-are-you': NoFacts;
  /** `at`: now, in milliseconds since 1970. */
  'small-talk.date': { readonly at: number };
  /** Asked of the bot itself in plain words: to delete (`command` does it; or no number was named), nothing but signs, nothing but emoji. */
  'request.forget': { readonly command: Markdown };
  'request.forget-which': NoFacts;
  /** `called`: the files of the name that was said, each with the command that deletes it; one at least. */
  'request.forget-file': { readonly called: readonly { readonly name: string; readonly command: Markdown }[] };
  'request.forget-unknown': NoFacts;
  'request.hint': NoFacts;
  'request.yes': NoFacts;
  'request.emoji': NoFacts;
  'answer.nothing': NoFacts;
  'answer.nearest': NoFacts;
  'answer.empty': NoFacts;
  'answer.shortened': NoFacts;
  /** Below an answer: files that were still being read when it was looked for. */
  'answer.unread': { readonly names: readonly string[] };
}

/** A file and who lent it; `owner` is '' for one's own. */
interface LentFile {
  readonly name: string;
  readonly owner: string;
}

/** What the bot says about rooms, devices and keys. */
export interface RoomFacts {
  'room.not-encrypted': NoFacts;
  'room.someone-joined': { readonly person: string };
  'room.direct-again': NoFacts;
  'room.not-direct': NoFacts;
  'room.changed': NoFacts;
  'sender.unsigned': NoFacts;
  'sender.mismatch': NoFacts;
  'sender.identity-changed': NoFacts;
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
