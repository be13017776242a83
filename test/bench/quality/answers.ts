import type { Answer, Embedder, LanguageModel } from '../../../core/question.ts';
import { answerOf, shownText } from './asking.ts';
import type { CorpusQuestion } from './corpus.ts';
import type { Home } from './home.ts';
import { type Figures, figuresOf, meanFigures } from './score.ts';

/** What a language model's answers came to, after the product checked them. */
export interface AnswersRun {
  readonly model: string;
  readonly kinds: Readonly<Record<string, number>>;
  /** Answer match and abstention over all that was asked. */
  readonly figures: Figures;
  /** The same of the answers that are the model's own words. */
  readonly ownWords: Figures;
  /** Sentences of the model that did not stand in the passages and were not shown. */
  readonly leftOut: number;
  /** Sentences that were shown although a number in them, or any mark, does not lead to a passage that holds it. */
  readonly violations: readonly string[];
  /** Mean time of one answer. */
  readonly seconds: number;
  readonly answers: ReadonlyMap<string, string | null>;
}

/**
 * Asks a language model every n-th question, `most` at most, so that all types are asked. What is shown is looked at
 * again here by simpler means than the product's own.
 */
export async function runAnswers(
  questions: readonly CorpusQuestion[],
  most: number,
  by: { home: Home; embedder: Embedder | undefined; model: LanguageModel },
): Promise<AnswersRun> {
  const step = Math.max(1, questions.length / most);
  const chosen = questions.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const given: { question: CorpusQuestion; answer: Answer }[] = [];
  const started = performance.now();
  for (const question of chosen) given.push({ question, answer: await answerOf(question, 'answers', by) });
  const seconds = (performance.now() - started) / 1000 / Math.max(1, chosen.length);
  const scored = given.map(({ question, answer }) => ({
    kind: answer.kind,
    figures: figuresOf(question, { passages: [], answer: shownText(answer) }),
  }));
  const kinds = Object.fromEntries([...Map.groupBy(given, kindOf)].map(([kind, all]) => [kind, all.length]));
  return {
    model: by.model.model,
    kinds,
    figures: meanFigures(scored.map(({ figures }) => figures)),
    ownWords: meanFigures(scored.filter(({ kind }) => kind === 'answered').map(({ figures }) => figures)),
    leftOut: given.reduce((sum, { answer }) => sum + (answer.kind === 'answered' ? answer.leftOut : 0), 0),
    violations: given.flatMap(({ question, answer }) => violationsOf(question.id, answer)),
    seconds,
    answers: new Map(given.map(({ question, answer }) => [question.id, shownText(answer)])),
  };
}

/** A few lines for people. */
export function printAnswers({ model, kinds, figures, ownWords, leftOut, violations, seconds }: AnswersRun): void {
  const share = (value: number | undefined) => value?.toFixed(3) ?? '-';
  const all = Object.values(kinds).reduce((sum, count) => sum + count, 0);
  console.log(`\nanswers by ${model}: ${all} questions, ${seconds.toFixed(1)} s each`);
  console.log(
    `  ${Object.entries(kinds)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
  );
  console.log(`  answer match ${share(figures.answer)}, in the model's own words ${share(ownWords.answer)}`);
  console.log(`  abstention precision ${share(figures['abst.P'])}, recall ${share(figures['abst.R'])}`);
  console.log(`  sentences that did not stand and were not shown: ${leftOut}`);
  console.log(`  shown without standing in the cited passage: ${violations.length}`);
  for (const violation of violations) console.log(`    ${violation}`);
}

function kindOf({ answer }: { answer: Answer }): string {
  return answer.kind === 'passages' ? `passages (${answer.reason})` : answer.kind;
}

/** Every mark must lead to a source, every line of words must end in a mark or be led by one, and its figures must stand there. */
function violationsOf(id: string, answer: Answer): string[] {
  if (answer.kind !== 'answered') return [];
  const texts = new Map(
    answer.sources.map(({ number, passage }) => [
      number,
      [passage.documentName, passage.page ?? '', passage.heading, passage.text].join('\n'),
    ]),
  );
  const marksOf = (text: string) => [...text.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number));
  const marks = marksOf(answer.text);
  const found = marks.filter((mark) => !texts.has(mark)).map((mark) => `${id}: [${mark}] leads nowhere`);
  if (marks.length === 0) found.push(`${id}: no mark`);
  for (const line of answer.text.split('\n')) {
    const held = marksOf(line).map((mark) => figuresIn(texts.get(mark) ?? ''));
    const lost = [...figuresIn(line.replace(/\[\d+\]/g, ''))].filter((own) => !held.some((all) => all.has(own)));
    if (held.length > 0 && lost.length > 0) found.push(`${id}: ${lost.join(', ')} in "${line}"`);
  }
  return found;
}

/** Runs of digits without leading zeros and without the marks between thousands. */
function figuresIn(text: string): Set<string> {
  const joined = text.normalize('NFKC').replace(/(?<=\d)[.,'’ ](?=\d{3}(?!\d))/g, '');
  return new Set(
    [...text.normalize('NFKC').matchAll(/\d+/g), ...joined.matchAll(/\d+/g)].map(([run]) =>
      run.replace(/^0+(?=\d)/, ''),
    ),
  );
}
