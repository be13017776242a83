import type { SmallTalk } from './ask/small-talk.ts';
import type { Passage } from './document.ts';

/** Turns text into unit-length vectors. Implemented by core/transformers, core/openai, core/ollama. */
export interface Embedder {
  /** Names the model and its variant; vectors of different names are never compared. */
  readonly model: string;
  /** Vector of a question. Throws AppError `unavailable` when the model cannot be reached. */
  embedQuestion(text: string, signal?: AbortSignal): Promise<Float32Array>;
  /** Vector of one passage; one text per call, because padding a batch costs more than it saves on a CPU. */
  embedPassage(text: string, signal?: AbortSignal): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Splits text into the word pieces of the built-in token vectors. Implemented by core/static-embedder. */
export interface PieceEncoder {
  /** Distinct piece ids, ascending; empty for text without known words. */
  pieces(text: string): Uint32Array;
}

/** One message of a prompt. */
export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A chat model. Implemented by core/ollama and core/openai. */
export interface LanguageModel {
  /** Name as shown to people ("which model read it"). */
  readonly model: string;
  /** The context that may be filled, in tokens of this model, question and answer included. */
  readonly contextTokens: number;
  /**
   * Streams the answer piece by piece. Aborting the signal ends the request at the server too. Throws AppError
   * `unavailable` (not reachable, overloaded, timed out, broken stream).
   */
  stream(
    messages: readonly PromptMessage[],
    options: { maxTokens: number; signal?: AbortSignal },
  ): AsyncIterable<string>;
}

/** A question as asked. `room` chooses the conversation whose last turns may complete it. */
export interface Question {
  readonly text: string;
  readonly room: string;
  /** The event that asked it. */
  readonly event: string;
  readonly at: number;
  /**
   * The event that may have brought the file that is asked about: that file is looked at first, and, when it is `event`
   * itself (the question stood below the file), nothing else is.
   */
  readonly about?: string | undefined;
}

/** A passage that an answer rests on; `number` is the [n] in the text, counted from 1. */
export interface Source {
  readonly number: number;
  readonly passage: Passage;
  /** The sentence that comes nearest to the question, as offsets into the passage's text; where passages themselves are shown. */
  readonly best?: { readonly start: number; readonly end: number };
}

/**
 * What came of a question.
 * - `answered`: a language model's text, each sentence checked against the passage that it cites; `sources` holds just
 *   the cited ones, `leftOut` counts sentences of the model that did not stand in what they cite and are not shown.
 * - `passages`: the nearest passages themselves, nothing claimed: there is no language model (`weak`: and they hardly seem
 *   to fit), it failed, or nothing of what it said stands in the passages (`unsupported`). `beginning`: the first ones of
 *   the file that was asked about as a whole. `isClear`: the first one fits much better than the others.
 * - `nothing`: a model read the nearest passages and says that the documents don't tell. `nearest` may name them.
 * - `no-match`: there is no passage to show: nothing was found, or the question holds no word at all.
 * - `empty`: this tenant has no documents yet.
 * - `small-talk`: nothing was asked of the documents (a greeting, thanks, the date); nothing was looked for. `at`: when.
 */
export type Answer =
  | {
      readonly kind: 'answered';
      readonly text: string;
      readonly sources: readonly Source[];
      readonly leftOut: number;
      readonly model: string;
    }
  | {
      readonly kind: 'passages';
      readonly sources: readonly Source[];
      readonly reason: 'no-model' | 'weak' | 'model-failed' | 'unsupported' | 'beginning';
      readonly isClear?: boolean;
    }
  | { readonly kind: 'nothing'; readonly nearest: readonly Source[] }
  | { readonly kind: 'no-match' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'small-talk'; readonly what: SmallTalk; readonly at: number };
