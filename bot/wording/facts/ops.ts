import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What the bot says in the ops room besides answers to commands: counts, sizes and ids, never anyone's words. */
export interface OpsFacts {
  'ops.welcome': NoFacts;
  /** Both are shown once, at the first start, and stored nowhere in readable form. */
  'ops.recovery-key': { readonly key: string };
  'ops.recovery-code': { readonly code: string };
  /** Said once when somebody types a sentence in the ops room. */
  'ops.no-questions': NoFacts;
  'ops.no-files': NoFacts;
  /** `model` is empty when there is none and answers are passages. */
  'ops.started': { readonly version: string; readonly model: string };
  /** To each person in their own chat after a restore. `names`: those of their API keys that ended by it; `make` makes one anew. */
  'restored.person': { readonly madeAt: number; readonly names: readonly string[]; readonly make: Markdown };
  /** To somebody whose papers were brought out of a backup; also what they had forgotten since, or not. */
  'restored.papers': { readonly madeAt: number; readonly papers: number; readonly alsoForgotten: boolean };
  /** `told` of `people` have a chat; `answered` of `asked` test questions found their passage. */
  'restored.ops': {
    readonly madeAt: number;
    readonly told: number;
    readonly people: number;
    readonly stores: number;
    readonly documents: number;
    readonly asked: number;
    readonly answered: number;
    readonly damaged: number;
  };
}
