import type { Language } from '../../../core/caller.ts';
import type { PartUnit } from '../../../core/document-parts.ts';
import type { EraseCounts } from '../../../core/erase/erasure.ts';
import type { Receipt } from '../../../core/erase/receipt.ts';
import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** Every command; `bot/commands/index.ts` lists one spec for each. */
export type CommandName =
  | 'help'
  | 'files'
  | 'show'
  | 'export'
  | 'forget'
  | 'forget chat'
  | 'forget all'
  | 'delete-me'
  | 'delete-me stop'
  | 'stop'
  | 'feedback'
  | 'feedback clear'
  | 'keep'
  | 'share'
  | 'shares'
  | 'shares end'
  | 'shares show'
  | 'shares text'
  | 'unshare'
  | 'password'
  | 'whoami'
  | 'privacy'
  | 'language'
  | 'status'
  | 'people'
  | 'people add'
  | 'people reset'
  | 'people remove'
  | 'people close'
  | 'people confirm'
  | 'people erase'
  | 'alerts'
  | 'alerts ack'
  | 'alerts snooze'
  | 'apikey'
  | 'apikey new'
  | 'apikey revoke'
  | 'audit'
  | 'audit verify'
  | 'retention'
  | 'keys'
  | 'keys rotate'
  | 'keys confirm'
  | 'backups'
  | 'checklist'
  | 'jobs'
  | 'run'
  | 'update'
  | 'cancel'
  | 'lockdown'
  | 'evidence'
  | 'rotate'
  | 'incident'
  | 'incident report'
  | 'incident rehearse';

/** What stands for an argument in a usage line. */
export type ArgumentLabel =
  | 'all'
  | 'command'
  | 'document'
  | 'page'
  | 'page-or-word'
  | 'password'
  | 'language'
  | 'person'
  | 'share'
  | 'share-terms'
  | 'paper'
  | 'admin'
  | 'what-how-long'
  | 'take-along'
  | 'api-key'
  | 'api-key-name'
  | 'api-key-terms'
  | 'yes'
  | 'code'
  | 'last-group'
  | 'job'
  | 'dry'
  | 'alert'
  | 'time'
  | 'rotate-act'
  | 'item'
  | 'form'
  | 'since'
  | 'until';

/** One line per command, for help. */
export type SummaryTexts = { readonly [Name in CommandName as `summary.${Name}`]: NoFacts };

/** Names of arguments in usage lines. */
export type LabelTexts = { readonly [Label in ArgumentLabel as `label.${Label}`]: NoFacts };

/** Refusals and argument errors. */
export interface UsageFacts {
  'command.unknown': { readonly name: string; readonly suggestion: Markdown | undefined };
  'command.elsewhere-ops': NoFacts;
  'command.elsewhere-direct': NoFacts;
  'command.admin-only': NoFacts;
  'usage.missing': { readonly usage: Markdown };
  'usage.extra': { readonly given: string; readonly usage: Markdown };
  'usage.number': { readonly given: string; readonly usage: Markdown };
  /** Where several numbers may stand, and something else does: two calls that work, how many at once, and what lists them. */
  'usage.numbers': {
    readonly given: string;
    readonly several: Markdown;
    readonly stretch: Markdown;
    readonly most: number;
    readonly list: Markdown;
  };
  /** A lent paper was named where only one's own can be meant. */
  'usage.loan': { readonly mark: string; readonly show: Markdown; readonly end: Markdown };
  'usage.many': { readonly most: number; readonly usage: Markdown };
  'usage.person': { readonly given: string; readonly usage: Markdown };
  'usage.language': { readonly given: string; readonly usage: Markdown };
  'usage.choice': { readonly given: string; readonly usage: Markdown };
}

/** What the commands answer in a person's chat. */
export interface ReplyFacts {
  'help.direct': NoFacts;
  'help.ops': NoFacts;
  'help.line': { readonly usage: Markdown; readonly summary: Markdown };
  'help.more': { readonly usage: Markdown };
  'help.examples': { readonly examples: readonly Markdown[] };
  /** For a command that takes the name of a job. */
  'help.jobs': { readonly jobNames: readonly Markdown[] };
  /** Stands above the commands that begin with the same word. */
  /** What a key of the HTTP API can be made for (bot/commands/api-key-terms.ts). */
  'help.api-key-terms': NoFacts;
  'help.below': NoFacts;
  'help.also': { readonly names: readonly Markdown[] };
  'files.none': NoFacts;
  'files.head': { readonly documents: number; readonly passages: number };
  'files.line': {
    readonly number: number;
    readonly name: string;
    readonly kind: string;
    readonly pages: number;
    readonly bytes: number;
    readonly addedAt: number;
    /** '' when there is none. */
    readonly note: string;
    /** Another one has the same name; and how this one begins then, where there is no note. */
    readonly isTwin: boolean;
    readonly begins: string;
    /** Number of the version that took its place; 0 for a current document. */
    readonly replacedBy: number;
    /** Whom it is lent to. */
    readonly lentTo: readonly string[];
  };
  /** Head of a list that words were given for; nothing fits; its next page. */
  'files.head-some': { readonly found: number; readonly documents: number };
  /** Head of those that hold the words in their text, below `named` others. */
  'files.in-text': { readonly word: string; readonly named: number };
  'files.no-match': { readonly word: string };
  'files.more-some': { readonly page: number; readonly pages: number };
  'files.more': { readonly page: number; readonly pages: number; readonly next: Markdown };
  exported: { readonly name: string; readonly number: number; readonly passages: number };
  'files.foot': { readonly forget: Markdown; readonly show: Markdown };
  'show.head': { readonly name: string; readonly number: number };
  'show.size': {
    readonly kind: string;
    readonly bytes: number;
    readonly pages: number;
    readonly passages: number;
  };
  'show.languages': { readonly languages: readonly string[] };
  /** `times`: how many messages that brought it still stand. */
  'show.dates': { readonly addedAt: number; readonly times: number };
  'show.note': { readonly note: string };
  'show.replaced': { readonly replacedBy: number; readonly replacedAt: number; readonly number: number };
  'show.version': { readonly number: number; readonly addedAt: number; readonly replacedAt: number };
  /** Passages that have dense vectors; -1 where there is no embedder (or the document is not found any more). */
  'show.depth': { readonly embedded: number; readonly passages: number };
  'show.first': { readonly text: Markdown };
  /** How many parts can be shown, the label of the last, and the names of the first where they have some; `more` are not named. */
  'show.more': {
    /** What to type for its first part, and for all of it. */
    readonly firstPart: Markdown;
    readonly whole: Markdown;
    readonly unit: PartUnit;
    readonly parts: number;
    readonly last: string;
    readonly names: readonly string[];
    readonly more: number;
  };
  /** What stands behind a document's name above one of its pages. */
  'show.whose': { readonly number: number };
  'show.page': { readonly name: string; readonly whose: Markdown; readonly unit: PartUnit; readonly page: string };
  'show.cut': { readonly whole: Markdown };
  'keep.done': { readonly name: string; readonly number: number };
  'keep.current': { readonly name: string; readonly number: number };
  whoami: {
    readonly person: string;
    readonly role: 'member' | 'admin';
    readonly documents: number;
    readonly addedAt: number;
    readonly change: Markdown;
  };
  /** `elsewhere`: questions that are remembered in family rooms, which `again` forgets there. */
  'forgotten.chat': { readonly turns: number; readonly elsewhere: number; readonly again: Markdown };
  'forgotten.room-chat': { readonly turns: number };
  /** `!stop`: questions that were being answered, and that waited; exports. */
  stopped: { readonly running: number; readonly waiting: number; readonly exports: number };
  /** `isRoom`: of a family room, marked by anybody there. */
  'feedback.none': { readonly isRoom: boolean };
  'feedback.head': { readonly isRoom: boolean; readonly cases: number };
  /** `answer` is empty when passages were shown, `model` when none took part. */
  'feedback.line': {
    readonly question: string;
    readonly answer: string;
    readonly names: readonly string[];
    readonly model: string;
    readonly at: number;
  };
  'feedback.foot': { readonly isRoom: boolean; readonly clear: Markdown };
  'feedback.cleared': { readonly cases: number };
  privacy: PrivacyFacts;
  /** What would go, and what to type for it. `wait` is the cooling-off in milliseconds. */
  'erase.all-preview': { readonly counts: EraseCounts; readonly confirm: Markdown };
  'erase.all-begun': NoFacts;
  'erase.me-preview': { readonly counts: EraseCounts; readonly wait: number; readonly confirm: Markdown };
  'erase.me-planned': { readonly at: number; readonly now: number; readonly stop: Markdown };
  'erase.open': { readonly at: number; readonly stop: Markdown };
  'erase.none': NoFacts;
  'erase.stopped': NoFacts;
  'erase.too-late': NoFacts;
  /** Told to a person whom an admin removed; and, to whatever they write, until they are erased. `mayExport`: they get their export. */
  'erase.removed': { readonly at: number; readonly now: number; readonly mayExport: boolean };
  'erase.frozen': { readonly at: number; readonly now: number; readonly mayExport: boolean };
  /** The last words of an erasure; `text` is the signed receipt as it is verified. */
  'erase.receipt': Receipt & { readonly text: Markdown };
  'language.set': NoFacts;
}

/** A model in use. `host` is the machine that texts are sent to for it; null when it runs on the family server. */
export interface ModelInUse {
  readonly name: string;
  readonly host: string | null;
}

/**
 * Whether the embedding model works. `failing`: its download fails and is tried again. `refused`: the hub's files are not
 * the known ones. `changed`: its files are not what was downloaded. `missing`: the folder lacks it, and nothing brings it.
 */
export type EmbeddingState = 'ready' | 'downloading' | 'failing' | 'refused' | 'changed' | 'missing';

/** What `!privacy` is made of; all of it counted or looked up when asked. */
export interface PrivacyFacts {
  readonly documents: number;
  readonly passages: number;
  /** Questions and answers that are remembered, and the age of the oldest in milliseconds. */
  readonly turns: number;
  readonly oldestAge: number;
  /** Days for which they are remembered; 0: until they are forgotten. */
  readonly turnDays: number;
  /** Answers marked as bad. */
  readonly cases: number;
  /** What family rooms hold: questions of theirs that are remembered, and papers that they gave. */
  readonly roomQuestions: number;
  readonly roomPapers: number;
  /** Copies of documents that are lent to others. */
  readonly lent: number;
  /** Documents lent to the caller. */
  readonly borrowed: number;
  /** The server that holds the chats; "" when there are none (console). */
  readonly server: string;
  readonly answering: ModelInUse | null;
  readonly embedding: ModelInUse | null;
  readonly forget: Markdown;
  readonly forgetChat: Markdown;
}

/** What the ops room's commands answer. */
export interface AdminFacts {
  'status.bot': {
    readonly version: string;
    readonly uptime: number;
    readonly memoryBytes: number;
    readonly answering: string;
    readonly embedding: string;
    readonly embeddingState: EmbeddingState;
  };
  /** What finds until all is embedded: the `earlier` model, `words` because that one cannot be run any more, or `none` was there. */
  'status.embedding': {
    readonly embedded: number;
    readonly passages: number;
    readonly meanwhile: 'earlier' | 'words' | 'none';
  };
  'status.ops': { readonly state: 'never' | 'silent' | 'alive'; readonly ago: number };
  /** Whether the host helper tells of the host: logins, containers, updates. */
  'status.host': { readonly state: 'unseen' | 'silent' | 'seen'; readonly ago: number };
  'status.counts': { readonly people: number; readonly documents: number; readonly passages: number };
  'status.queues': {
    readonly files: number;
    readonly questions: number;
    readonly replies: number;
    readonly undecryptable: number;
  };
  /** The recovery code of the first start still stands in the ops room. */
  'status.unconfirmed': { readonly confirm: Markdown };
  'status.alerts': { readonly undelivered: number; readonly open: number };
  'people.head': { readonly people: number };
  'people.line': {
    readonly person: string;
    readonly role: 'member' | 'admin';
    readonly language: Language;
    readonly addedAt: number;
    readonly greeted: boolean;
    readonly identityChanged: boolean;
  };
  'people.added': { readonly person: string; readonly role: 'member' | 'admin' };
  'people.changed': { readonly person: string; readonly role: 'member' | 'admin' };
  'people.same': { readonly person: string };
  /** Somebody comes back who has asked to be erased; `at`: when that happens. */
  'people.wish-goes-on': { readonly person: string; readonly at: number };
  'people.removed': { readonly person: string; readonly at: number; readonly now: number; readonly mayExport: boolean };
  'people.erase-preview': { readonly person: string; readonly confirm: Markdown };
  'people.erase-begun': { readonly person: string; readonly reference: string };
  'people.confirm-own': { readonly person: string };
  'people.confirm-none': { readonly person: string };
  'people.confirm-preview': { readonly person: string; readonly fingerprint: Markdown; readonly confirm: Markdown };
  'people.confirmed': { readonly person: string };
  'people.invited': NoFacts;
  'people.room-failed': NoFacts;
  'alerts.none': NoFacts;
  'alerts.open': { readonly open: number };
  'alerts.lately': NoFacts;
  /** Who took note where nobody can be named (any more). */
  'alerts.somebody': NoFacts;
  'alerts.line': {
    readonly at: number;
    readonly reference: string;
    readonly severity: Markdown;
    readonly text: Markdown;
    readonly state: 'open' | 'over' | 'news';
    readonly clearedAt: number;
  } & AlertStanding;
  /** One alert in full; times of 0 stand for "not". */
  'alerts.full': { readonly reference: string; readonly severity: Markdown; readonly text: Markdown };
  'alerts.times': {
    readonly raisedAt: number;
    readonly lastAt: number;
    readonly times: number;
    readonly clearedAt: number;
  };
  'alerts.state': {
    readonly state: 'open' | 'over' | 'news';
    readonly deliveredAt: number;
  } & AlertStanding;
  'alerts.may': { readonly ack: Markdown; readonly snooze: Markdown };
  'alerts.not-open': { readonly reference: string };
  'alerts.acknowledged': { readonly reference: string };
  'alerts.snoozed': { readonly reference: string; readonly until: number };
}

/** What was done about an alert; times of 0 stand for "not". */
interface AlertStanding {
  readonly isFlapping: boolean;
  readonly acknowledgedAt: number;
  readonly acknowledgedBy: Markdown;
  /** Only while it is still to come. */
  readonly snoozedUntil: number;
}
