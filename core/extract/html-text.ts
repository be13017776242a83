import { convert, type DomElement, type Formatter, type Options } from 'html-to-text';

/** Deeper than any page that a person wrote; what lies below becomes an ellipsis instead of a stack overflow. */
const DEEPEST = 400;

const heading: Formatter = (element, walk, builder) => {
  builder.openBlock({ leadingLineBreaks: 2 });
  builder.addInline(`${'#'.repeat(Number(element.name?.[1]) || 1)} `);
  walk(element.children, builder);
  builder.closeBlock({ trailingLineBreaks: 2 });
};

/** A row per line, its cells parted by " | ". */
const table: Formatter = (element, walk, builder) => {
  const visit = (node: DomElement): void => {
    if (node.name !== 'tr') {
      if (['thead', 'tbody', 'tfoot'].includes(node.name ?? '')) for (const child of node.children ?? []) visit(child);
      if (node.name === 'caption') cellRow([node]);
      return;
    }
    cellRow((node.children ?? []).filter((child) => child.name === 'td' || child.name === 'th'));
  };
  const cellRow = (cells: readonly DomElement[]): void => {
    builder.openTableRow();
    for (const cell of cells) {
      builder.openTableCell();
      walk(cell.children, builder);
      builder.closeTableCell();
    }
    builder.closeTableRow();
  };
  builder.openTable();
  for (const child of element.children ?? []) visit(child);
  builder.closeTable({
    tableToString: (rows) =>
      rows
        .map((row) => rowToText(row.map((cell) => cell.text)))
        .filter((row) => row !== '')
        .join('\n'),
    leadingLineBreaks: 2,
    trailingLineBreaks: 2,
  });
};

function rowToText(cells: readonly string[]): string {
  // Cells with paragraphs or tables in them lay out a page (mails do); flattening them would tear their text apart.
  if (cells.some((cell) => cell.includes('\n\n') || /^[^\n]* \| /m.test(cell))) return `\n${cells.join('\n\n')}\n`;
  const flat = cells.map((cell) => cell.replace(/\s+/gu, ' ').trim());
  return flat.every((cell) => cell === '') ? '' : flat.join(' | ');
}

const SKIPPED = ['script', 'style', 'noscript', 'template', 'svg', 'math', 'iframe', 'object', 'img', 'meta', 'link'];
const HIDDEN = ['[hidden]', '[style*="display:none"]', '[style*="display: none"]'];

const OPTIONS: Options = {
  wordwrap: false,
  baseElements: { selectors: [], returnDomByDefault: true },
  limits: { maxDepth: DEEPEST, maxInputLength: Number.MAX_SAFE_INTEGER, ellipsis: '…' },
  formatters: { sectionHeading: heading, rows: table },
  selectors: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, format: 'sectionHeading' })),
    { selector: 'table', format: 'rows' },
    { selector: 'title', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 2 } },
    { selector: 'a', format: 'inline' },
    { selector: 'ul', options: { itemPrefix: '- ' } },
    { selector: 'blockquote', format: 'block' },
    { selector: 'hr', format: 'block' },
    { selector: 'dt', format: 'block' },
    { selector: 'dd', format: 'block' },
    ...SKIPPED.map((selector) => ({ selector, format: 'skip' })),
    ...HIDDEN.map((selector) => ({ selector, format: 'skip' })),
  ],
};

/** The visible text of HTML: headings as Markdown headings, lists with dashes, a line per table row. Used for HTML and DOCX. */
export function htmlText(html: string): string {
  return convert(html, OPTIONS)
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
