import type { Extractor } from '../ingest/extractor.ts';
import { decodeText } from './decode-text.ts';
import { htmlText } from './html-text.ts';

/** Web pages: the visible text as one page, without scripts, styles and addresses of links. */
export const html: Extractor = {
  kind: 'html',
  extract(bytes, sink) {
    sink.page(null, htmlText(decodeHtml(bytes)));
  },
};

/** The source of a page, in the encoding that it declares where its bytes don't tell. Used for HTML bodies of mails too. */
export function decodeHtml(bytes: Uint8Array): string {
  return decodeText(bytes, declaredEncoding(bytes));
}

/** What `<meta charset>` says; believed only where the bytes are neither marked nor UTF-8. */
function declaredEncoding(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 2048)).toString('latin1');
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,30})/i.exec(head)?.[1] ?? null;
}
