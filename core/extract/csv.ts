import Papa from 'papaparse';
import type { Extractor } from '../ingest/extractor.ts';
import { decodeText } from './decode-text.ts';

/** Tables as text, a line per row. Column names are repeated in every row, so that a row found alone can be understood. */
export const csv: Extractor = {
  kind: 'csv',
  extract(bytes, sink) {
    const text = decodeText(bytes).replace(/^\ufeff/, '');
    const { data } = Papa.parse<string[]>(text, { skipEmptyLines: 'greedy' });
    const rows = data.map((row) => row.map((cell) => cell.replace(/\s+/gu, ' ').trim()));
    sink.page(null, rowsToText(rows));
  },
};

/** Rows as lines: "Name: Ada; Born: 1815" below a header, "Ada | 1815" where the first row is no header. */
export function rowsToText(rows: readonly (readonly string[])[]): string {
  const header = rows[0] ?? [];
  if (!isHeader(header, rows.length))
    return rows.map((row) => row.filter((cell) => cell !== '').join(' | ')).join('\n');
  const lines = rows.slice(1).map((row) =>
    row
      .map((cell, column) => (cell === '' ? '' : header[column] ? `${header[column]}: ${cell}` : cell))
      .filter((cell) => cell !== '')
      .join('; '),
  );
  return [header.join(' | '), ...lines].join('\n');
}

/** A header names its columns: several, all different, without figures, and there are rows below it. */
function isHeader(row: readonly string[], rowCount: number): boolean {
  const names = row.filter((cell) => cell !== '');
  if (rowCount < 2 || names.length < 2 || new Set(names).size < names.length) return false;
  return names.every((name) => name.length <= 60 && /\p{L}/u.test(name) && !/^[\d.,:/ -]+\p{Sc}?$/u.test(name));
}
