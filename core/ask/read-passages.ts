import { randomBytes } from 'node:crypto';
import type { Language } from '../caller.ts';
import type { Passage } from '../document.ts';
import { AppError } from '../errors.ts';
import type { Answer, LanguageModel } from '../question.ts';
import { buildPrompt, NOT_FOUND_MARKER } from './build-prompt.ts';
import { type CheckedAnswer, checkCitations, supportOf } from './check-citations.ts';
import type { FoundPassage } from './find-passages.ts';
import { guessLanguage, languageName } from './guess-language.ts';
import { filterOutput } from './output-filter.ts';
import { pickPassages } from './pick-passages.ts';
import type { TokenVectors } from './token-vectors.ts';
import { estimateTokens } from './tokens.ts';

/** More passages than this distract a small model more than they help. */
const MOST_IN_PROMPT = 8;
const ANSWER_TOKENS = 600;
/** Passages named when the documents do not say. */
const NEAREST = 3;
/** What a chat template adds around each message. */
const TEMPLATE_TOKENS = 8;

/** A question that can stand alone, and what was found for it, best first. */
export interface Reading {
  readonly question: string;
  readonly found: readonly FoundPassage[];
  readonly vectors: TokenVectors;
}

/**
 * Lets a model read what was found and word the answer: as many passages as its window holds, the stream filtered, its
 * marks checked, and an answer that cites nothing kept only when a passage supports it. `onPartial` gets the whole text
 * so far. Gives `answered` or `nothing`; throws AppError `unavailable` as the model does, or when its window is too small.
 */
export async function readPassages(
  model: LanguageModel,
  reading: Reading,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onPartial?: ((text: string) => void) | undefined;
    readonly language: Language;
  },
): Promise<Answer> {
  const fence = randomBytes(6).toString('hex');
  const { messages, passages, maxTokens } = fitPrompt(model, reading, { language: options.language, fence });
  const sources = passages.flatMap((passage) => [passage.text, passage.documentName, passage.heading]);
  let heard = '';
  for await (const part of model.stream(messages, { maxTokens, ...(options.signal && { signal: options.signal }) })) {
    heard += part;
    const shown = spoken(heard, fence);
    if (options.onPartial && shown !== '' && !mayBeMarker(shown)) options.onPartial(filterOutput(shown, sources));
  }
  const said = spoken(heard, fence);
  const nearest = passages.slice(0, NEAREST).map((passage, i) => ({ number: i + 1, passage }));
  if (said === '' || said.includes(NOT_FOUND_MARKER)) return { kind: 'nothing', nearest };
  const checked = withSupport(checkCitations(said, passages.length), reading, passages);
  if (!checked) return { kind: 'nothing', nearest };
  // Last, because bringing marks into shape can put brackets side by side.
  const text = filterOutput(checked.text, sources);
  const cited = checked.cited.map((number) => ({ number, passage: passages[number - 1]! }));
  return { kind: 'answered', text, sources: cited, model: model.model };
}

function fitPrompt(
  model: LanguageModel,
  { question, found }: Reading,
  { language: asker, fence }: { language: Language; fence: string },
) {
  const maxTokens = Math.min(ANSWER_TOKENS, Math.floor(model.contextTokens / 4));
  const promptFor = (passages: readonly Passage[]) =>
    buildPrompt({
      question,
      language: languageName(guessLanguage(question) ?? asker),
      passages,
      fence,
    });
  const frame = promptFor([]).reduce((sum, message) => sum + estimateTokens(message.content) + TEMPLATE_TOKENS, 0);
  const passages = pickPassages(found, { tokens: model.contextTokens - maxTokens - frame, count: MOST_IN_PROMPT });
  if (passages.length === 0) {
    throw new AppError('unavailable', `A context of ${model.contextTokens} tokens is too small to read a passage in.`, {
      hint: 'Raise answering.contextTokens, or choose a model with a larger context.',
      reason: 'model-window',
    });
  }
  return { messages: promptFor(passages), passages, maxTokens };
}

/** An answer without marks gets those of the passages that support it; undefined when none does. */
function withSupport(
  checked: CheckedAnswer,
  { question, vectors }: Reading,
  passages: readonly Passage[],
): CheckedAnswer | undefined {
  if (checked.text === '') return undefined;
  if (checked.cited.length > 0) return checked;
  const cited = supportOf(checked.text, { question, passages, vectors });
  if (cited.length === 0) return undefined;
  return { text: `${checked.text} ${cited.map((number) => `[${number}]`).join('')}`, cited };
}

/**
 * What a model says without what it thinks first (`<think>...</think>` of reasoning models), and without the marks
 * between which its passages stood: small models repeat them. A mark that is not whole yet goes too.
 */
function spoken(text: string, fence: string): string {
  return text
    .replace(/<think>.*?(?:<\/think>|$)/gsu, '')
    .replace(new RegExp(`<*[ \\t]*(?:end[ \\t]+)?${fence}[ \\t\\d]*>*`, 'g'), '')
    .replace(/(?:<{2,}[^<>\n]*|<)$/u, '')
    .trim();
}

/** True while the text so far may become the marker, which is never shown, nor a thought that has just begun. */
function mayBeMarker(text: string): boolean {
  return text.includes(NOT_FOUND_MARKER) || NOT_FOUND_MARKER.startsWith(text) || '<think>'.startsWith(text);
}
