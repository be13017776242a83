import { findHeader, type MergedCell, tableText } from './table-text.ts';

/** A row of a sheet: its place (0-based) and the cells that hold something, by column (0-based), from the left. */
export interface SheetRow {
  readonly index: number;
  readonly cells: readonly (readonly [column: number, text: string])[];
}

/** A sheet as it was read: only what is filled, so that a cell in the last corner costs no more than any other. */
export interface Sheet {
  readonly rows: readonly SheetRow[];
  readonly merged: readonly MergedCell[];
}

/** Rows times columns of one table; beyond it (a diagonal over a whole sheet) cells are only listed. */
const LARGEST_GRID = 4_000_000;

/** The programs' own names for sheets say nothing. */
const GENERIC =
  /^(?:sheet|tabelle|hoja|feuil(?:le)?|foglio|arkusz|sayfa|planilha|blad|ark|list|лист|工作表|シート)\s*\d*$/iu;

/**
 * Text of a sheet: its name as a heading, then its tables in order. Empty rows part tables; a part without a header of its
 * own goes on with the header above it. "" for an empty sheet.
 */
export function sheetText({ rows, merged }: Sheet, name: string | null): string {
  const filled = rows.filter(({ cells }) => cells.length > 0);
  const parts: string[] = [];
  let above: SheetRow | undefined;
  for (const block of blocksOf(filled)) {
    const { text, header } = blockText(block, merged, above);
    above = header;
    if (text !== '') parts.push(text);
  }
  if (parts.length === 0) return '';
  const heading = name === null || name.trim() === '' || GENERIC.test(name.trim()) ? [] : [`# ${name.trim()}`];
  return [...heading, ...parts].join('\n\n');
}

/** Runs of rows without an empty one between them. */
function* blocksOf(rows: readonly SheetRow[]): Generator<readonly SheetRow[]> {
  let block: SheetRow[] = [];
  for (const row of rows) {
    const last = block.at(-1);
    if (last && row.index > last.index + 1) {
      yield block;
      block = [];
    }
    block.push(row);
  }
  if (block.length > 0) yield block;
}

/** A block's text, and the row that names the columns for blocks below it. */
function blockText(
  block: readonly SheetRow[],
  merged: readonly MergedCell[],
  above: SheetRow | undefined,
): { text: string; header: SheetRow | undefined } {
  const used = usedColumns(block);
  if (used.length * block.length > LARGEST_GRID) return { text: block.map(listed).join('\n'), header: undefined };
  const own = { rows: dense(block, used), merged: mergedIn(block, used, merged) };
  const { head } = findHeader(own);
  if (head > 0) return { text: tableText({ ...own, headerRows: head }), header: block[head - 1] };
  if (!above || !continues(used, above)) return { text: tableText({ ...own, headerRows: 0 }), header: above };
  const columns = usedColumns([above, ...block]);
  const text = tableText({ rows: dense([above, ...block], columns), headerRows: 1 });
  return { text: text.slice(text.indexOf('\n') + 1), header: above };
}

/** True when a block without a header fills the columns of the header above it: most of them, and no other. */
function continues(used: readonly number[], { cells }: SheetRow): boolean {
  const names = new Set(cells.map(([column]) => column));
  return used.length >= 3 && used.length >= names.size * 0.6 && used.every((column) => names.has(column));
}

function usedColumns(block: readonly SheetRow[]): number[] {
  const used = new Set<number>();
  for (const { cells } of block) for (const [column] of cells) used.add(column);
  return [...used].sort((a, b) => a - b);
}

function listed({ cells }: SheetRow): string {
  return cells.map(([, text]) => text.replace(/\s+/gu, ' ')).join(' | ');
}

/** Rows with a place for each of the columns. */
function dense(block: readonly SheetRow[], columns: readonly number[]): string[][] {
  const places = new Map(columns.map((column, place) => [column, place]));
  return block.map(({ cells }) => {
    const row: string[] = new Array(columns.length).fill('');
    for (const [column, text] of cells) row[places.get(column)!] = text;
    return row;
  });
}

/** Merged cells in terms of the block's own rows and filled columns. */
function mergedIn(
  block: readonly SheetRow[],
  used: readonly number[],
  merged: readonly MergedCell[],
): readonly MergedCell[] {
  const first = block[0]!.index;
  const last = block.at(-1)!.index;
  return merged
    .filter(({ row }) => row >= first && row <= last)
    .map(({ row, column, rows, columns }) => {
      const start = used.findIndex((place) => place >= column);
      const covered = used.filter((place) => place >= column && place < column + columns).length;
      return { row: row - first, column: start, rows, columns: covered };
    })
    .filter(({ column, columns }) => column >= 0 && columns > 0);
}
