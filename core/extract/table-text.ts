/** A table as an extractor found it: `rows` of cells from the left, "" for empty ones and for those that a merged cell covers. */
export interface Table {
  readonly rows: readonly (readonly string[])[];
  /** Rows at the top that name the columns, where the format says so; found out by looking otherwise. */
  readonly headerRows?: number | undefined;
  readonly merged?: readonly MergedCell[];
}

/** A cell that covers others: its place (0-based) and how many rows and columns it takes. */
export interface MergedCell {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** A row of two cells explains itself; from three on it takes the names of its columns. */
const NAMED_FROM = 3;
/** Rows of one table that carry the names; a longer one would grow beyond what is kept of a file. */
const MOST_NAMED = 20_000;
const LONGEST_NAME = 60;
/** Longer cells stand in the row itself; beside their column's name their beginning is enough. */
const LONGEST_REPEATED = 60;
/** Rows above a header: a title, the account's number, the day of printing. */
const MOST_LEAD_ROWS = 12;
/** Enough rows to tell what a column holds. */
const LOOK_ROWS = 200;
/** Cells that merged ones may fill; no table that a person made comes near. */
const MOST_FILLED = 500_000;
/** Empty cells keep their place in tables that are no wider; in very wide ones most cells are empty. */
const WIDEST_WITH_GAPS = 12;
/** Stands in an empty cell, so that the cells behind it stay below the names of their columns. */
const EMPTY = '–';

/**
 * Text of a table in every format that has tables, a line per row: the cells as they stand, parted by " | ", and behind
 * them the names of their columns, so that a row which is found alone can be understood:
 *
 *     Grandfather clock | No. 417 | Daniel (Item: Grandfather clock; Mark: No. 417; Who gets it: Daniel)
 *
 * The plain cells come first because people look for them in this order; shown to people, the names are left out again
 * (core/plain-rows.ts). "" for a table without text.
 */
export function tableText({ rows, headerRows, merged = [] }: Table): string {
  const flat = rows.map((row) => row.map(flatten));
  const filled = fill(flat, merged);
  const columns = columnsOf(flat);
  const { lead, head } = findHeader({ rows: flat, headerRows, merged });
  const names = new Map(columns.map((column) => [column, nameOf(filled.slice(lead, head), column)]));
  const named = [...names.values()].filter((name) => name !== '').length >= NAMED_FROM;
  return flat
    .map((row, index) => {
      if (index < head) return plainRow(row, named && index >= lead ? columns : []);
      if (!named || index >= MOST_NAMED) return plainRow(row, columns);
      return namedRow(row, filled[index]!, names);
    })
    .filter((line) => line !== '')
    .join('\n');
}

function flatten(cell: string): string {
  return cell.replace(/\s+/gu, ' ').trim();
}

/** Columns that hold something, ascending. */
function columnsOf(rows: readonly (readonly string[])[]): number[] {
  const used = new Set<number>();
  for (const row of rows) for (let i = 0; i < row.length; i++) if (row[i] !== '') used.add(i);
  return [...used].sort((a, b) => a - b);
}

/** The table with the text of merged cells in every place that they cover. */
function fill(rows: readonly (readonly string[])[], merged: readonly MergedCell[]): readonly (readonly string[])[] {
  if (merged.length === 0) return rows;
  const filled = rows.map((row) => [...row]);
  const widest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  let left = MOST_FILLED;
  for (const { row, column, rows: high, columns: wide } of merged) {
    const text = rows[row]?.[column];
    if (text === undefined || text === '') continue;
    for (let r = row; r < Math.min(row + high, filled.length); r++) {
      const target = filled[r]!;
      // Never wider than what the table holds: a merged cell may claim thousands of columns.
      for (let c = column; c < Math.min(column + wide, widest); c++) {
        if (--left < 0) return filled;
        while (target.length <= c) target.push('');
        if (target[c] === '') target[c] = text;
      }
    }
  }
  return filled;
}

function nameOf(head: readonly (readonly string[])[], column: number): string {
  const parts = head.map((row) => row[column] ?? '').filter((part, i, all) => part !== '' && all.indexOf(part) === i);
  const name = parts.join(', ').replace(/:$/, '');
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1).toWellFormed()}…`;
}

/** `columns` are those whose empty cells keep their place. */
function plainRow(row: readonly string[], columns: readonly number[]): string {
  const filled = row.filter((cell) => cell !== '');
  if (filled.length < 2) return filled[0] ?? '';
  if (columns.length === 0 || columns.length > WIDEST_WITH_GAPS) return marked(filled.join(' | '));
  return marked(withGaps(row, columns).join(' | '));
}

/** The cells of a row with a mark for the empty ones that others stand behind. */
function withGaps(row: readonly string[], columns: readonly number[]): string[] {
  const cells = columns.map((column) => row[column] ?? '');
  while (cells.at(-1) === '') cells.pop();
  return cells.map((cell) => cell || EMPTY);
}

function namedRow(row: readonly string[], filled: readonly string[], names: ReadonlyMap<number, string>): string {
  const cells = row.filter((cell) => cell !== '');
  // Alone in the first column stands a title or a remark.
  if (cells.length < 2 && (cells.length === 0 || row[names.keys().next().value ?? 0] !== '')) return cells[0] ?? '';
  const named: string[] = [];
  for (const [column, name] of names) {
    const cell = filled[column] ?? '';
    if (cell !== '' && name !== '') named.push(`${name}: ${shorten(cell)}`);
  }
  const columns = [...names.keys()];
  // What covers a cell from above belongs to this row too; what covers it from the left is said already.
  const covered = row.map((cell, i) => cell || (filled[i] === filled[i - 1] ? '' : (filled[i] ?? '')));
  const shown = cells.length < 2 || columns.length > WIDEST_WITH_GAPS ? cells : withGaps(covered, columns);
  return marked(`${shown.join(' | ')} (${named.join('; ')})`);
}

function shorten(cell: string): string {
  return cell.length <= LONGEST_REPEATED ? cell : `${cell.slice(0, LONGEST_REPEATED - 1).toWellFormed()}…`;
}

/** A row that begins with "# " would be taken for a heading. */
function marked(row: string): string {
  return row.startsWith('#') ? `| ${row}` : row;
}

/**
 * Which rows name the columns: from `lead` to `head` (exclusive), both 0 when none do. Above them may stand narrow rows
 * (titles); two rows name the columns where merged cells group the columns of the second.
 */
export function findHeader({ rows, headerRows, merged = [] }: Table): { lead: number; head: number } {
  const columns = columnsOf(rows);
  const last = headerRows ?? Math.min(MOST_LEAD_ROWS + 1, rows.length - 1);
  for (let lead = 0; lead < last; lead++) {
    const look = rows.slice(lead, lead + LOOK_ROWS);
    const cells = look[0]!.filter((cell) => cell !== '').length;
    const wide = cells > Math.max(2, columns.length * 0.5);
    if (headerRows !== undefined) {
      if (cells > 1 || lead === headerRows - 1) return { lead, head: headerRows };
      continue;
    }
    const groups = merged.some((cell) => cell.row === lead && cell.columns > 1 && cell.columns < columns.length);
    if (groups && isHeader(look.slice(1), columns, 0)) return { lead, head: lead + 2 };
    // Two cells above a wider table are more likely what the table is about.
    if (!(cells <= 2 && columns.length > 2) && isHeader(look, columns, groups ? 0 : 0.6))
      return { lead, head: lead + 1 };
    if (wide) break;
  }
  return { lead: 0, head: 0 };
}

/** A header names its columns: at least that share of them, all different, in words, and what stands below is of another kind. */
function isHeader(rows: readonly (readonly string[])[], columns: readonly number[], share: number): boolean {
  const [first, ...body] = rows;
  if (first === undefined || body.length === 0) return false;
  const names = first.filter((cell) => cell !== '');
  if (names.length < 2 || new Set(names).size < names.length || !names.some((name) => /\p{L}/u.test(name)))
    return false;
  if (!names.every(isName)) return false;
  if (names.length < columns.length * share) return false;
  const figures = columns.some((column) => {
    const below = body.map((row) => row[column] ?? '').filter((cell) => cell !== '');
    return (
      below.length > 0 && below.filter(isFigure).length * 2 >= below.length && namesFigures(first[column] ?? '', below)
    );
  });
  // Only words below: names are short, and the cells below are longer on the whole.
  return figures || (names.length >= NAMED_FROM && meanLength(names) <= meanLength(body.flat().filter(Boolean)));
}

function isName(name: string): boolean {
  if (name.length > LONGEST_NAME) return false;
  return (/\p{L}/u.test(name) && !isFigure(name)) || isYear(name) || /^(?:#|№|%|€|\$|£)$/.test(name);
}

/** True for words above figures, and for a year above figures that are no years. */
function namesFigures(name: string, below: readonly string[]): boolean {
  return !isFigure(name) || (isYear(name) && !below.some(isYear));
}

function isYear(cell: string): boolean {
  return /^(?:19|20)\d\d$/.test(cell);
}

/** A number, amount, date or time, alone or with a short unit. */
function isFigure(cell: string): boolean {
  return /^[\p{Sc}<>~±+-]*\s?\d[\d.,:/'\s-]*\s?(?:\p{Sc}|%|\p{L}{1,4})?$/u.test(cell);
}

function meanLength(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.length, 0) / Math.max(1, cells.length);
}
