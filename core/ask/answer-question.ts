import type { Caller, Language } from '../caller.ts';
import type { Passage } from '../document.ts';
import { AppError, errorCode } from '../errors.ts';
import type { Answer, Embedder, LanguageModel, Question } from '../question.ts';
import type { Turn, Vault } from '../tenant.ts';
import { asksAboutFile } from './asks-about-file.ts';
import { completeQuestion, FOLLOW_UP_TURNS, turnsBefore } from './complete-question.ts';
import { fileAskedAbout } from './file-asked-about.ts';
import type { Findings, QuestionVector } from './find-passages.ts';
import { type Beginning, beginningOf, isForgottenMeanwhile, sourcesOf } from './forgotten-meanwhile.ts';
import { mendTypos } from './mend-typos.ts';
import { pickPassages } from './pick-passages.ts';
import { isLent, type LentStore, lentPlace, readPooled } from './pooled-reader.ts';
import { readPassages } from './read-passages.ts';
import { type SearchParts, searchPassages } from './search-passages.ts';
import { type Embedders, servingEmbedder } from './serving-embedder.ts';
import { shownAs } from './shown-source.ts';
import { smallTalk } from './small-talk.ts';
import { isNoMatch, isWeakMatch } from './weak-match.ts';

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

/** Longer than any question that somebody types; one word of 40,000 characters took seconds of the time that all share. */
const LONGEST_QUESTION = 4000;

/** Passages shown when no model reads them. */
const SHOWN = 3;

/**
 * Answers one question from the caller's own documents and from what was lent to them, and keeps the exchange as chat
 * memory, once per event. What is forgotten or taken back meanwhile is not in the answer, which is made anew from what is
 * left. Called by the bot and the console. An embedder that fails is left out, a model that fails gives `passages`. Throws
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
  let lent = parts.lent?.(caller) ?? [];
  for (let since = first; ; since = vault.read(caller, beginningOf)) {
    const stores = lent;
    const answer = await answerUnlessForgotten(caller, { question, since, lent: stores }, parts, options);
    options.signal?.throwIfAborted();
    lent = stores.filter((store) => isOpen(vault, store));
    if (answer === undefined || restsOnEnded(answer, stores, lent)) continue;
    if (!remember(caller, { question, answer, since, first }, vault)) continue;
    options.onChecked?.(
      () =>
        vault.read(caller, (reader) => isForgottenMeanwhile(reader, since, answer)) ||
        restsOnEnded(
          answer,
          stores,
          stores.filter((store) => isOpen(vault, store)),
        ),
    );
    return answer;
  }
}

function isOpen(vault: Vault, { caller }: LentStore): boolean {
  try {
    return vault.read(caller, () => true);
  } catch (thrown) {
    if (errorCode(thrown) !== 'not-found') throw thrown;
    return false;
  }
}

/** True when the answer names something of a store that is not open any more. */
function restsOnEnded(answer: Answer, lent: readonly LentStore[], open: readonly LentStore[]): boolean {
  return sourcesOf(answer).some(({ passage: { id } }) => isLent(id) && !open.includes(lent[lentPlace(id)]!));
}

/** One try. undefined when something was forgotten while a model was writing: it is stopped then, and shows no more. */
async function answerUnlessForgotten(
  caller: Caller,
  { question, since, lent }: { question: Question; since: Beginning; lent: readonly LentStore[] },
  parts: AskParts,
  options: AskOptions,
): Promise<Answer | undefined> {
  const turns = parts.vault.read(caller, (reader) => reader.turns(question.room, FOLLOW_UP_TURNS));
  if (readPooled(parts.vault, { caller, lent }, (reader) => reader.passageCount()) === 0) return { kind: 'empty' };
  const forgotten = new AbortController();
  const isForgotten = () =>
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
    return await answerFound(caller, { question, turns, lent }, parts, { ...options, onPartial, signal });
  } catch (thrown) {
    if (forgotten.signal.aborted) return undefined;
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

/** For a question that asks for more than what the file is about: nobody wanted a summary. */
function asWeak(answer: Answer): Answer {
  return answer.kind === 'passages' && answer.reason === 'beginning' ? { ...answer, reason: 'weak' } : answer;
}

/** Passages from the beginning of a file that a model may read; its window decides how many it does. */
const MOST_AT_BEGINNING = 8;
/** Of these, what is shown where no model reads them. */
const BEGINNING_SHOWN = 2;

/** What a file is about: its beginning, read by a model or shown as it is. */
async function answerAbout(
  beginning: readonly Passage[],
  question: string,
  parts: AskParts,
  options: AskOptions,
): Promise<Answer> {
  const sources = beginning.slice(0, BEGINNING_SHOWN).map((passage, i) => ({ number: i + 1, passage }));
  if (!parts.model) return { kind: 'passages', sources, reason: 'beginning' };
  const found = beginning.map((passage) => ({ passage, score: 1 }));
  try {
    const answer = await readPassages(parts.model, { found, question, vectors: parts.vectors }, options);
    return answer.kind === 'answered' ? answer : { kind: 'passages', sources, reason: 'beginning' };
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (errorCode(thrown) !== 'unavailable') throw thrown;
    return { kind: 'passages', sources, reason: 'beginning' };
  }
}

/** A first passage whose score is this far ahead of the second (of its own) needs no company. */
const AHEAD = 0.4;
/**
 * And one that is so far ahead needs little: of 48 answerable questions of the household corpus where it is, it is of the right
 * file in 38, and one behind it alone in 2.
 */
const CLEAR = 0.2;
/** Scores say how far something stands out only in a crowd. */
const CROWD = 8;

/** The first one alone when it is clearly ahead; what else was found only makes the right place harder to see then. */
function standingOut(found: Findings['found']): Findings['found'] {
  return isAhead(found, AHEAD) ? found.slice(0, 1) : found;
}

function isAhead(found: Findings['found'], part: number): boolean {
  const [first, second] = found;
  return first && second && found.length >= CROWD ? second.score <= (1 - part) * first.score : false;
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
  const shown = (count: number) =>
    pickPassages(standingOut(findings.found), { tokens: Number.MAX_SAFE_INTEGER, count }).map(
      shownAs(question, parts.vectors),
    );
  const isClear = isAhead(findings.found, CLEAR);
  if (isNoMatch(findings, question)) return { kind: 'no-match' };
  if (!parts.model) {
    const reason = isWeakMatch(findings, question, parts.vectors) ? 'weak' : 'no-model';
    return { kind: 'passages', sources: shown(SHOWN), reason, isClear: isClear && reason === 'no-model' };
  }
  try {
    return await readPassages(parts.model, { found: findings.found, question, vectors: parts.vectors }, options);
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (errorCode(thrown) !== 'unavailable') throw thrown;
    return { kind: 'passages', sources: shown(SHOWN), reason: 'model-failed', isClear };
  }
}

interface Exchange {
  readonly question: Question;
  readonly answer: Answer;
  /** When this answer began, and when the first one to this question did. */
  readonly since: Beginning;
  readonly first: Beginning;
}

/**
 * The text of an answer is kept for follow-ups; passages are not copied into chat memory, they stay where forgetting finds
 * them. Of what is lent nothing is kept at all: it has to be gone when the share is. False when what the answer rests on was
 * forgotten meanwhile. Where chat memory was, the answer stands, and is not kept: it was asked before.
 */
function remember(caller: Caller, { question, answer, since, first }: Exchange, vault: Vault): boolean {
  const ids = sourcesOf(answer).map(({ passage }) => passage.id);
  const text = answer.kind === 'answered' && !ids.some(isLent) ? answer.text : '';
  const { event, room, at } = question;
  return vault.write(caller, (writer) => {
    if (isForgottenMeanwhile(writer, since, answer)) return false;
    if (answer.kind === 'empty' || writer.forgettings() !== first.forgettings) return true;
    const passages = ids.filter((id) => !isLent(id));
    const model = answer.kind === 'answered' ? answer.model : null;
    writer.addTurn({ event, room, question: question.text, answer: text, at, passages, model });
    return true;
  });
}
