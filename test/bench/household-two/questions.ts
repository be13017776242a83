import type { PaperSource } from './paper-source.ts';

/** Formats whose pages a reader sees as pages; the others have none to cite. */
const PAGED = new Set(['pdf', 'pptx', 'jpg', 'png', 'xlsx', 'ods']);

/**
 * Questions in the form of questions.jsonl. In the sources: `? type language | question`, `^ question before`, `> quote` (or
 * `> file :: quote` for a further paper), `= answer; other answer`, `& part; other part` (all needed). Throws where a quote
 * does not stand in its paper: nothing is measured against a typing error.
 */
export function questionsOf(papers: readonly PaperSource[]): Record<string, unknown>[] {
  const byFile = new Map(papers.map((paper) => [paper.file, paper]));
  const all = papers.flatMap((paper) =>
    paper.questions
      .split(/^(?=\? )/m)
      .map((block) => block.trim())
      .filter(Boolean)
      .map((block) => questionOf(block, paper, byFile)),
  );
  return all.map((question, i) => ({ id: `h2-${String(i + 1).padStart(3, '0')}`, ...question }));
}

function questionOf(block: string, paper: PaperSource, byFile: ReadonlyMap<string, PaperSource>) {
  const [head = '', ...lines] = block.split('\n');
  const [, type, lang, question] = /^\? (\S+) (\S+) \| (.*)$/.exec(head) ?? [];
  if (!question) throw new Error(`not a question: ${head}`);
  const told = (sign: string) => lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(2).trim());
  const list = (sign: string) => told(sign).flatMap((line) => line.split('; '));
  const evidence = told('> ').map((line) => evidenceOf(line, paper, byFile));
  const [first] = evidence;
  if ((type === 'unanswerable') !== (first === undefined)) throw new Error(`quote missing or too many: ${question}`);
  const [previous] = told('^ ');
  return {
    question,
    lang,
    type,
    files: [...new Set(evidence.map(({ file }) => file))],
    page: first?.page ?? null,
    answers: list('= '),
    quote: first?.quote ?? '',
    ...(evidence.length > 1 && { evidence }),
    ...(previous !== undefined && { previous }),
    ...(told('& ').length > 0 && { answers_all: list('& ') }),
    ...(first === undefined && { near: [paper.file] }),
  };
}

function evidenceOf(line: string, own: PaperSource, byFile: ReadonlyMap<string, PaperSource>) {
  const [before, behind] = line.split(' :: ');
  const paper = behind === undefined ? own : byFile.get(before!);
  const quote = behind ?? before!;
  if (!paper) throw new Error(`no such paper: ${before}`);
  const at = paper.pages.findIndex(({ text }) => letters(text).includes(letters(quote)));
  if (at < 0) throw new Error(`not in ${paper.file}: ${quote}`);
  const inside = paper.settings.get('in');
  const page = PAGED.has(paper.format) && inside === undefined ? (paper.pages[at]!.name ?? at + 1) : null;
  return { file: inside ?? paper.file, page, quote };
}

function letters(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}
