import type { Answer, Embedder, LanguageModel } from '../../../core/question.ts';
import { answerOf, shownText } from './asking.ts';
import type { CorpusQuestion } from './corpus.ts';
import type { GivenAnswer } from './given-answers.ts';
import type { Home } from './home.ts';
import { type Figures, figuresOf, meanFigures } from './score.ts';

/** What a language model's answers came to, after the product checked them. */
export interface AnswersRun {
  readonly model: string;
  /** Questions that were to be asked; more than were when the run was broken off. */
  readonly wanted: number;
  readonly kinds: Readonly<Record<string, number>>;
  /** Answer match and abstention over all that was asked. */
  readonly figures: Figures;
  /** The same of the answers that are the model's own words. */
  readonly ownWords: Figures;
  /** Sentences of the model that did not stand in the passages and were not shown. */
  readonly leftOut: number;
  /** Marks in what was shown. */
  readonly marks: number;
  /** Sentences that were shown although a number in them, or any mark, does not lead to a passage that holds it. */
  readonly violations: readonly Violation[];
  /** Mean time of one answer. */
  readonly seconds: number;
  readonly answers: ReadonlyMap<string, string | null>;
}

/** `citation`: a mark leads nowhere or is missing; `number`: a figure does not stand in what it cites. */
export interface Violation {
  readonly what: 'citation' | 'number';
  readonly text: string;
}

/** How answers are asked for. `known` need not be asked again; `onAnswer` gets each one as it comes. */
export interface AskingAnswers {
  readonly home: Home;
  readonly embedder: Embedder | undefined;
  readonly model: LanguageModel;
  readonly most: number;
  readonly known?: ReadonlyMap<string, GivenAnswer> | undefined;
  readonly onAnswer?: ((given: GivenAnswer, place: { done: number; wanted: number }) => void) | undefined;
  /** Breaks the run off; what was asked so far is still counted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a language model `most` of the questions. What is shown is looked at again here by simpler means than the product's own.
 */
export async function runAnswers(questions: readonly CorpusQuestion[], by: AskingAnswers): Promise<AnswersRun> {
  const chosen = sampleOf(questions, by.most);
  const given: GivenAnswer[] = [];
  for (const question of chosen) {
    const own = by.known?.get(question.id) ?? (await askUnlessStopped(question, by));
    if (own === undefined) break;
    given.push(own);
    by.onAnswer?.(own, { done: given.length, wanted: chosen.length });
  }
  return summaryOf(chosen, given, by.model.model);
}

/** Every n-th when they stand by type, so that all types are asked; in the corpus's order, so that a run broken off has some of each. */
function sampleOf(questions: readonly CorpusQuestion[], most: number): CorpusQuestion[] {
  const step = Math.max(1, questions.length / most);
  return [...questions]
    .sort((a, b) => a.type.localeCompare(b.type) || a.id.localeCompare(b.id))
    .filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
    .sort((a, b) => a.id.localeCompare(b.id));
}

/** undefined when the run was broken off. */
async function askUnlessStopped(question: CorpusQuestion, by: AskingAnswers): Promise<GivenAnswer | undefined> {
  if (by.signal?.aborted) return undefined;
  const started = performance.now();
  try {
    const answer = await answerOf(question, 'answers', by);
    return givenOf(question, answer, { model: by.model.model, seconds: (performance.now() - started) / 1000 });
  } catch (thrown) {
    if (by.signal?.aborted) return undefined;
    throw thrown;
  }
}

function givenOf(
  question: CorpusQuestion,
  answer: Answer,
  { model, seconds }: { model: string; seconds: number },
): GivenAnswer {
  const isOwn = answer.kind === 'answered';
  return {
    id: question.id,
    model,
    seconds,
    kind: answer.kind === 'passages' ? `passages (${answer.reason})` : answer.kind,
    answer: shownText(answer),
    leftOut: isOwn ? answer.leftOut : 0,
    marks: isOwn ? marksOf(answer.text).length : 0,
    violations: violationsOf(question.id, answer),
  };
}

function summaryOf(chosen: readonly CorpusQuestion[], given: readonly GivenAnswer[], model: string): AnswersRun {
  const questions = new Map(chosen.map((question) => [question.id, question]));
  const scored = given.map(({ id, kind, answer }) => ({
    kind,
    figures: figuresOf(questions.get(id)!, { passages: [], answer }),
  }));
  const sum = (count: (one: GivenAnswer) => number) => given.reduce((all, one) => all + count(one), 0);
  return {
    model,
    wanted: chosen.length,
    kinds: Object.fromEntries([...Map.groupBy(given, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length])),
    figures: meanFigures(scored.map(({ figures }) => figures)),
    ownWords: meanFigures(scored.filter(({ kind }) => kind === 'answered').map(({ figures }) => figures)),
    leftOut: sum((one) => one.leftOut),
    marks: sum((one) => one.marks),
    violations: given.flatMap(({ violations }) => violations),
    seconds: sum((one) => one.seconds) / Math.max(1, given.length),
    answers: new Map(given.map(({ id, answer }) => [id, answer])),
  };
}

/** A few lines for people. */
export function printAnswers(run: AnswersRun): void {
  const { model, kinds, figures, ownWords, violations } = run;
  const share = (value: number | undefined) => value?.toFixed(3) ?? '-';
  const all = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  const asked = all === run.wanted ? `${all} questions` : `${all} of ${run.wanted} questions, then broken off`;
  console.log(`\nanswers by ${model}: ${asked}, ${run.seconds.toFixed(1)} s each`);
  console.log(
    `  ${Object.entries(kinds)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
  );
  console.log(`  answer match ${share(figures.answer)}, in the model's own words ${share(ownWords.answer)}`);
  console.log(`  abstention precision ${share(figures['abst.P'])}, recall ${share(figures['abst.R'])}`);
  console.log(`  sentences that did not stand and were not shown: ${run.leftOut}`);
  const count = (what: Violation['what']) => violations.filter((one) => one.what === what).length;
  console.log(`  marks shown: ${run.marks}, of these leading nowhere, or missing: ${count('citation')}`);
  console.log(`  lines shown with a number that does not stand in what they cite: ${count('number')}`);
  for (const { text } of violations) console.log(`    ${text}`);
}

function marksOf(text: string): number[] {
  return [...text.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number));
}

/** Every mark must lead to a source, every line of words must end in a mark or be led by one, and its figures must stand there. */
function violationsOf(id: string, answer: Answer): Violation[] {
  if (answer.kind !== 'answered') return [];
  const texts = new Map(
    answer.sources.map(({ number, passage }) => [
      number,
      [passage.documentName, passage.page ?? '', passage.heading, passage.text].join('\n'),
    ]),
  );
  const marks = marksOf(answer.text);
  const found = marks
    .filter((mark) => !texts.has(mark))
    .map((mark): Violation => ({ what: 'citation', text: `${id}: [${mark}] leads nowhere` }));
  if (marks.length === 0) found.push({ what: 'citation', text: `${id}: no mark` });
  for (const line of answer.text.split('\n')) {
    const held = marksOf(line).map((mark) => figuresIn(texts.get(mark) ?? ''));
    const lost = [...figuresIn(line.replace(/\[\d+\]/g, ' ').replace(/\p{L}+/gu, ' '))].filter(
      (own) => !held.some((all) => all.has(own)),
    );
    if (held.length > 0 && lost.length > 0)
      found.push({ what: 'number', text: `${id}: ${lost.join(', ')} in "${line}"` });
  }
  return found;
}

/** Small numbers as English and German documents write them. */
const WORDS =
  'two|zwei three|drei four|vier five|fünf six|sechs seven|sieben eight|acht nine|neun ten|zehn eleven|elf twelve|zwölf'
    .split(' ')
    .map((words, i) => ({ word: new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, 'iu'), figure: String(i + 2) }));

/** Runs of digits without leading zeros and without the marks between thousands; small numbers in words, too. */
function figuresIn(text: string): Set<string> {
  const joined = text.normalize('NFKC').replace(/(?<=\d)[.,'’ ](?=\d{3}(?!\d))/g, '');
  const runs = [...text.normalize('NFKC').matchAll(/\d+/g), ...joined.matchAll(/\d+/g)];
  const inWords = WORDS.filter(({ word }) => word.test(text)).map(({ figure }) => figure);
  return new Set([...runs.map(([run]) => run.replace(/^0+(?=\d)/, '')), ...inWords]);
}
