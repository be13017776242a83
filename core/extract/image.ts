import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { pictureHead } from './picture-head.ts';

/** A decoded pixel takes up to six bytes at once; more would not fit into the child's memory. Phones take 12 to 24 million. */
const MAX_PIXELS = 40e6;

/** A picture is a page like that of a scanned PDF: the same paper is cited alike whichever way it came. */
const PAGE = '1';

/**
 * Photos and scans as JPEG, PNG, WebP or BMP: the text that stands in them, as one page. HEIC is not read
 * (core/DESIGN.md, "Reading").
 */
export const image: Extractor = {
  kind: 'image',
  extract(bytes, sink, { ocr }) {
    const head = pictureHead(bytes);
    if (!head || head.width === 0 || head.height === 0) throw new Refusal('file-damaged');
    if (head.width * head.height > MAX_PIXELS) throw new Refusal('file-too-hard');
    if (!ocr) {
      sink.scanned('');
      sink.page(PAGE, '');
      return;
    }
    sink.page(PAGE, ocr.read(bytes, head.orientation));
  },
};
