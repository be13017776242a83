import { SNIPPET_CHARACTERS } from '../../../bot/answer-text.ts';
import { extract } from '../../../bot/passage-extract.ts';
import { snippet } from '../../../bot/snippet.ts';
import { completeQuestion, turnsBefore } from '../../../core/ask/complete-question.ts';
import { gramsOf } from '../../../core/ask/grams.ts';
import { shownAs } from '../../../core/ask/shown-source.ts';
import type { Passage } from '../../../core/document.ts';
import { AppError } from '../../../core/errors.ts';
import { prepareDocument } from '../../../core/ingest/prepare-document.ts';
import type { Embedder } from '../../../core/question.ts';
import { type AnswersRun, type AskingAnswers, runAnswers } from './answers.ts';
import { ASKED_AT, answerOf, askedAs, shownText } from './asking.ts';
import { baselineOf } from './baseline.ts';
import { type Corpus, type CorpusQuestion, evidenceOf } from './corpus.ts';
import { type Finder, findersOf } from './finders.ts';
import { type Home, openHome } from './home.ts';
import { compact, type Result } from './score.ts';
import { type SwappedAnswers, shownSwaps } from './swapped-answers.ts';
import { refusedTrueAnswers, type TrueAnswers } from './true-answers.ts';

/** Passages whose extracts are looked at. */
const SHOWN = 5;
const LIMITS = { fileBytes: 52_428_800, pagesPerFile: 2000, extractSeconds: 60 };

/** What a corpus gave: results by system and question id, files that were not read and why, and where quotes stand. */
export interface HouseholdRun {
  readonly results: ReadonlyMap<string, ReadonlyMap<string, Result>>;
  readonly unread: ReadonlyMap<string, string>;
  readonly passages: number;
  readonly quotes: { readonly whole: number; readonly all: number };
  readonly trueAnswers?: TrueAnswers | undefined;
  readonly swaps?: SwappedAnswers | undefined;
  readonly answers?: AnswersRun | undefined;
}

/** Models to measure with; what is left out is not measured. `only`: one system by name, and its finding without answers. */
export interface Models {
  readonly embedder?: Embedder | undefined;
  readonly baseline?: Embedder | undefined;
  readonly only?: string;
  /** Words answers to `most` of the questions. */
  readonly answering?: Omit<AskingAnswers, 'home' | 'embedder'> | undefined;
}

/** Reads every file of a corpus into a real store and asks every question of every system. */
export async function runHousehold(corpus: Corpus, models: Models): Promise<HouseholdRun> {
  using home = await openHome();
  const unread = await readAll(home, corpus);
  if (models.embedder) await home.embed(models.embedder);
  const passages = allPassages(home);
  const finders = findersOf(home, models.embedder);
  if (models.baseline) finders.set('baseline', await baselineOf(passages, models.baseline));
  const results = new Map<string, Map<string, Result>>();
  for (const [system, find] of finders) {
    if (models.only !== undefined && system !== models.only) continue;
    const own = new Map<string, Result>();
    for (const question of corpus.questions) own.set(question.id, await ask(question, system, { find, home, models }));
    results.set(system, own);
  }
  const { answering, embedder } = models;
  const answers = answering && (await runAnswers(corpus.questions, { ...answering, home, embedder }));
  const trueAnswers = models.only === undefined ? refusedTrueAnswers(corpus, passages, home.vectors) : undefined;
  const swaps = models.only === undefined ? shownSwaps(passages, home.vectors) : undefined;
  const quotes = wholeQuotes(corpus, passages, unread);
  return { results, unread, passages: passages.length, quotes, trueAnswers, swaps, answers };
}

/** Gives the files that were not read, with the product's reason. */
async function readAll(home: Home, corpus: Corpus): Promise<Map<string, string>> {
  const unread = new Map<string, string>();
  for (const [name, bytes] of corpus.files) {
    try {
      const file = { bytes, name, source: `$${name}`, addedAt: ASKED_AT };
      const prepared = await prepareDocument(file, { limits: LIMITS, encoder: home.vectors, gramsOf });
      home.add(prepared.document, prepared);
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown;
      unread.set(name, String(thrown.reason));
    }
  }
  return unread;
}

function allPassages(home: Home): Passage[] {
  return home.state.vault.read(home.caller, (reader) => reader.passagesToEmbed('none', 1_000_000));
}

/** A follow-up is completed as in a chat. Only the product's own ways of finding go on to an answer. */
async function ask(
  question: CorpusQuestion,
  system: string,
  { find, home, models }: { find: Finder; home: Home; models: Models },
): Promise<Result> {
  const { asked, before } = askedAs(question, system);
  const complete = await completeQuestion(question.question, turnsBefore(asked, before), {});
  const found = await find(complete);
  const passages = found.map((passage, i) => ({
    file: passage.documentName,
    page: passage.page,
    text: passage.text,
    ...(system.startsWith('ours') && i < SHOWN && { extract: extractOf(complete, passage, home) }),
  }));
  if (!system.startsWith('ours') || models.only !== undefined) return { passages };
  const embedder = system === 'ours, built-in' ? undefined : models.embedder;
  return { passages, answer: shownText(await answerOf(question, system, { home, embedder })) };
}

/** What the bot shows of a passage where no model answers. */
function extractOf(question: string, passage: Passage, { vectors }: Home): string {
  const { best, passage: placed } = shownAs(question, vectors)(passage, 0);
  if (!best) return snippet(passage.text, question, SNIPPET_CHARACTERS);
  const {
    before,
    best: sentence,
    after,
  } = extract(passage.text, { ...best, heading: placed.heading }, SNIPPET_CHARACTERS);
  return [before, sentence, after].join(' ');
}

/** Share of quotes of read files that stand whole in one passage: what cutting may have parted. */
function wholeQuotes({ questions }: Corpus, passages: readonly Passage[], unread: ReadonlyMap<string, string>) {
  const byFile = Map.groupBy(passages, ({ documentName }) => documentName);
  const sought = questions.flatMap(evidenceOf).filter(({ file }) => !unread.has(file.normalize('NFC')));
  const whole = sought.filter(({ file, quote }) =>
    byFile.get(file.normalize('NFC'))?.some(({ text }) => compact(text).includes(compact(quote))),
  );
  return { whole: whole.length, all: sought.length };
}
