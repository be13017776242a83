import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What the ops room hears about backups. Sizes in bytes; `local` stands for the folder on the server. */
export interface BackupFacts {
  'backups.none': NoFacts;
  /** `provenAgo`: how long ago the newest proven one was made, milliseconds; -1 when none is. */
  'backups.head': { readonly made: number; readonly provenAgo: number };
  /** In place of the head, where every one is only known from a list. */
  'backups.only-listed': NoFacts;
  /** In place of the head, where every one that was read back comes from the future. */
  'backups.only-ahead': NoFacts;
  'backups.line': {
    readonly id: Markdown;
    readonly at: number;
    readonly bytes: number;
    readonly places: readonly string[];
    /** Those of them whose copy is not known to be whole, while another one is. */
    readonly unread: readonly string[];
    readonly proof: Markdown;
  };
  'backups.proven': {
    readonly at: number;
    readonly from: string;
    readonly documents: number;
    readonly testQuestions: number;
    /** Of the homeserver’s folders. */
    readonly leftOut: number;
  };
  'backups.unproven': NoFacts;
  /** Nobody here has read any copy of it. */
  'backups.listed': NoFacts;
  /** It says that it was made in the future. */
  'backups.ahead': NoFacts;
  'backups.more': { readonly hidden: number };
  /** A remote to which nothing gets since a time; `reference` names the alert that says what to do. */
  'backups.unreached': { readonly remote: string; readonly since: number; readonly reference: string };
  /** More of those that are only known from lists. */
  'backups.more-listed': { readonly hidden: number };
}
