import type { PersonClass } from '../../../core/retention/policy.ts';
import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What `!retention` answers, and what is said when documents go by their age. Ages are in days; 0 is "until told otherwise". */
export interface RetentionFacts {
  'retention.head': NoFacts;
  'retention.line': {
    readonly what: PersonClass;
    readonly days: number;
    readonly least: number;
    readonly most: number;
    readonly chosen: boolean;
    /** The admin's bounds allow less, or want more, than was chosen. */
    readonly cut: boolean;
    readonly change: Markdown;
  };
  'retention.house': {
    readonly audit: number;
    readonly jobs: number;
    readonly alerts: number;
    readonly ids: number;
  };
  'retention.foot': NoFacts;
  /** Of what the server notes nobody may choose. */
  'retention.admins': NoFacts;
  /** How the command is used, where it was not understood. */
  'retention.unclear': { readonly given: string; readonly examples: readonly Markdown[] };
  'retention.beyond': { readonly what: PersonClass; readonly days: number; readonly side: 'least' | 'most' };
  /** What would go; nothing has happened yet. `names`: of the first documents, `more` are not named. */
  'retention.preview': {
    readonly what: PersonClass;
    readonly days: number;
    readonly going: number;
    readonly names: readonly string[];
    readonly more: number;
    readonly confirm: Markdown;
  };
  /** On the page of an export: what somebody chose. */
  'retention.choice': { readonly what: PersonClass; readonly days: number };
  'retention.set': { readonly what: PersonClass; readonly days: number; readonly removed: number };
  /** Said a week before, and when it happened. */
  'retention.soon': {
    readonly days: number;
    readonly names: readonly string[];
    readonly more: number;
    readonly change: Markdown;
  };
  /** What holds in a family room, for all who are in it. */
  'retention.room': { readonly turnDays: number; readonly days: number };
  'retention.room-soon': { readonly days: number; readonly names: readonly string[]; readonly more: number };
  'retention.gone': { readonly days: number; readonly names: readonly string[]; readonly more: number };
}
