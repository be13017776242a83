import { type CorpusQuestion, evidenceOf } from './corpus.ts';

/** What a system said to a question: passages best first, and the answer; null is "not in the documents". */
export interface Result {
  readonly passages: readonly {
    readonly file: string;
    readonly page: string | null;
    readonly text: string;
    /** What is shown of it where no model answers; left out by systems that show nothing of their own. */
    readonly extract?: string;
  }[];
  /** Left out by systems that only find. */
  readonly answer?: string | null;
}

/** One question's figures, 0..1; undefined where the figure does not apply. */
export type Figures = Partial<Record<(typeof COLUMNS)[number], number>>;

export const COLUMNS = [
  'recall@1',
  'recall@5',
  'recall@10',
  'MRR@10',
  'nDCG@10',
  'page@5',
  'quote@5',
  'extract@5',
  'answer',
  'abst.P',
  'abst.R',
] as const;

/**
 * Figures of one question, by the rules that the corpus's own scorer states: recall is the share of the gold files, a page
 * counts only with its file, a quote is compared by letters and digits alone. nDCG takes each gold file once, at the rank of
 * its first passage. extract@5 counts the quotes of quote@5 that stand in what is shown of the passage. Abstention is an answer of null: precision over those, recall over questions without gold files.
 */
export function figuresOf(question: CorpusQuestion, result: Result): Figures {
  const abstained = result.answer === null ? 1 : 0;
  const isUnanswerable = question.files.length === 0;
  const abstention = result.answer === undefined ? {} : abstentionOf(isUnanswerable, abstained);
  if (isUnanswerable) return abstention;
  const ranks = ranksOf(question, result);
  const within = (most: number) => mean(ranks.map((rank) => (rank <= most ? 1 : 0)));
  return {
    'recall@1': within(1),
    'recall@5': within(5),
    'recall@10': within(10),
    'MRR@10': 1 / Math.min(...ranks),
    'nDCG@10': ndcg(ranks),
    ...placesOf(question, result),
    ...(result.answer !== undefined && { answer: isRight(result.answer, question) ? 1 : 0 }),
    ...abstention,
  };
}

/** The mean of each figure over many questions; figures that apply to none are left out. */
export function meanFigures(all: readonly Figures[]): Figures {
  const figures: Figures = {};
  for (const column of COLUMNS) {
    const values = all.map((own) => own[column]).filter((value) => value !== undefined);
    if (values.length > 0) figures[column] = mean(values);
  }
  return figures;
}

/** Letters and digits only: layout, table bars and hyphenation drop out. */
export function compact(text: string): string {
  return shown(text)
    .replace(/[-\u2010]\s*\n\s*/g, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}

function abstentionOf(isUnanswerable: boolean, abstained: number): Figures {
  return {
    ...(abstained && { 'abst.P': isUnanswerable ? 1 : 0 }),
    ...(isUnanswerable && { 'abst.R': abstained }),
  };
}

/** Rank of the first passage of each gold file, from 1; Infinity beyond ten. */
function ranksOf({ files }: CorpusQuestion, { passages }: Result): number[] {
  const ranked = passages.slice(0, 10).map(({ file }) => fileKey(file));
  return [...new Set(files.map(fileKey))].map((file) => {
    const at = ranked.indexOf(file);
    return at < 0 ? Number.POSITIVE_INFINITY : at + 1;
  });
}

function ndcg(ranks: readonly number[]): number {
  const gain = (rank: number) => (Number.isFinite(rank) ? 1 / Math.log2(rank + 1) : 0);
  const ideal = ranks.reduce((sum, _, i) => sum + gain(i + 1), 0);
  return ranks.reduce((sum, rank) => sum + gain(rank), 0) / ideal;
}

function placesOf(question: CorpusQuestion, { passages }: Result): Figures {
  const first = passages.slice(0, 5).map(({ file, page, text, extract }) => ({
    file: fileKey(file),
    page: shown(page ?? '').trim(),
    text: compact(text),
    extract: extract === undefined ? undefined : compact(extract),
  }));
  const evidence = evidenceOf(question);
  const paged = evidence.filter(({ page }) => page !== null && page !== undefined);
  const hit = (file: string, test: (passage: (typeof first)[number]) => boolean) =>
    first.some((passage) => passage.file === fileKey(file) && test(passage)) ? 1 : 0;
  const shownQuotes = evidence.filter(({ file, quote }) =>
    hit(file, ({ text, extract }) => extract !== undefined && text.includes(compact(quote))),
  );
  return {
    ...(paged.length > 0 && {
      'page@5': mean(
        paged.map(({ file, page }) => hit(file, (passage) => passage.page === shown(String(page)).trim())),
      ),
    }),
    'quote@5': mean(evidence.map(({ file, quote }) => hit(file, ({ text }) => text.includes(compact(quote))))),
    // Of the quotes that were found: what the person sees of them at once.
    ...(shownQuotes.length > 0 && {
      'extract@5': mean(
        shownQuotes.map(({ file, quote }) => hit(file, (one) => one.extract?.includes(compact(quote)) === true)),
      ),
    }),
  };
}

function isRight(answer: string | null, { answers, answers_all: parts }: CorpusQuestion): boolean {
  if (answer === null) return false;
  if (answers.some((accepted) => says(answer, accepted))) return true;
  return parts !== undefined && parts.length > 0 && parts.every((part) => says(answer, part));
}

/** An accepted answer as whole words; scripts without gaps, and codes, also without blanks. */
function says(answer: string, accepted: string): boolean {
  const wanted = spaced(accepted).trim();
  if (wanted === '') return false;
  if (spaced(answer).includes(` ${wanted} `)) return true;
  const isDense = /[\p{Script=Han}\p{Script=Arabic}]/u.test(accepted) || compact(accepted).length >= 8;
  return isDense && compact(answer).includes(compact(accepted));
}

/** Words between blanks, with 1.947,00 = 1,947.00 = 1947 and 8:30 = 8.30. */
function spaced(text: string): string {
  const even = shown(text)
    .replace(/(\d)[.,]00(?!\d)/g, '$1')
    .replace(/(\d)[.,:'\u2019](?=\d)/g, '$1');
  return ` ${even.replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ').trim()} `;
}

function shown(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '')
    .toLowerCase();
}

function fileKey(file: string): string {
  return shown(file.normalize('NFC').split(/[\\/]/).pop()!).trim();
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
