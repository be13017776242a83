import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { blockText, type TextBlock } from './block-text.ts';
import { mainPart, relationsOf } from './ooxml-file.ts';
import { type MergedCell, tableText } from './table-text.ts';
import { attribute, elementsOf, findAll, type XmlNode, xmlTree } from './xml.ts';
import { ZipParts } from './zip.ts';

/** Slides say little about where things stand; these placeholders repeat on every one. */
const REPEATED: ReadonlySet<string> = new Set(['sldNum', 'dt', 'hdr', 'sldImg']);

/** PowerPoint presentations: a page per slide under its number, in the order of the show, hidden ones too; speaker notes at its end. */
export const pptx: Extractor = {
  kind: 'pptx',
  extract(bytes, sink, { limits }) {
    const parts = new ZipParts(bytes);
    const main = mainPart(parts, 'ppt/presentation.xml');
    const targets = new Map(relationsOf(parts, main).map(({ id, target }) => [id, target]));
    const slides = findAll(xmlTree(parts.need(main)), 'sldId').map(({ attributes }) =>
      targets.get(attributes['r:id'] ?? ''),
    );
    if (slides.length > limits.pages) throw new Refusal('file-too-many-pages');
    for (const [index, slide] of slides.entries()) {
      sink.page(String(index + 1), slide === undefined ? '' : slideText(parts, slide));
      sink.progress(index + 1, slides.length);
    }
  },
};

function slideText(parts: ZipParts, slide: string): string {
  const text = shapesText(xmlTree(parts.need(slide)));
  const beside = relationsOf(parts, slide).flatMap(({ type, target }) => {
    const part = type === 'notesSlide' || type === 'comments' ? parts.read(target) : undefined;
    if (!part) return [];
    const said = type === 'notesSlide' ? shapesText(xmlTree(part)) : commentText(xmlTree(part));
    return said === '' ? [] : [`${type === 'notesSlide' ? 'Notes' : 'Comment'}: ${said}`];
  });
  return [text, ...beside].filter((part) => part !== '').join('\n\n');
}

function commentText(root: XmlNode): string {
  return findAll(root, 'text')
    .map((node) => node.children.filter((child) => typeof child === 'string').join(''))
    .join('\n');
}

/** The title first, then every shape in its order. */
function shapesText(root: XmlNode): string {
  const blocks = [...blocksOf(root)];
  const titles = blocks.filter(({ type }) => type === 'heading');
  return blockText([...titles, ...blocks.filter(({ type }) => type !== 'heading')]);
}

function* blocksOf(node: XmlNode): Generator<TextBlock> {
  for (const child of elementsOf(node)) {
    if (child.name === 'sp') yield* shapeBlocks(child);
    else if (child.name === 'tbl') yield { type: 'table', text: tableText(tableOf(child)) };
    else if (child.name === 'AlternateContent') yield* blocksOf({ ...child, children: elementsOf(child).slice(0, 1) });
    // Drawings made of text (SmartArt) keep theirs in a part of its own; the slide holds only frames.
    else yield* blocksOf(child);
  }
}

function* shapeBlocks(shape: XmlNode): Generator<TextBlock> {
  const holder = findAll(shape, 'ph')[0];
  const kind = holder ? attribute(holder.attributes, 'type') : 'none';
  if (REPEATED.has(kind)) return;
  const paragraphs = findAll(shape, 'p').map((paragraph) => ({
    text: paragraphText(paragraph),
    level: Number(attribute(elementsOf(paragraph, 'pPr')[0]?.attributes ?? {}, 'lvl')) || 0,
  }));
  if (kind === 'title' || kind === 'ctrTitle') {
    yield { type: 'heading', text: paragraphs.map(({ text }) => text).join(' '), level: 1 };
    return;
  }
  // Placeholders of the kind "body" are lists unless they hold one sentence.
  const list = (kind === '' || kind === 'body') && paragraphs.length > 1;
  for (const { text, level } of paragraphs) {
    if (text.trim() === '') continue;
    if (list) yield { type: 'item', text: `${'  '.repeat(Math.min(level, 8))}- ${text.trim()}` };
    else yield { type: 'paragraph', text };
  }
}

function paragraphText(paragraph: XmlNode): string {
  return elementsOf(paragraph)
    .map((child) => {
      if (child.name === 'br') return '\n';
      if (child.name !== 'r' && child.name !== 'fld') return '';
      return elementsOf(child, 't')
        .flatMap((node) => node.children.filter((piece) => typeof piece === 'string'))
        .join('');
    })
    .join('');
}

function tableOf(table: XmlNode): { rows: string[][]; merged: MergedCell[]; headerRows: number | undefined } {
  const merged: MergedCell[] = [];
  const rows = elementsOf(table, 'tr').map((row, index) =>
    elementsOf(row, 'tc').map((cell, column) => {
      const [wide, high] = ['gridSpan', 'rowSpan'].map((name) => Number(attribute(cell.attributes, name)) || 1);
      if (wide! > 1 || high! > 1) merged.push({ row: index, column, rows: high!, columns: wide! });
      return findAll(cell, 'p').map(paragraphText).join(' ');
    }),
  );
  const first = elementsOf(table, 'tblPr').some(({ attributes }) => attribute(attributes, 'firstRow') === '1');
  return { rows, merged, headerRows: first && rows.length > 1 ? 1 : undefined };
}
