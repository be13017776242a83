import type { Caller, Language } from '../caller.ts';
import type { Passage } from '../document.ts';
import { errorCode } from '../errors.ts';
import type { Answer, Embedder, LanguageModel, Question, Source } from '../question.ts';
import type { Vault } from '../tenant.ts';
import { isClearMiss } from './clear-miss.ts';
import { completeQuestion, FOLLOW_UP_TURNS, turnsBefore } from './complete-question.ts';
import { type Findings, findPassages, type QuestionVector } from './find-passages.ts';
import { pickPassages } from './pick-passages.ts';
import { readPassages } from './read-passages.ts';
import type { TokenVectors } from './token-vectors.ts';
import { withinDocument } from './within-document.ts';

/** What answering needs. Without `embedder` two signals find, without `model` the passages themselves are the answer. */
export interface AskParts {
  readonly vault: Vault;
  readonly vectors: TokenVectors;
  readonly embedder?: Embedder | undefined;
  readonly model?: LanguageModel | undefined;
}

/** `onPartial` gets the whole text so far, already filtered; `language` is the asker's, for questions that do not tell theirs. */
export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onPartial?: ((text: string) => void) | undefined;
  readonly language: Language;
}

/** Passages shown when no model reads them. */
const SHOWN = 3;
/** Passages named when the documents do not say. */
const NEAREST = 3;

/**
 * Answers one question from the caller's own documents and keeps the exchange as chat memory, once per event. Called by
 * the bot and the console. An embedder that fails is left out, a model that fails gives `passages`. Throws the signal's
 * reason when aborted (nothing is kept then), and what the vault throws.
 */
export async function answerQuestion(
  caller: Caller,
  question: Question,
  parts: AskParts,
  options: AskOptions,
): Promise<Answer> {
  const { signal } = options;
  signal?.throwIfAborted();
  const { isEmpty, turns } = parts.vault.read(caller, (reader) => ({
    isEmpty: reader.passageCount() === 0,
    turns: reader.turns(question.room, FOLLOW_UP_TURNS),
  }));
  if (isEmpty) return { kind: 'empty' };
  const complete = await completeQuestion(question.text, turnsBefore(question, turns), { model: parts.model, signal });
  const dense = await questionVector(complete, parts.embedder, signal);
  const find = (within?: number) =>
    parts.vault.read(caller, (reader) =>
      findPassages(within === undefined ? reader : withinDocument(reader, within), complete, {
        vectors: parts.vectors,
        dense,
      }),
    );
  const about = parts.vault.read(caller, (reader) => question.about && reader.documentBySource(question.about)?.number);
  let answer = about ? await answerFrom(find(about), complete, parts, options) : undefined;
  if (!answer || answer.kind === 'nothing') answer = await answerFrom(find(), complete, parts, options);
  signal?.throwIfAborted();
  remember(caller, question, answer, parts.vault);
  return answer;
}

/** A question must not wait for ever for an embedder that hangs; two signals are enough to answer. */
const EMBEDDING_MS = 20_000;

async function questionVector(
  text: string,
  embedder: Embedder | undefined,
  signal: AbortSignal | undefined,
): Promise<QuestionVector | undefined> {
  if (!embedder) return undefined;
  const limit = AbortSignal.timeout(EMBEDDING_MS);
  try {
    const vector = await embedder.embedQuestion(text, signal ? AbortSignal.any([signal, limit]) : limit);
    return { model: embedder.model, vector };
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

async function answerFrom(findings: Findings, question: string, parts: AskParts, options: AskOptions): Promise<Answer> {
  const shown = (count: number) => numbered(pickPassages(findings.found, { tokens: Number.MAX_SAFE_INTEGER, count }));
  if (isClearMiss(findings, question)) return { kind: 'nothing', nearest: shown(NEAREST) };
  if (!parts.model) return { kind: 'passages', sources: shown(SHOWN), reason: 'no-model' };
  try {
    return await readPassages(parts.model, { found: findings.found, question, vectors: parts.vectors }, options);
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (errorCode(thrown) !== 'unavailable') throw thrown;
    return { kind: 'passages', sources: shown(SHOWN), reason: 'model-failed' };
  }
}

/** The text of an answer is kept for follow-ups; passages are not copied into chat memory, they stay where forgetting finds them. */
function remember(caller: Caller, question: Question, answer: Answer, vault: Vault): void {
  const text = answer.kind === 'answered' ? answer.text : '';
  const { event, room, at } = question;
  vault.write(caller, (writer) => writer.addTurn({ event, room, question: question.text, answer: text, at }));
}

function numbered(passages: readonly Passage[]): Source[] {
  return passages.map((passage, i) => ({ number: i + 1, passage }));
}
