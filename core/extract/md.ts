import type { Extractor } from '../ingest/extractor.ts';
import { decodeText } from './decode-text.ts';

/** Markdown stays as it is written: its headings are what split-passages looks for in every format. */
export const md: Extractor = {
  kind: 'md',
  extract(bytes, sink) {
    sink.page(null, decodeText(bytes));
  },
};
