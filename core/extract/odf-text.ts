import { blockText, type TextBlock } from './block-text.ts';
import { type MergedCell, tableText } from './table-text.ts';
import { attribute, elementsOf, findAll, type XmlNode } from './xml.ts';

/** Elements whose text is not part of the document: deleted text, notes (told after their paragraph), names for forms. */
const SKIPPED: ReadonlySet<string> = new Set([
  'tracked-changes',
  'forms',
  'sequence-decls',
  'variable-decls',
  'desc',
  'title',
  'script',
  'page-number',
  'page-count',
]);

/** A repeated row or cell in a text document that says more is a lie. */
const MOST_REPEATED = 100;

/** What the styles say that changes the text: which paragraphs are titles, which lists are numbered. */
export interface OdfStyles {
  readonly titles: ReadonlySet<string>;
  /** Levels (from 1) with numbers, by the list style's name. */
  readonly numbered: ReadonlyMap<string, ReadonlySet<number>>;
}

/** Reads the styles of content.xml and styles.xml. */
export function odfStyles(roots: readonly XmlNode[]): OdfStyles {
  const titles = new Set(['Title']);
  const numbered = new Map<string, Set<number>>();
  for (const style of roots.flatMap((root) => findAll(root, 'style'))) {
    if (titles.has(attribute(style.attributes, 'parent-style-name'))) titles.add(attribute(style.attributes, 'name'));
  }
  for (const list of roots.flatMap((root) => findAll(root, 'list-style'))) {
    const levels = elementsOf(list, 'list-level-style-number').filter(
      ({ attributes }) => attribute(attributes, 'num-format') !== '',
    );
    numbered.set(
      attribute(list.attributes, 'name'),
      new Set(levels.map(({ attributes }) => Number(attribute(attributes, 'level')))),
    );
  }
  return { titles, numbered };
}

/** Where a walk through a document stands. */
interface Place {
  readonly styles: OdfStyles;
  readonly list: string;
  readonly level: number;
}

/** Text of a part of an OpenDocument file: headings, lists and tables kept, notes and comments after their paragraph. */
export function odfText(node: XmlNode, styles: OdfStyles): string {
  return blockText([...blocksOf(node, { styles, list: '', level: 0 })]);
}

function* blocksOf(node: XmlNode, place: Place): Generator<TextBlock> {
  for (const child of elementsOf(node)) {
    if (child.name === 'h' || child.name === 'p') yield* paragraphBlocks(child, place);
    else if (child.name === 'list') yield* listBlocks(child, place);
    else if (child.name === 'table') yield { type: 'table', text: tableText(tableOf(child, place)) };
    else if (child.name === 'annotation') yield { type: 'paragraph', text: flowText(child, place) };
    else if (!SKIPPED.has(child.name)) yield* blocksOf(child, place);
  }
}

function* paragraphBlocks(node: XmlNode, place: Place): Generator<TextBlock> {
  const beside: TextBlock[] = [];
  const text = inlineText(node, beside, place);
  if (node.name === 'h') {
    yield { type: 'heading', text, level: Number(attribute(node.attributes, 'outline-level')) || 1 };
  } else if (place.styles.titles.has(attribute(node.attributes, 'style-name')))
    yield { type: 'heading', text, level: 1 };
  else yield { type: 'paragraph', text };
  yield* beside;
}

/** Text inside of a paragraph. What stands beside it (notes, comments, text boxes) is put into `beside`. */
function inlineText(node: XmlNode, beside: TextBlock[], place: Place): string {
  let text = '';
  for (const child of node.children) {
    if (typeof child === 'string') text += child.replace(/[ \t\r\n]+/g, ' ');
    else if (child.name === 's') text += ' '.repeat(Math.min(Number(attribute(child.attributes, 'c')) || 1, 8));
    else if (child.name === 'tab') text += '\t';
    else if (child.name === 'line-break') text += '\n';
    else if (child.name === 'note') beside.push({ type: 'paragraph', text: noteText(child, place) });
    else if (child.name === 'annotation') beside.push({ type: 'paragraph', text: flowText(child, place) });
    else if (child.name === 'text-box' || child.name === 'custom-shape') beside.push(...blocksOf(child, place));
    else if (!SKIPPED.has(child.name)) text += inlineText(child, beside, place);
  }
  return text;
}

function noteText(node: XmlNode, place: Place): string {
  const mark = elementsOf(node, 'note-citation').map((citation) => inlineText(citation, [], place));
  return [
    ...mark.map((text) => `[${text}]`),
    ...elementsOf(node, 'note-body').map((body) => flowText(body, place)),
  ].join(' ');
}

/** Everything below a node on one line. */
function flowText(node: XmlNode, place: Place): string {
  const skipped = new Set(['creator', 'date', 'date-string']);
  return elementsOf(node)
    .filter(({ name }) => !skipped.has(name))
    .map((child) => (child.name === 'p' || child.name === 'h' ? inlineText(child, [], place) : flowText(child, place)))
    .filter((text) => text.trim() !== '')
    .join(' ');
}

function* listBlocks(node: XmlNode, place: Place): Generator<TextBlock> {
  const list = attribute(node.attributes, 'style-name') || place.list;
  const inner = { ...place, list, level: place.level + 1 };
  const numbered = place.styles.numbered.get(list)?.has(inner.level) ?? false;
  let number = 0;
  for (const item of elementsOf(node)) {
    if (item.name !== 'list-item' && item.name !== 'list-header') continue;
    number = Number(attribute(item.attributes, 'start-value')) || number + 1;
    let mark = item.name === 'list-header' ? '' : numbered ? `${number}. ` : '- ';
    for (const block of blocksOf(item, inner)) {
      // Headings may stand in lists that number them.
      if (block.type !== 'paragraph' || block.text.trim() === '') yield block;
      else {
        yield { type: 'item', text: `${'  '.repeat(place.level)}${mark}${block.text.trim()}` };
        mark = '  ';
      }
    }
  }
}

function tableOf(
  node: XmlNode,
  place: Place,
): { rows: string[][]; merged: MergedCell[]; headerRows: number | undefined } {
  const rows: string[][] = [];
  const merged: MergedCell[] = [];
  let headerRows: number | undefined;
  const visit = (parent: XmlNode): void => {
    for (const child of elementsOf(parent)) {
      if (child.name === 'table-row') {
        const cells = cellsOf(child, { row: rows.length, merged }, place);
        for (let i = repeated(child, 'number-rows-repeated'); i > 0; i--) rows.push(cells);
      } else if (/^table-(?:header-rows|rows|row-group)$/.test(child.name)) {
        visit(child);
        if (child.name === 'table-header-rows') headerRows = rows.length;
      }
    }
  };
  visit(node);
  return { rows, merged, headerRows };
}

function cellsOf(node: XmlNode, { row, merged }: { row: number; merged: MergedCell[] }, place: Place): string[] {
  const cells: string[] = [];
  for (const cell of elementsOf(node)) {
    if (cell.name !== 'table-cell' && cell.name !== 'covered-table-cell') continue;
    const rows = Number(attribute(cell.attributes, 'number-rows-spanned')) || 1;
    const columns = Number(attribute(cell.attributes, 'number-columns-spanned')) || 1;
    if (rows > 1 || columns > 1) merged.push({ row, column: cells.length, rows, columns });
    const text = cell.name === 'table-cell' ? blockText([...blocksOf(cell, { ...place, level: 0 })]) : '';
    for (let i = repeated(cell, 'number-columns-repeated'); i > 0; i--) cells.push(text);
  }
  return cells;
}

function repeated(node: XmlNode, name: string): number {
  return Math.min(Math.max(Number(attribute(node.attributes, name)) || 1, 1), MOST_REPEATED);
}
