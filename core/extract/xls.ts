import * as XLSX from '@e965/xlsx';
import * as codepages from '@e965/xlsx/dist/cpexcel.full.mjs';
import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { formatNumber } from './number-format.ts';
import { SheetSink } from './sheet-sink.ts';
import type { SheetRow } from './sheet-text.ts';

// Old workbooks hold their letters in the code page of the machine that wrote them.
XLSX.set_cptable(codepages);

/** Old Excel workbooks (97-2003, 5.0, XML of 2003) and binary ones of today: a page per sheet under its name, hidden ones too. */
export const xls: Extractor = {
  kind: 'xls',
  extract(bytes, sink, { limits }) {
    const book = open(bytes);
    const date1904 = book.Workbook?.WBProps?.date1904 ?? false;
    const out = new SheetSink(sink, limits);
    for (const name of book.SheetNames) {
      out.startSheet(name);
      for (const row of rowsOf(book.Sheets[name]!, date1904)) out.row(row);
      for (const { s, e } of book.Sheets[name]!['!merges'] ?? [])
        out.merge({ row: s.r, column: s.c, rows: e.r - s.r + 1, columns: e.c - s.c + 1 });
      out.endSheet();
    }
  },
};

function open(bytes: Uint8Array): XLSX.WorkBook {
  try {
    return XLSX.read(bytes, {
      type: 'buffer',
      dense: true,
      cellHTML: false,
      cellFormula: false,
      cellNF: true,
      cellText: false,
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    if (/password|encrypt/i.test(message)) throw new Refusal('file-encrypted');
    throw cause;
  }
}

function* rowsOf(sheet: XLSX.WorkSheet, date1904: boolean): Generator<SheetRow> {
  const data = (sheet as unknown as { '!data'?: (XLSX.CellObject | undefined)[][] })['!data'] ?? [];
  // By what is there: a place may claim to be the four thousand millionth.
  for (const index of placesOf(data)) {
    const row = data[index] ?? [];
    const cells: [number, string][] = [];
    for (const column of placesOf(row)) {
      const cell = row[column];
      const text = cell ? cellText(cell, date1904) : '';
      if (/\S/.test(text)) cells.push([column, text]);
    }
    if (cells.length > 0) yield { index, cells };
  }
}

function placesOf(list: readonly unknown[]): number[] {
  return Object.keys(list).map(Number);
}

function cellText({ t: type, v: value, z: format }: XLSX.CellObject, date1904: boolean): string {
  // Errors ("#DIV/0!") say nothing.
  if (type === 'e' || value === undefined) return '';
  if (typeof value === 'number') return formatNumber(value, String(format ?? ''), date1904);
  return typeof value === 'boolean' ? String(value).toUpperCase() : String(value);
}
