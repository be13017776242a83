import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** One lent document in a list; `until` is null when nobody said. */
interface ShareLine {
  /** How it is named in commands ("L2"). */
  readonly mark: string;
  readonly name: string;
  readonly person: string;
  readonly until: number | null;
}

/** One lent document, as the caller's side of it. */
interface ShownShare {
  readonly mark: string;
  readonly side: 'owner' | 'reader';
  readonly name: string;
  readonly person: string;
  readonly until: number | null;
}

/** What the bot says about lent documents and family rooms. */
export interface SharingFacts {
  /** To the owner: it is lent. `end` takes it back; `isTold`: the reader has a chat in which they hear of it. */
  'share.lent': {
    readonly name: string;
    readonly person: string;
    readonly until: number | null;
    readonly end: Markdown;
    readonly isTold: boolean;
  };
  /** To the reader, in their own chat. */
  'share.received': {
    readonly name: string;
    readonly person: string;
    readonly until: number | null;
    readonly end: Markdown;
  };
  'share.none': NoFacts;
  'share.head-lent': NoFacts;
  'share.head-received': NoFacts;
  /** In place of the name of a lent document whose file cannot be read. */
  'share.damaged': NoFacts;
  'share.line-lent': ShareLine & { readonly document: number };
  'share.line-received': ShareLine & { readonly kind: string; readonly pages: number };
  'share.foot': { readonly show: Markdown; readonly end: Markdown };
  /** The first line about one lent document, and what stands behind its name above one of its pages; `person` is the other side. */
  'share.shown': ShownShare;
  'share.whose': Omit<ShownShare, 'name' | 'until'>;
  /** `readers` had it until now; `number` is the document. */
  'share.ended': { readonly name: string; readonly readers: readonly string[] };
  /** To whoever borrowed it: the loan is over. */
  'share.taken-back': { readonly name: string; readonly person: string };
  /** Below what was forgotten: the loans of it ended too. */
  'share.ended-too': { readonly readers: readonly string[] };
  'share.declined': { readonly name: string; readonly person: string };
  /** To the owner: the reader gave it back. Above the text of a lent document. */
  'share.given-back': { readonly name: string; readonly person: string };
  'share.text': { readonly name: string; readonly person: string };
  'share.not-lent': { readonly number: number };
  /** When a room becomes a family room; `joiner` made one of a direct chat, '' where it was none. */
  'family.welcome': { readonly joiner: string };
  'family.stranger': { readonly person: string };
  'family.again': NoFacts;
  /** Just one known person is left. */
  'family.alone': NoFacts;
  'family.files-none': NoFacts;
  'family.files-head': { readonly documents: number; readonly passages: number };
  'family.empty': NoFacts;
  'help.family': NoFacts;
  'command.elsewhere-family': NoFacts;
  'family.not-yours': { readonly name: string };
}
