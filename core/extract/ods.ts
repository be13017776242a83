import type { Extractor } from '../ingest/extractor.ts';
import { openOdf } from './odf-file.ts';
import { SheetSink } from './sheet-sink.ts';
import { attribute, readXml } from './xml.ts';

/** A sheet of a million rows is 60 MB of XML, which is read as it is inflated into one piece. */
const MAX_INFLATED_BYTES = 128 << 20;

type Attributes = Readonly<Record<string, string>>;

/** OpenDocument sheets: a page per sheet under its name. Cells hold their text as people see it, so formats are not needed. */
export const ods: Extractor = {
  kind: 'ods',
  extract(bytes, sink, { limits }) {
    const reader = new OdsReader(new SheetSink(sink, limits));
    readXml(openOdf(bytes, MAX_INFLATED_BYTES).need('content.xml'), {
      open: (name, attributes) => reader.open(name, attributes),
      close: (name) => reader.close(name),
      text: (text) => reader.text(text),
    });
  },
};

/** Follows content.xml and hands rows on. Tables inside of cells or shapes belong to no sheet and are left out. */
class OdsReader {
  readonly #sheets: SheetSink;
  #tables = 0;
  #row = 0;
  #rowRepeated = 1;
  #column = 0;
  #cells: [number, string][] = [];
  #cell: { repeated: number; covered: boolean } | undefined;
  #text = '';
  /** A comment comes before its cell's own text and is kept behind it. */
  #note = '';
  #inParagraph = 0;
  #inNote = false;
  #skipped = 0;

  constructor(sheets: SheetSink) {
    this.#sheets = sheets;
  }

  open(name: string, attributes: Attributes): void {
    if (name === 'table' && this.#tables++ === 0) this.#startSheet(attribute(attributes, 'name'));
    if (this.#tables !== 1) return;
    if (name === 'table-row') {
      this.#rowRepeated = count(attributes, 'number-rows-repeated');
      this.#column = 0;
      this.#cells = [];
    } else if (name === 'table-cell' || name === 'covered-table-cell') this.#startCell(name, attributes);
    else if (!this.#cell) return;
    else if (name === 'annotation') this.#inNote = true;
    else if (this.#inNote && ABOUT_NOTE.has(name)) this.#skipped++;
    else if (name === 'p') {
      this.#inParagraph++;
      this.#add(' ');
    } else if (name === 's' || name === 'tab' || name === 'line-break') this.#add(' ');
  }

  #add(text: string): void {
    if (this.#inNote) this.#note += text;
    else this.#text += text;
  }

  text(text: string): void {
    if (this.#cell && this.#inParagraph > 0 && this.#skipped === 0 && this.#tables === 1) this.#add(text);
  }

  close(name: string): void {
    if (name === 'table' && --this.#tables === 0) this.#sheets.endSheet();
    if (this.#tables !== 1) return;
    if (name === 'table-row') this.#endRow();
    else if (name === 'table-cell' || name === 'covered-table-cell') this.#endCell();
    else if (!this.#cell) return;
    else if (name === 'annotation') this.#inNote = false;
    else if (this.#inNote && ABOUT_NOTE.has(name)) this.#skipped--;
    else if (name === 'p') this.#inParagraph--;
  }

  #startSheet(name: string): void {
    this.#row = 0;
    this.#sheets.startSheet(name);
  }

  #startCell(name: string, attributes: Attributes): void {
    this.#cell = { repeated: count(attributes, 'number-columns-repeated'), covered: name === 'covered-table-cell' };
    this.#text = '';
    this.#note = '';
    const rows = count(attributes, 'number-rows-spanned');
    const columns = count(attributes, 'number-columns-spanned');
    if (rows > 1 || columns > 1) this.#sheets.merge({ row: this.#row, column: this.#column, rows, columns });
  }

  #endCell(): void {
    const { repeated, covered } = this.#cell!;
    this.#cell = undefined;
    // Repeated text is a row of equal values; thousands of them are a format drawn over the sheet, and said once.
    const times = repeated > MOST_REPEATED ? 1 : repeated;
    const text = /\S/.test(this.#note) ? `${this.#text} [${this.#note.trim()}]` : this.#text;
    if (!covered && /\S/.test(text)) for (let i = 0; i < times; i++) this.#cells.push([this.#column + i, text]);
    this.#column += repeated;
  }

  #endRow(): void {
    const times = this.#rowRepeated > MOST_REPEATED ? 1 : this.#rowRepeated;
    if (this.#cells.length > 0)
      for (let i = 0; i < times; i++) this.#sheets.row({ index: this.#row + i, cells: this.#cells });
    this.#row += this.#rowRepeated;
  }
}

const MOST_REPEATED = 200;

/** Who wrote a comment, and when. */
const ABOUT_NOTE: ReadonlySet<string> = new Set(['creator', 'date', 'date-string']);

function count(attributes: Attributes, name: string): number {
  return Math.max(1, Number(attribute(attributes, name)) || 1);
}
