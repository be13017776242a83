import { strToU8, zipSync } from 'fflate';
import iconv from 'iconv-lite';
import type { PaperSource } from './paper-source.ts';

/**
 * Files that are text or hold others. `made`: papers that lie inside of this one, under their own names (setting
 * `attach`, several parted by ` ;; `).
 */
export function plainFile(paper: PaperSource, made: Map<string, Buffer>): Buffer {
  const bytes = bytesOf(paper, made);
  // Later papers may carry this one.
  made.set(paper.file, bytes);
  return bytes;
}

function bytesOf(paper: PaperSource, made: ReadonlyMap<string, Buffer>): Buffer {
  const text = paper.pages.map((page) => page.text).join('\n\n');
  const attached = (paper.settings.get('attach') ?? '').split(' ;; ').filter(Boolean);
  const parts = attached.map((name): [string, Buffer] => [name, made.get(name)!]);
  if (paper.format === 'zip') return zipOf(parts);
  if (paper.format === 'epub') return epubOf(paper);
  if (paper.format === 'eml') return mailOf(paper, text, parts);
  const ends = paper.settings.get('lines') === 'crlf' ? text.replaceAll('\n', '\r\n') : text;
  return iconv.encode(`${ends}\n`, paper.settings.get('encoding') ?? 'utf8', { addBOM: paper.settings.has('bom') });
}

function zipOf(parts: readonly (readonly [string, Buffer])[]): Buffer {
  return Buffer.from(zipSync(Object.fromEntries(parts.map(([name, bytes]) => [name, new Uint8Array(bytes)]))));
}

/** A mail as RFC 5322 and MIME have it; the text before the first empty line is its head. */
function mailOf(paper: PaperSource, text: string, parts: readonly (readonly [string, Buffer])[]): Buffer {
  const at = text.indexOf('\n\n');
  const charset = paper.settings.get('encoding') ?? 'utf-8';
  const lined = (bytes: Buffer) => bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
  const words = (value: string) =>
    /^[\x20-\x7e]*$/.test(value) ? value : `=?utf-8?B?${Buffer.from(value).toString('base64')}?=`;
  const head = text
    .slice(0, at)
    .split('\n')
    .map((line) => line.replace(/^([\w-]+: )(.*)$/, (_, name: string, value: string) => name + words(value)));
  const own = [`Content-Type: text/plain; charset=${charset}`, 'Content-Transfer-Encoding: base64', ''];
  own.push(lined(iconv.encode(text.slice(at + 2), charset)));
  const files = parts.map(([name, bytes]) =>
    [
      'Content-Type: application/octet-stream',
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      lined(bytes),
    ].join('\r\n'),
  );
  const body = [own.join('\r\n'), ...files].map((part) => `--part\r\n${part}\r\n`).join('');
  const kind = 'Content-Type: multipart/mixed; boundary="part"';
  return Buffer.from([...head, 'MIME-Version: 1.0', kind, '', `${body}--part--\r\n`].join('\r\n'));
}

/** A book of one chapter per page (EPUB 3.3). */
function epubOf({ pages, settings }: PaperSource): Buffer {
  const chapters = pages.map(({ text }, i) => {
    const [title = '', ...paragraphs] = text.split(/\n\s*\n/).map((part) => part.replaceAll('&', '&amp;'));
    const body = paragraphs.map((part) => `<p>${part}</p>`).join('\n');
    const html = `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>${title}</title></head><body><h1>${title.replace(/^# /, '')}</h1>${body}</body></html>`;
    return [`c${i}.xhtml`, html] as const;
  });
  const manifest = chapters.map(([name], i) => `<item id="c${i}" href="${name}" media-type="application/xhtml+xml"/>`);
  const spine = chapters.map((_, i) => `<itemref idref="c${i}"/>`);
  const book = `<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${settings.get('title')}</dc:title><dc:identifier id="id">h2</dc:identifier>
</metadata><manifest>${manifest.join('')}</manifest><spine>${spine.join('')}</spine></package>`;
  const container = `<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`;
  const files = [['META-INF/container.xml', container], ['book.opf', book], ...chapters] as const;
  const entries = files.map(([name, text]): [string, Uint8Array] => [name, strToU8(text)]);
  return Buffer.from(
    zipSync({ mimetype: [strToU8('application/epub+zip'), { level: 0 }], ...Object.fromEntries(entries) }),
  );
}
