/** A row of a table in stored text, as extract/table-text.ts writes it: cells, and behind them the names of their columns. */
const CELLS = ' | ';
/** What stands in an empty cell. */
const EMPTY = '–';
/** Longer cells stand shortened beside their names, with "…". */
const LONGEST_REPEATED = 60;

/**
 * A text as it is shown: rows of tables without the names of their columns behind them, which stand there for finding and
 * for models. For quotes, `!show` and `!export`; brackets that a person wrote stay. A last row that is cut off within the
 * names loses what is there of them.
 *
 *     Grandfather clock | No. 417 | Daniel (Item: Grandfather clock; Mark: No. 417; Who gets it: Daniel)
 */
export function plainRows(text: string): string {
  if (!text.includes(': ') || !text.includes(' (')) return text;
  const lines = text.split('\n');
  return lines.map((line, i) => line.slice(0, namesStart(line, i === lines.length - 1))).join('\n');
}

/** True when a text ends within the names of a row, so that what follows it begins with the rest of them. */
export function endsInNames(text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1);
  return namesStart(line, true) < line.length && namesStart(line, false) === line.length;
}

/**
 * The names of a row's columns, in order, as they stand behind its cells; empty columns are not among them. For showing the
 * row that names them once above it; [] for a row without names.
 */
export function columnNames(row: string): string[] {
  const at = namesStart(row, false);
  const names: string[] = [];
  let text = `; ${row.slice(at + 2)}`;
  for (const cell of cellsOf(row.slice(0, at))) {
    const value = cell.length > LONGEST_REPEATED ? cell.slice(0, LONGEST_REPEATED - 2) : cell;
    const end = text.indexOf(`: ${value}`);
    if (end < 0) continue;
    names.push(text.slice(text.lastIndexOf('; ', end) + 2, end));
    text = text.slice(end + 2 + value.length);
  }
  return names;
}

/** Where the names of a row begin, with the blank before their bracket; the row's length when it has none. */
function namesStart(line: string, mayBeCut: boolean): number {
  const isWhole = line.endsWith(')');
  if (!isWhole && !mayBeCut) return line.length;
  // Of several brackets that fit the likeliest: long cells are repeated only in part, so that one of theirs may fit too.
  let best = { at: line.length, likely: 0 };
  for (let at = line.indexOf(' ('); at > 0; at = line.indexOf(' (', at + 1)) {
    const cells = cellsOf(line.slice(0, at));
    if (cells.length === 0) continue;
    const names = line.slice(at + 2, isWhole ? -1 : undefined);
    // A bracket of a cell has further cells behind it.
    if (names.includes(CELLS)) continue;
    const likely = isWhole ? likelihood(cells, names) : beginsToRepeat(cells, names) ? 1 : 0;
    if (likely > 0 && likely >= best.likely) best = { at, likely };
  }
  return best.at;
}

/** The cells of a row that hold something. */
function cellsOf(row: string): string[] {
  return row
    .replace(/^\| /, '')
    .split(CELLS)
    .filter((cell) => cell !== EMPTY);
}

/** 0: no names of these cells; 3: nothing is missing in them. */
function likelihood(cells: readonly string[], names: string): number {
  const { count, end } = repeated(cells, names);
  if (end !== names.length && !names.startsWith('; ', end)) return 0;
  if (count === cells.length) return isBalanced(names) ? 3 : 2;
  // Columns without a name are not repeated.
  return count > 0 && count * 2 >= cells.length && isBalanced(names) ? 1 : 0;
}

/** How many of the cells stand again behind the names of their columns, in order, and where the last of them ends. */
function repeated(cells: readonly string[], names: string): { count: number; end: number } {
  let [count, end] = [0, 0];
  for (const cell of cells) {
    const isLong = cell.length > LONGEST_REPEATED;
    const shown = `: ${isLong ? cell.slice(0, LONGEST_REPEATED - 2) : cell}`;
    const at = names.indexOf(shown, end);
    if (at < 0) continue;
    const behind = isLong ? names.indexOf('…', at) + 1 : at + shown.length;
    // Behind a cell comes the next name, or nothing.
    if (behind === 0 || !(behind === names.length || names.startsWith('; ', behind))) continue;
    count += 1;
    end = behind;
  }
  return { count, end };
}

/** True for names that are cut off: a name, and the row's first cell or its beginning. */
function beginsToRepeat(cells: readonly string[], names: string): boolean {
  const first = cells[0]!.slice(0, LONGEST_REPEATED - 2);
  const value = /^[^;]{1,60}?: (.*)$/s.exec(names)?.[1] ?? '';
  return cells.length > 1 && value !== '' && (value.startsWith(first) || first.startsWith(value));
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[()]/g)) {
    depth += bracket === '(' ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
