import type { FileReason } from '../../../core/ingest/file-error.ts';
import type { FactsOf, NoFacts, Shape } from '../../../core/wording/shape.ts';

/** Every `reason` of an AppError that may reach a person, with the facts it carries. The reasons of files come from core. */
export const ERROR_SHAPES = {
  'file-empty': {},
  'file-too-large': { limit: 'number' },
  'file-kind': { kind: 'text' },
  'file-encrypted': {},
  'file-wrong-password': {},
  'file-no-text': {},
  'file-damaged': {},
  'file-too-hard': {},
  'file-too-many-pages': { limit: 'number' },
  'file-too-much-text': {},
  'file-timeout': { seconds: 'number' },
  'disk-full': {},
  'media-gone': {},
  'media-damaged': {},
  'reader-unavailable': {},
  'store-busy': {},
  busy: {},
  'person-id': {},
  'no-such-document': { number: 'number' },
  'no-such-command': {},
  'no-such-person': { person: 'text' },
  'no-such-alert': { given: 'text' },
  'snooze-time': {},
  'no-such-page': { pages: 'number' },
  /** `unit` as in core/document-parts.ts; `names` of the parts, '' where they are numbered, and how many are not named. */
  'no-such-page-of': { page: 'text', unit: 'text', last: 'text', names: 'text', more: 'number' },
  'question-too-long': { limit: 'number' },
  'last-admin': {},
  /** A call of `!share` that is none; a day that is none, or over; lending to oneself, twice, or too much to one person. */
  'recovery-group-length': { length: 'number' },
  'recovery-group-typo': {},
  'recovery-group-other': {},
  'hand-over-waiting': {},
  'share-terms': {},
  'share-date': { given: 'text' },
  'share-date-past': { given: 'text' },
  'share-date-missing': {},
  'share-self': {},
  'share-known': {},
  'share-full': {},
  'no-such-share': { mark: 'text', list: 'text' },
  'no-such-member': { person: 'text' },
  'not-the-bot': {},
  /** `people`: their addresses. */
  'person-several': { given: 'text', people: 'text' },
  /** `command`: as it is typed. */
  'room-retention': { command: 'text' },
  'erase-code': {},
  'erase-in-chat': {},
  'being-erased': { person: 'text' },
  /** Accounts of the homeserver: `server` is the family's own. */
  'account-name': { person: 'text' },
  'account-right': {},
  'accounts-off': { server: 'text' },
  'account-elsewhere': { person: 'text', server: 'text' },
  'no-account': { person: 'text' },
  'account-closed': { person: 'text' },
  'account-of-admin': { person: 'text' },
  'account-not-removed': { person: 'text' },
  /** Of keys of the HTTP API, in chat. */
  'api-key-name': { name: 'text' },
  'api-key-bad-name': {},
  'api-key-full': { most: 'number' },
  'api-key-terms': {},
  /** `years`: how long a key lasts at most. */
  'api-key-lasting': { years: 'number' },
  'no-such-api-key': { number: 'number' },
  /** Of the HTTP API, which says what people's chats never ask for. `scope`: a word of core/api-key.ts. */
  'api-key-missing': {},
  'api-key-typo': {},
  'api-key-unknown': {},
  'api-key-ended': {},
  'api-key-guessing': { seconds: 'number' },
  /** `may`: all that the key may do, parted by commas. */
  'api-key-scope': { scope: 'text', may: 'text' },
  'api-rate': { seconds: 'number' },
  'api-files-wait': { most: 'number' },
  'api-no-path': {},
  /** `methods`: those that the address takes, parted by commas. */
  'api-method': { method: 'text', methods: 'text' },
  /**
   * A value of a request that does not fit (bot/api/check-request.ts): where it stands, what is wrong, of what type it should be, from
   * `least` to `most` (of a text: its characters; -1: no limit), and which names that place `takes`.
   */
  'api-invalid': {
    ...{ place: 'text', field: 'text', problem: 'text', type: 'text', takes: 'text' },
    ...{ least: 'number', most: 'number' },
  },
  'api-not-json': {},
  'api-json-type': {},
  'api-bad-form': {},
  'api-no-file': {},
  'api-field-twice': { field: 'text' },
  'api-cut-off': {},
  'api-slow': {},
  'api-ended': {},
  'api-sealed': {},
  'no-such-upload': {},
  'no-such-export': {},
} as const satisfies Record<FileReason, Shape> & Record<string, Shape>;

export type ErrorReason = keyof typeof ERROR_SHAPES;

/** What went wrong, for the person whom it happened to. */
export type ErrorFacts = {
  readonly [Reason in ErrorReason as `error.${Reason}`]: FactsOf<(typeof ERROR_SHAPES)[Reason]>;
};

/** For an AppError without a reason of its own, by its code; and for everything else that is thrown, with its reference. */
export interface FallbackFacts {
  'trouble.not-found': NoFacts;
  'trouble.forbidden': NoFacts;
  'trouble.invalid': NoFacts;
  'trouble.conflict': NoFacts;
  'trouble.too-large': NoFacts;
  'trouble.unsupported': NoFacts;
  'trouble.unavailable': NoFacts;
  'trouble.internal': { readonly reference: string };
  /** Which file an error is about, put before the error's own sentence. */
  'trouble.with-file': { readonly name: string };
}
