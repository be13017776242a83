import Papa from 'papaparse';
import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { decodeText } from './decode-text.ts';
import { sheetText } from './sheet-text.ts';

/** Tables as text, a line per row; each row carries the names of its columns. */
export const csv: Extractor = {
  kind: 'csv',
  extract(bytes, sink, { limits }) {
    // Excel's way of naming the separator; it is no row.
    const [, separator, text] = /^(?:\ufeff)?(?:sep=(.)\r?\n)?(.*)$/is.exec(decodeText(bytes))!;
    // Said before rows are made of it: they take many times its memory.
    if (text!.length > limits.characters) throw new Refusal('file-too-much-text');
    const { data } = Papa.parse<string[]>(text!, { delimiter: separator ?? '' });
    const rows = data.map((row, index) => ({
      index,
      cells: row.map((cell, column) => [column, cell] as const).filter(([, cell]) => /\S/.test(cell)),
    }));
    sink.page(null, sheetText({ rows, merged: [] }, null));
  },
};
