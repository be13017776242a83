import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What the ops room hears about the security checklist. Ages in milliseconds. */
export interface ChecklistFacts {
  'checklist.none': NoFacts;
  /** `hostAgo`: how long ago the host was read; -1 when it was not. */
  'checklist.head': {
    readonly passing: number;
    readonly failing: number;
    readonly notKnown: number;
    readonly judgedAgo: number;
    readonly hostAgo: number;
  };
  'checklist.failing': { readonly says: Markdown; readonly evidence: Markdown; readonly fix: Markdown };
  'checklist.passing': { readonly says: Markdown; readonly evidence: Markdown };
  /** One by one; `evidence` is empty where nothing was read. */
  'checklist.unknown': { readonly says: Markdown; readonly why: Markdown; readonly evidence: Markdown };
  /** Several that are not known for one reason. */
  'checklist.unknowns': { readonly why: Markdown; readonly titles: readonly Markdown[] };
  /** All that is read from the host, for one reason; `mend`: what to do, without a dot at its end. */
  'checklist.waiting': { readonly lines: number; readonly why: Markdown; readonly mend: Markdown };
  'checklist.left-out': { readonly lines: number };
  'checklist.foot': { readonly callAll: Markdown; readonly callRun: Markdown };
}
