import type { Extractor } from '../ingest/extractor.ts';
import { decodeText } from './decode-text.ts';

/** Plain text of any encoding, as one page. */
export const txt: Extractor = {
  kind: 'txt',
  extract(bytes, sink) {
    sink.page(null, decodeText(bytes));
  },
};
