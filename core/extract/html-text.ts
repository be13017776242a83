import { convert, type DomElement, type Formatter, type Options, type TableCell } from 'html-to-text';
import { type MergedCell, tableText } from './table-text.ts';

/** Deeper than any page that a person wrote; what lies below becomes an ellipsis instead of a stack overflow. */
const DEEPEST = 400;

const heading: Formatter = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addInline(`${'#'.repeat(Number(element.name?.[1]) || 1)} `);
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2 });
};

/** Tables as `tableText` writes them; tables that only lay out a page as their cells one after the other. */
const table: Formatter = (element, walk, builder) => {
  // Per row: true when it names the columns.
  const heads: boolean[] = [];
  const visit = (node: DomElement, head: boolean): void => {
    if (node.name !== 'tr') {
      if (PARTS.has(node.name ?? ''))
        for (const child of node.children ?? []) visit(child, head || node.name === 'thead');
      if (node.name === 'caption') cellRow([node], true);
      return;
    }
    const cells = (node.children ?? []).filter((child) => child.name === 'td' || child.name === 'th');
    cellRow(cells, head || (cells.length > 1 && cells.every(({ name }) => name === 'th')));
  };
  const cellRow = (cells: readonly DomElement[], head: boolean): void => {
    heads.push(head);
    builder.openTableRow();
    for (const cell of cells) {
      builder.openTableCell();
      walk(cell.children, builder);
      builder.closeTableCell({ colspan: spanOf(cell, 'colspan'), rowspan: spanOf(cell, 'rowspan') });
    }
    builder.closeTableRow();
  };
  builder.openTable();
  for (const child of element.children ?? []) visit(child, false);
  builder.closeTable({
    tableToString: (rows) => rowsText(rows, heads),
    leadingLineBreaks: 2,
    trailingLineBreaks: 2,
  });
};

const PARTS: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot']);
const WIDEST_SPAN = 100;

function spanOf(cell: DomElement, name: 'colspan' | 'rowspan'): number {
  const span = Number.parseInt(cell.attribs?.[name] ?? '1', 10);
  return span >= 1 ? Math.min(span, WIDEST_SPAN) : 1;
}

function rowsText(rows: readonly (readonly TableCell[])[], heads: readonly boolean[]): string {
  if (rows.some((cells) => cells.some(({ text }) => laysOut(text, cells.length))))
    return rows.map((cells) => cells.map(({ text }) => text).join('\n\n')).join('\n\n');
  const headerRows = heads.findIndex((head) => !head);
  return tableText({ ...gridOf(rows), headerRows: headerRows > 0 ? headerRows : undefined });
}

/** Long text with paragraphs, or a table of its own, in one cell: flattening it would tear its text apart (mails are laid out so). */
function laysOut(text: string, cells: number): boolean {
  if (/^[^\n]* \| /m.test(text) || /^#{1,6} /m.test(text)) return true;
  return text.includes('\n\n') && (cells === 1 || text.length > 300);
}

/** Cells in their columns, with room for those that others cover. */
function gridOf(rows: readonly (readonly TableCell[])[]): { rows: string[][]; merged: MergedCell[] } {
  const grid: string[][] = rows.map(() => []);
  const merged: MergedCell[] = [];
  for (const [row, cells] of rows.entries()) {
    let column = 0;
    for (const { text, colspan, rowspan } of cells) {
      while (grid[row]![column] !== undefined) column++;
      const high = Math.min(rowspan, rows.length - row);
      if (high > 1 || colspan > 1) merged.push({ row, column, rows: high, columns: colspan });
      for (let r = row; r < row + high; r++) for (let c = column; c < column + colspan; c++) grid[r]![c] ??= '';
      grid[row]![column] = text;
      column += colspan;
    }
  }
  // A covering cell may leave holes in rows below it.
  return { rows: grid.map((row) => Array.from(row, (cell) => cell ?? '')), merged };
}

/** Terms with what they mean on one line. */
const definitions: Formatter = (element, walk, builder) => {
  let term = false;
  for (const child of (element.children ?? []).flatMap((node) =>
    node.name === 'div' ? (node.children ?? []) : [node],
  )) {
    if (child.name !== 'dt' && child.name !== 'dd') continue;
    if (child.name === 'dt' || !term) builder.openBlock({ leadingLineBreaks: child.name === 'dt' ? 2 : 1 });
    walk(child.children, builder);
    if (child.name === 'dt') builder.addInline(': ');
    else builder.closeBlock({ trailingLineBreaks: 1 });
    term = child.name === 'dt';
  }
};

const SKIPPED = ['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'img', 'meta', 'link'];
const HIDDEN = ['[hidden]', '[style*="display:none"]', '[style*="display: none"]'];

const OPTIONS: Options = {
  wordwrap: false,
  baseElements: { selectors: [], returnDomByDefault: true },
  limits: { maxDepth: DEEPEST, maxInputLength: Number.MAX_SAFE_INTEGER, ellipsis: '…' },
  formatters: { sectionHeading: heading, rows: table, definitions },
  selectors: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, format: 'sectionHeading' })),
    { selector: 'table', format: 'rows' },
    { selector: 'title', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 2 } },
    { selector: 'a', format: 'inline' },
    { selector: 'ul', options: { itemPrefix: '- ' } },
    { selector: 'blockquote', format: 'block' },
    { selector: 'hr', format: 'block' },
    { selector: 'dl', format: 'definitions' },
    ...SKIPPED.map((selector) => ({ selector, format: 'skip' })),
    ...HIDDEN.map((selector) => ({ selector, format: 'skip' })),
  ],
};

/** The visible text of HTML: headings as Markdown headings, lists with dashes, a line per table row. Used for every format that is made of HTML. */
export function htmlText(html: string): string {
  return convert(html, OPTIONS)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
