import type { CorpusQuestion } from './corpus.ts';
import { COLUMNS, type Figures, figuresOf, meanFigures, type Result } from './score.ts';

/** Figures by group ("all", "type lookup", "language de"), then by system. */
export type Report = ReadonlyMap<string, ReadonlyMap<string, Figures>>;

/** Groups the results of one corpus: all, those whose files were all read, then by type and by language of the question. */
export function reportOf(
  questions: readonly CorpusQuestion[],
  results: ReadonlyMap<string, ReadonlyMap<string, Result>>,
  unread: ReadonlyMap<string, string>,
): Report {
  const report = new Map<string, Map<string, Figures>>();
  const isRead = ({ files }: CorpusQuestion) => files.every((file) => !unread.has(file.normalize('NFC')));
  const add = (group: string, own: readonly CorpusQuestion[]) =>
    report.set(
      `${group} (${own.length})`,
      new Map([...results].map(([system, by]) => [system, meanFigures(own.map((q) => figuresOf(q, by.get(q.id)!)))])),
    );
  add('all', questions);
  if (unread.size > 0) add('all of files that were read', questions.filter(isRead));
  const group = (title: string, key: 'type' | 'lang') => {
    for (const value of [...new Set(questions.map((question) => question[key]))].sort())
      add(
        `${title} ${value}`,
        questions.filter((question) => question[key] === value),
      );
  };
  group('type', 'type');
  if (unread.size > 0)
    add(
      'type cross-language, of files that were read',
      questions.filter((q) => q.type === 'cross-language' && isRead(q)),
    );
  group('language', 'lang');
  return report;
}

/** One line per group and system; a dash where a figure does not apply. */
export function printReport(report: Report): void {
  for (const [group, systems] of report) {
    console.log(`\n${group.padEnd(26)}${COLUMNS.map((column) => column.padStart(10)).join('')}`);
    for (const [system, figures] of systems) {
      const cells = COLUMNS.map((column) => (figures[column]?.toFixed(3) ?? '-').padStart(10));
      console.log(`  ${system.padEnd(24)}${cells.join('')}`);
    }
  }
}

/** Groups and figures in which `ours` is not ahead of (or level with) `other`: should be empty. */
export function behind(report: Report, ours: string, other: string): string[] {
  const lines: string[] = [];
  for (const [group, systems] of report) {
    const [own, its] = [systems.get(ours), systems.get(other)];
    if (!own || !its) continue;
    for (const column of COLUMNS)
      if ((its[column] ?? 0) > (own[column] ?? 0)) lines.push(`${group} ${column}: ${own[column]} < ${its[column]}`);
  }
  return lines;
}
