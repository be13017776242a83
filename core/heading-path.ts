/**
 * The headings above a passage as they are shown ("Contract › Schedule 1"), from the heading that is kept with it. A passage
 * that goes on with a table has the table's first row there as well, for finding (ingest/split-passages.ts): it is no
 * place. For sources in chats, `read`, and whatever else names a place to people. "" when there is none.
 */
export function headingPath(heading: string): string {
  const row = heading.indexOf(' | ');
  if (row < 0) return heading;
  const end = heading.lastIndexOf(' › ', row);
  return end < 0 ? '' : heading.slice(0, end);
}
