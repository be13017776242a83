import WordExtractor from 'word-extractor';
import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { tableText } from './table-text.ts';

/** Old Word documents (97-2003) as one page: page headers, text with its table rows, notes, comments, text boxes, page footers. */
export const doc: Extractor = {
  kind: 'doc',
  async extract(bytes, sink, { limits }) {
    const word = await new WordExtractor().extract(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    const plain = { filterUnicode: false };
    const body = word.getBody(plain);
    if (body.length > limits.characters) throw new Refusal('file-too-much-text');
    const parts = [
      word.getHeaders({ ...plain, includeFooters: false }),
      withTables(body),
      word.getFootnotes(plain),
      word.getEndnotes(plain),
      word.getAnnotations(plain),
      word.getTextboxes(plain),
      word.getFooters(plain),
    ];
    sink.page(
      null,
      parts
        .map((part) => part.replace(/\n{3,}/g, '\n\n').trim())
        .filter((part) => part !== '')
        .join('\n\n'),
    );
  },
};

/** Paragraphs apart, rows together. The library ends cells with a tab and rows with a line end. */
function withTables(body: string): string {
  const blocks: string[] = [];
  let rows: string[][] = [];
  const endTable = () => {
    if (rows.length > 0) blocks.push(tableText({ rows }));
    rows = [];
  };
  for (const line of body.split('\n')) {
    const cells = line.replace(/\t$/, '').split('\t');
    // A lone line with tabs is a letter's line-up, not a table; it reads the same either way.
    if (cells.length > 1) rows.push(cells);
    else {
      endTable();
      if (line.trim() !== '') blocks.push(line.trim());
    }
  }
  endTable();
  return blocks.join('\n\n');
}
