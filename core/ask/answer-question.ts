import type { Caller } from '../caller.ts';
import { AppError } from '../errors.ts';
import type { Answer, Embedder, Question } from '../question.ts';
import type { Turn } from '../tenant.ts';
import { answerAbout, answerFrom } from './answer-from.ts';
import type { AskOptions, AskParts } from './ask-parts.ts';
import { asksAboutFile } from './asks-about-file.ts';
import { completeQuestion, FOLLOW_UP_TURNS, turnsBefore } from './complete-question.ts';
import { fileAskedAbout } from './file-asked-about.ts';
import type { QuestionVector } from './find-passages.ts';
import { type Beginning, beginningOf, isForgottenMeanwhile } from './forgotten-meanwhile.ts';
import { LentNow } from './lent-now.ts';
import { mendTypos } from './mend-typos.ts';
import { type LentStore, readPooled } from './pooled-reader.ts';
import { rememberExchange } from './remember-exchange.ts';
import { searchPassages } from './search-passages.ts';
import { servingEmbedder } from './serving-embedder.ts';
import { smallTalk } from './small-talk.ts';
import { isWeakMatch } from './weak-match.ts';

/** Longer than any question that somebody types; one word of 40,000 characters took seconds of the time that all share. */
const LONGEST_QUESTION = 4000;

/**
 * Answers one question from the caller's own documents and from what was lent to them, and keeps the exchange as chat
 * memory, once per event. What is forgotten or taken back meanwhile is not in the answer, which is made anew from what is
 * left; a damaged file of what is lent is left out. Called by the bot and the console. An embedder that fails is left out, a
 * model that fails gives `passages`. Throws
 * AppError `too-large` (reason `question-too-long`), the signal's reason when aborted (nothing is kept then), and what the
 * vault throws.
 */
export async function answerQuestion(
  caller: Caller,
  question: Question,
  parts: AskParts,
  options: AskOptions,
): Promise<Answer> {
  options.signal?.throwIfAborted();
  if (question.text.length > LONGEST_QUESTION) {
    const facts = { limit: LONGEST_QUESTION };
    throw new AppError('too-large', 'the question is too long', { reason: 'question-too-long', facts });
  }
  const what = smallTalk(question.text);
  if (what !== undefined) return { kind: 'small-talk', what, at: question.at };
  const { vault } = parts;
  const first = vault.read(caller, beginningOf);
  const now = new LentNow(caller, parts);
  for (let since = first; ; since = vault.read(caller, beginningOf)) {
    const lent = now.stores();
    const answer = await answerUnlessForgotten(caller, { question, since, lent, now }, parts, options);
    options.signal?.throwIfAborted();
    if (answer === undefined || now.restsOnEnded(answer, lent)) continue;
    if (!rememberExchange(caller, { question, answer, since, first }, vault)) continue;
    options.onChecked?.(
      () =>
        vault.read(caller, (reader) => isForgottenMeanwhile(reader, since, answer)) || now.restsOnEnded(answer, lent),
    );
    return answer;
  }
}

/** One try of an answer. */
interface Try {
  readonly question: Question;
  readonly since: Beginning;
  readonly lent: readonly LentStore[];
  readonly now: LentNow;
}

/**
 * One try. undefined when something was forgotten, or a share ended, while a model was writing: it is stopped then, and
 * shows no more. Also when a lent file is damaged, which the next try leaves out.
 */
async function answerUnlessForgotten(
  caller: Caller,
  { question, since, lent, now }: Try,
  parts: AskParts,
  options: AskOptions,
): Promise<Answer | undefined> {
  const forgotten = new AbortController();
  const isForgotten = () =>
    now.hasEnded(lent) ||
    parts.vault.read(
      caller,
      (reader) => reader.forgettings() !== since.forgettings && isForgottenMeanwhile(reader, since),
    );
  const onPartial = (text: string) => {
    if (isForgotten()) forgotten.abort();
    else options.onPartial?.(text);
  };
  const signal = AbortSignal.any([forgotten.signal, ...(options.signal ? [options.signal] : [])]);
  try {
    const turns = parts.vault.read(caller, (reader) => reader.turns(question.room, FOLLOW_UP_TURNS));
    if (readPooled(parts.vault, { caller, lent }, (reader) => reader.passageCount()) === 0) return { kind: 'empty' };
    return await answerFound(caller, { question, turns, lent }, parts, { ...options, onPartial, signal });
  } catch (thrown) {
    if (forgotten.signal.aborted || now.leaveOut(thrown, lent)) return undefined;
    throw thrown;
  }
}

/**
 * The answer from what is found: in the file that is asked about, and in all of them when that does not say. What stood
 * below a file is about that file alone, and shows its beginning at least.
 */
async function answerFound(
  caller: Caller,
  { question, turns, lent }: { question: Question; turns: readonly Turn[]; lent: readonly LentStore[] },
  parts: AskParts,
  options: AskOptions,
): Promise<Answer> {
  const { signal } = options;
  const pool = { caller, lent };
  const file = readPooled(parts.vault, pool, (reader) => {
    const sent = question.about === undefined ? undefined : reader.documentBySource(question.about)?.number;
    const number = sent ?? fileAskedAbout(question.text, reader.documents());
    const beginning = number === undefined ? [] : reader.passagesOf(number).slice(0, MOST_AT_BEGINNING);
    const isWhole = sent === undefined || asksAboutFile(question.text);
    return number !== undefined && beginning.length > 0 ? { number, beginning, isWhole } : undefined;
  });
  if (file?.isWhole) return answerAbout(file.beginning, question.text, parts, options);
  const complete = await completeQuestion(question.text, turnsBefore(question, turns), { model: parts.model, signal });
  // A model reads the question as it was typed: a word that is put in the place of another may be the wrong one.
  const sought = readPooled(parts.vault, pool, (reader) => mendTypos(complete, reader, parts.vectors));
  const dense = await questionVector(sought, await servingEmbedder(caller, parts), signal);
  const find = (within?: number) =>
    searchPassages(caller, { question: sought, dense, now: question.at, within, lent }, parts);
  if (file) {
    const findings = await find(file.number);
    const isWeak = isWeakMatch(findings, complete, parts.vectors);
    const isCaption = question.about === question.event;
    if (isWeak && isCaption) return asWeak(await answerAbout(file.beginning, complete, parts, options));
    const own = isWeak ? undefined : await answerFrom(findings, complete, parts, options);
    if (own && (isCaption || own.kind !== 'nothing')) return own;
  }
  return answerFrom(await find(), complete, parts, options);
}

/** Passages from the beginning of a file that a model may read; its window decides how many it does. */
const MOST_AT_BEGINNING = 8;
/** For a question that asks for more than what the file is about: nobody wanted a summary. */
function asWeak(answer: Answer): Answer {
  return answer.kind === 'passages' && answer.reason === 'beginning' ? { ...answer, reason: 'weak' } : answer;
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
