import { showable } from './ingest/clean-name.ts';

const PATH = ' › ';

/**
 * The headings above a passage as they are shown ("Contract › Schedule 1"), from the heading that is kept with it. A passage
 * that goes on with a table has the table's first row there as well, for finding (ingest/split-passages.ts): it is no
 * place. For sources in chats. "" when there is none.
 */
export function headingPath(heading: string): string {
  const row = heading.indexOf(' | ');
  if (row < 0) return heading;
  const end = heading.lastIndexOf(PATH, row);
  return end < 0 ? '' : heading.slice(0, end);
}

/**
 * The headings of that path, outermost first, as they are listed beside the page: without the marks of their format and
 * without what the page's label says already. For `read`. [] when nothing is left.
 */
export function shownHeadings(heading: string, page: string | null): string[] {
  const label = page ?? '';
  return headingPath(heading)
    .split(PATH)
    .map((title) => withoutMarks(title))
    .filter((title) => title !== '')
    .filter((title) => title !== label && !label.startsWith(`${title} `) && !label.endsWith(`${PATH}${title}`));
}

/** A line as it is shown: a heading without its marks, and no character that a terminal obeys. */
export function withoutMarks(line: string): string {
  return showable(/^\s*#{1,6}\s+(\S.*?)\s*#*\s*$/u.exec(line)?.[1] ?? line).trim();
}
