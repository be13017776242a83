import { blockText, type TextBlock } from './block-text.ts';
import { tableText } from './table-text.ts';

/** Where text of an RTF file belongs. */
type Place = 'body' | 'header' | 'footer' | 'note';

/** Puts paragraphs, rows and notes of an RTF file together from its text and its marks. */
export class RtfBlocks {
  readonly #headings = new Map<number, number>();
  readonly #blocks: TextBlock[] = [];
  readonly #margins = { header: new Set<string>(), footer: new Set<string>() };
  #text = '';
  #beside = '';
  #notes: string[] = [];
  #level = 0;
  #inTable = false;
  #cells: string[] = [];
  #rows: string[][] = [];
  #headerRows = 0;

  /** Says that paragraphs of this style are headings. */
  defineHeading(style: number, level: number): void {
    if (level >= 1 && level <= 9) this.#headings.set(style, level);
  }

  text(text: string, place: Place): void {
    if (place === 'body') this.#text += text;
    else this.#beside += text;
  }

  startBeside(place: Place): void {
    if (place !== 'body') this.#beside = '';
  }

  /** Ends a header, footer or note when its group ends and what lies outside is another place. */
  endBeside(place: string, outside: string): void {
    if (outside !== 'body' || this.#beside === '') return;
    const text = this.#beside.replace(/\n{2,}/g, '\n').trim();
    if (place === 'note' && text !== '') this.#notes.push(text);
    if ((place === 'header' || place === 'footer') && text !== '') this.#margins[place].add(text);
    this.#beside = '';
  }

  /** A control word that shapes paragraphs or tables; others change nothing. */
  mark(word: string, value: number | undefined, place: Place): void {
    if (place !== 'body') {
      if (word === 'par' || word === 'cell' || word === 'row') this.#beside += word === 'cell' ? ' | ' : '\n';
    } else if (word === 'par' || word === 'sect' || word === 'page') this.#endParagraph();
    else if (word === 'pard') {
      this.#level = 0;
      this.#inTable = false;
    } else if (word === 'intbl') this.#inTable = true;
    else if (word === 'outlinelevel') this.#level = (value ?? 9) < 9 ? (value ?? 0) + 1 : 0;
    else if (word === 's') this.#level = this.#headings.get(value ?? 0) ?? this.#level;
    else if (word === 'trhdr') this.#headerRows = Math.max(this.#headerRows, this.#rows.length + 1);
    else if (word === 'cell') this.#endCell();
    else if (word === 'row') this.#endRow();
  }

  /** The whole text of the file. */
  finish(): string {
    this.#endParagraph();
    this.#endTable();
    const margin = (texts: ReadonlySet<string>): TextBlock[] => [...texts].map((text) => ({ type: 'paragraph', text }));
    return blockText([...margin(this.#margins.header), ...this.#blocks, ...margin(this.#margins.footer)]);
  }

  #endParagraph(): void {
    if (this.#inTable) {
      this.#text += '\n';
      return;
    }
    const text = this.#text;
    this.#text = '';
    if (/\S/.test(text)) {
      this.#endTable();
      this.#blocks.push(this.#blockOf(text));
    }
    this.#endNotes();
  }

  /** Marks of lists are written out as text before a tab. */
  #blockOf(text: string): TextBlock {
    if (this.#level > 0) return { type: 'heading', text: text.replace(/^\s*(\S{1,12})\t/, '$1 '), level: this.#level };
    const item = /^\s*([•·▪◦○●■\u00b7\uf0b7\uf0a7o–-]|\(?[\dA-Za-z]{1,4}[.)])\t\s*(.*)$/su.exec(text);
    if (!item) return { type: 'paragraph', text };
    return { type: 'item', text: `${/[\dA-Za-np-z]/.test(item[1]!) ? item[1] : '-'} ${item[2]}` };
  }

  #endNotes(): void {
    for (const text of this.#notes) this.#blocks.push({ type: 'paragraph', text });
    this.#notes = [];
  }

  #endCell(): void {
    this.#cells.push(this.#text);
    this.#text = '';
  }

  #endRow(): void {
    if (this.#cells.length > 0) this.#rows.push(this.#cells);
    this.#cells = [];
    this.#text = '';
  }

  #endTable(): void {
    if (this.#cells.length > 0) this.#endRow();
    if (this.#rows.length === 0) return;
    const headerRows = this.#headerRows > 0 && this.#headerRows < this.#rows.length ? this.#headerRows : undefined;
    this.#blocks.push({ type: 'table', text: tableText({ rows: this.#rows, headerRows }) });
    this.#rows = [];
    this.#headerRows = 0;
  }
}
