import { type ExtractLimits, type ExtractSink, LONGEST_LABEL, Refusal } from '../ingest/extractor.ts';
import { type SheetRow, sheetText } from './sheet-text.ts';
import type { MergedCell } from './table-text.ts';

/** Merged cells that are kept; more are no table that a person made. */
const MOST_MERGED = 5000;
/** What rows and cells cost beside their letters, so that a million tiny ones are refused before they fill the memory. */
const ROW_COST = 8;
const CELL_COST = 8;

/** Takes the sheets of one file in order and hands each on as a page under its name. Empty sheets make no page. */
export class SheetSink {
  readonly #sink: ExtractSink;
  readonly #limits: ExtractLimits;
  #name = '';
  #rows: SheetRow[] = [];
  #merged: MergedCell[] = [];
  #sheets = 0;
  #cost = 0;

  constructor(sink: ExtractSink, limits: ExtractLimits) {
    this.#sink = sink;
    this.#limits = limits;
  }

  startSheet(name: string): void {
    if (++this.#sheets > this.#limits.pages) throw new Refusal('file-too-many-pages');
    this.#name = name;
    this.#rows = [];
    this.#merged = [];
  }

  /** Rows may come in any order. Throws Refusal as soon as the file holds more text than is kept of one. */
  row(row: SheetRow): void {
    this.#cost += ROW_COST;
    for (const [, text] of row.cells) this.#cost += text.length + CELL_COST;
    if (this.#cost > this.#limits.characters) throw new Refusal('file-too-much-text');
    this.#rows.push(row);
  }

  merge(cell: MergedCell): void {
    if (this.#merged.length < MOST_MERGED) this.#merged.push(cell);
  }

  endSheet(): void {
    const rows = this.#rows.sort((a, b) => a.index - b.index);
    const text = sheetText({ rows, merged: this.#merged }, this.#name);
    if (text !== '') this.#sink.page(labelOf(this.#name), text);
    this.#rows = [];
  }
}

function labelOf(name: string): string {
  return name.replace(/\s+/gu, ' ').trim().slice(0, LONGEST_LABEL).toWellFormed();
}
