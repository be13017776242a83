import { type ExtractLimits, type Extractor, Refusal } from '../ingest/extractor.ts';
import { builtInFormat, formatNumber } from './number-format.ts';
import { mainPart, type Relation, relationsOf } from './ooxml-file.ts';
import { SheetSink } from './sheet-sink.ts';
import type { MergedCell } from './table-text.ts';
import { attribute, elementsOf, findAll, readXml, xmlTree } from './xml.ts';
import { ZipParts } from './zip.ts';

/** A sheet of a million rows is 60 MB of XML; each is inflated when its turn comes. */
const MAX_INFLATED_BYTES = 160 << 20;

/** Excel workbooks: a page per sheet under its name, hidden ones too. Formulas count with the value that was stored for them. */
export const xlsx: Extractor = {
  kind: 'xlsx',
  extract(bytes, sink, { limits }) {
    const parts = new ZipParts(bytes, MAX_INFLATED_BYTES);
    const main = mainPart(parts, 'xl/workbook.xml');
    const relations = relationsOf(parts, main);
    const workbook = xmlTree(parts.need(main));
    const date1904 = findAll(workbook, 'workbookPr').some(({ attributes }) =>
      /^(?:1|true)$/.test(attribute(attributes, 'date1904')),
    );
    const book: Book = {
      strings: sharedStrings(partOf(parts, relations, 'sharedStrings'), limits),
      formats: cellFormats(partOf(parts, relations, 'styles')),
      date1904,
    };
    const sheets = findAll(workbook, 'sheet');
    const out = new SheetSink(sink, limits);
    for (const [index, { attributes }] of sheets.entries()) {
      const target = relations.find(({ id, type }) =>
        id === attributes['r:id'] || id === attribute(attributes, 'id') ? type === 'worksheet' : false,
      )?.target;
      const part = target === undefined ? undefined : parts.read(target);
      // Charts on a sheet of their own have no cells.
      if (part) readSheet(part, attribute(attributes, 'name'), { book, out });
      sink.progress(index + 1, sheets.length);
    }
  },
};

interface Book {
  readonly strings: readonly string[];
  /** Codes of number formats, by the number that a cell names as its style. */
  readonly formats: readonly string[];
  readonly date1904: boolean;
}

function partOf(parts: ZipParts, relations: readonly Relation[], kind: string): Uint8Array | undefined {
  const target = relations.find(({ type }) => type === kind)?.target;
  return target === undefined ? undefined : parts.read(target);
}

/** Texts that cells refer to by number. Readings of East Asian words (`rPh`) are left out. */
function sharedStrings(part: Uint8Array | undefined, limits: ExtractLimits): string[] {
  const strings: string[] = [];
  if (part === undefined) return strings;
  let text = '';
  let characters = 0;
  let inText = false;
  let aside = 0;
  readXml(part, {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') aside++;
      else if (name === 't') inText = aside === 0;
    },
    text(piece) {
      if (inText) text += piece;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') aside--;
      else if (name === 'si') {
        characters += text.length + 1;
        if (characters > limits.characters) throw new Refusal('file-too-much-text');
        strings.push(unescaped(text));
      }
    },
  });
  return strings;
}

/** Control characters are written as "_x000D_" (ECMA-376 part 1, 22.9.2.19). */
function unescaped(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([\dA-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
}

function cellFormats(part: Uint8Array | undefined): string[] {
  if (part === undefined) return [];
  const styles = xmlTree(part);
  const codes = new Map(
    findAll(styles, 'numFmt').map(({ attributes }) => [
      Number(attribute(attributes, 'numFmtId')),
      attribute(attributes, 'formatCode'),
    ]),
  );
  return findAll(styles, 'cellXfs').flatMap((list) =>
    elementsOf(list, 'xf').map(({ attributes }) => {
      const id = Number(attribute(attributes, 'numFmtId')) || 0;
      return codes.get(id) ?? builtInFormat(id);
    }),
  );
}

interface Target {
  readonly book: Book;
  readonly out: SheetSink;
}

function readSheet(part: Uint8Array, name: string, { book, out }: Target): void {
  out.startSheet(name);
  let row = -1;
  let column = -1;
  let cells: [number, string][] = [];
  let cell: { type: string; style: number } | undefined;
  let value = '';
  let inValue = false;
  readXml(part, {
    open(tag, attributes) {
      if (tag === 'row') {
        row = (Number(attributes.r) || row + 2) - 1;
        column = -1;
        cells = [];
      } else if (tag === 'c') {
        column = columnOf(attributes.r) ?? column + 1;
        cell = { type: attributes.t ?? 'n', style: Number(attributes.s) || 0 };
        value = '';
      } else if (tag === 'v' || tag === 't') inValue = cell !== undefined;
      else if (tag === 'mergeCell') mergeOf(attributes.ref, out);
    },
    text(piece) {
      if (inValue) value += piece;
    },
    close(tag) {
      if (tag === 'v' || tag === 't') inValue = false;
      else if (tag === 'c' && cell) {
        const text = cellText(value, cell, book);
        if (/\S/.test(text)) cells.push([column, text]);
        cell = undefined;
      } else if (tag === 'row' && cells.length > 0) out.row({ index: row, cells });
    },
  });
  out.endSheet();
}

function cellText(value: string, { type, style }: { type: string; style: number }, book: Book): string {
  if (type === 's') return book.strings[Number(value)] ?? '';
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
  // Dates of the ISO kind, formula results in words, texts inside of the cell; errors ("#DIV/0!") say nothing.
  if (type === 'e') return '';
  if (type !== 'n') return unescaped(value);
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) return value;
  return formatNumber(number, book.formats[style] ?? '', book.date1904);
}

/** "AB12" is column 27; undefined for what is no such place. */
function columnOf(place: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})\d*$/.exec(place ?? '')?.[1];
  if (letters === undefined) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function mergeOf(range: string | undefined, out: SheetSink): void {
  const [, from, top, to, bottom] = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined) return;
  const column = columnOf(from)!;
  const cell: MergedCell = {
    row: Number(top) - 1,
    column,
    rows: Number(bottom) - Number(top) + 1,
    columns: columnOf(to)! - column + 1,
  };
  out.merge(cell);
}
