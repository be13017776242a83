import { unzipSync, zipSync } from 'fflate';
import mammoth from 'mammoth';
import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { htmlText } from './html-text.ts';

/** Word itself stays far below both for a book of a thousand pages. */
const MAX_ENTRIES = 5000;
const MAX_INFLATED_BYTES = 32 << 20;

const DOCUMENT = 'word/document.xml';

/** Word documents: body text in order, headings and tables kept. Word knows its pages only while it prints, so there is one. */
export const docx: Extractor = {
  kind: 'docx',
  async extract(bytes, sink) {
    const parts = inflateParts(bytes);
    if (parts[DOCUMENT] === undefined) throw new Refusal('file-damaged');
    const buffer = Buffer.from(zipSync(parts, { level: 0 }));
    const { value } = await mammoth.convertToHtml({ buffer }, MAMMOTH_OPTIONS);
    sink.page(null, htmlText(value));
  },
};

const MAMMOTH_OPTIONS = {
  externalFileAccess: false,
  includeEmbeddedStyleMap: false,
  styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => h2:fresh"],
  convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
};

/**
 * Inflates the XML parts and nothing else (no pictures, no macros). Sizes are capped twice: by what the archive declares,
 * before anything is inflated, and by what comes out, because fflate never writes past the declared size.
 */
function inflateParts(bytes: Uint8Array): Record<string, Uint8Array> {
  let entries = 0;
  let declared = 0;
  const parts = unzipSync(bytes, {
    filter: ({ name, size, originalSize, compression }) => {
      if (++entries > MAX_ENTRIES) throw new Refusal('file-too-hard');
      if (!/^(?:\[Content_Types\]\.xml|(?:[\w-]+\/)*[\w.-]+\.(?:xml|rels)|_rels\/\.rels)$/.test(name)) return false;
      if (compression !== 0 && compression !== 8) return false;
      // A stored entry yields as much as it occupies, whatever it declares; several may share the same bytes.
      declared += compression === 0 ? Math.max(size, originalSize) : originalSize;
      if (declared > MAX_INFLATED_BYTES) throw new Refusal('file-too-hard');
      return true;
    },
  });
  const inflated = Object.values(parts).reduce((sum, part) => sum + part.length, 0);
  if (inflated > MAX_INFLATED_BYTES) throw new Refusal('file-too-hard');
  return parts;
}
