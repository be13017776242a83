import type { Caller, Language } from '../caller.ts';
import type { LanguageModel } from '../question.ts';
import type { LentStore } from './pooled-reader.ts';
import type { SearchParts } from './search-passages.ts';
import type { Embedders } from './serving-embedder.ts';

/** What answering needs. Without `embedder` two signals find, without `model` the passages themselves are the answer. */
export interface AskParts extends SearchParts, Embedders {
  readonly model?: LanguageModel | undefined;
  /** What was lent to a caller; missing: nothing ever is. */
  readonly lent?: ((caller: Caller) => readonly LentStore[]) | undefined;
}

/**
 * `onPartial` gets the whole text so far, already filtered; `language` is the asker's, for questions that do not tell
 * theirs. `onChecked` gets, with an answer that may be forgotten again, what tells whether that has happened: to be asked
 * in the step that shows it.
 */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onPartial?: ((text: string) => void) | undefined;
  readonly onChecked?: ((isForgotten: () => boolean) => void) | undefined;
  readonly language: Language;
}
