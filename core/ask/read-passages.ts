import { randomBytes } from 'node:crypto';
import type { Language } from '../caller.ts';
import type { Passage } from '../document.ts';
import { AppError } from '../errors.ts';
import type { Answer, LanguageModel } from '../question.ts';
import { settledPart } from './answer-sentences.ts';
import { buildPrompt, NOT_FOUND_MARKER } from './build-prompt.ts';
import { checkAnswer } from './check-answer.ts';
import { evidenceOf } from './check-sentence.ts';
import type { FoundPassage } from './found-passage.ts';
import { guessLanguage, languageName } from './guess-language.ts';
import { filterOutput } from './output-filter.ts';
import { pickPassages } from './pick-passages.ts';
import { shownAs } from './shown-source.ts';
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
 * Lets a model read what was found and word the answer: as many passages as its window holds, every sentence checked
 * against what it cites before anybody sees it, also while the answer grows. `onPartial` gets the whole text so far, in
 * whole sentences. Gives `answered`, `nothing` (the model says that the documents do not tell) or `passages` (it said
 * something, and none of it stands there); throws AppError `unavailable` as the model does, or when its window is too small.
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
  const { question, vectors } = reading;
  const language = guessLanguage(question) ?? options.language;
  const evidence = evidenceOf(passages, { question, language, vectors });
  const sources = passages.flatMap((passage) => [passage.text, passage.documentName, passage.heading]);
  const shown = (said: string) => {
    const checked = checkAnswer(said, evidence);
    return { ...checked, text: filterOutput(checked.text, sources) };
  };
  const stream = model.stream(messages, { maxTokens, ...(options.signal && { signal: options.signal }) });
  const said = await hear(stream, fence, (settled) => {
    const { text } = shown(settled);
    if (text !== '') options.onPartial?.(text);
  });
  const nearest = passages.slice(0, NEAREST).map(shownAs(question, vectors));
  if (said === '' || said.includes(NOT_FOUND_MARKER)) return { kind: 'nothing', nearest };
  const { text, cited, leftOut, refuses } = shown(said);
  if (cited.length > 0) {
    const cites = cited.map((number, i) => ({ number: i + 1, passage: passages[number - 1]! }));
    return { kind: 'answered', text, sources: cites, leftOut, model: model.model };
  }
  if (refuses || leftOut === 0) return { kind: 'nothing', nearest };
  return { kind: 'passages', sources: nearest, reason: 'unsupported' };
}

/** The whole of what a model says. `onSettled` gets what cannot change any more, each time when there is more of it. */
async function hear(
  stream: AsyncIterable<string>,
  fence: string,
  onSettled: (settled: string) => void,
): Promise<string> {
  let heard = '';
  let settled = '';
  for await (const part of stream) {
    heard += part;
    const next = settledPart(spoken(heard, fence));
    if (next.length <= settled.length || next.includes(NOT_FOUND_MARKER)) continue;
    settled = next;
    onSettled(settled);
  }
  return spoken(heard, fence);
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
