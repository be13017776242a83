import { showable } from './ingest/clean-name.ts';

const PATH = ' › ';

/**
 * The headings above a passage (core/document.ts), outermost first, as they are shown beside its page: without the marks
 * of their format, rows of tables (a passage that goes on with a table has its first row there), and what the page's
 * label says already. [] when nothing is left.
 */
export function shownHeadings(heading: string, page: string | null): string[] {
  const label = page ?? '';
  return heading
    .split(PATH)
    .map((title) => withoutMarks(title))
    .filter((title) => title !== '' && !title.includes(' | '))
    .filter((title) => title !== label && !label.startsWith(`${title} `) && !label.endsWith(`${PATH}${title}`));
}

/** A line as it is shown: a heading without its marks, and no character that a terminal obeys. */
export function withoutMarks(line: string): string {
  return showable(/^\s*#{1,6}\s+(\S.*?)\s*#*\s*$/u.exec(line)?.[1] ?? line).trim();
}
