import { listZip } from './zip.ts';

/** Formats that are ZIP archives; `xls` is the binary workbook of today (xlsb), which only the library for old ones reads. */
export type ZipKind = 'docx' | 'xlsx' | 'xls' | 'pptx' | 'odt' | 'ods' | 'odp' | 'epub';

const BY_ENTRY: readonly (readonly [RegExp, ZipKind])[] = [
  [/^word\/document\d*\.xml$/, 'docx'],
  [/^xl\/workbook\d*\.xml$/, 'xlsx'],
  [/^xl\/workbook\.bin$/, 'xls'],
  [/^ppt\/presentation\d*\.xml$/, 'pptx'],
  [/^META-INF\/container\.xml$/, 'epub'],
];

const BY_MIME_TYPE: readonly (readonly [string, ZipKind])[] = [
  ['application/vnd.oasis.opendocument.text', 'odt'],
  ['application/vnd.oasis.opendocument.spreadsheet', 'ods'],
  ['application/vnd.oasis.opendocument.presentation', 'odp'],
  ['application/epub+zip', 'epub'],
];

/**
 * What a ZIP archive really is, by the names of its entries; "zip" when it is none of ours. Inflates nothing and throws
 * nothing. `extension` decides only among the three OpenDocument formats, where their own mark is missing.
 */
export function zipKind(bytes: Uint8Array, extension: string): ZipKind | 'zip' {
  // OpenDocument and EPUB archives begin with an uncompressed entry that holds their type.
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString('latin1');
  const mimeType = /^.{30}mimetype.{0,40}?(application\/[a-z.+-]+)/s.exec(start)?.[1] ?? '';
  for (const [type, kind] of BY_MIME_TYPE) if (mimeType.startsWith(type)) return kind;
  const list = listed(bytes);
  // Without its list an archive is damaged; what it would have been is still worth saying.
  const names = list ?? [...localNames(bytes)];
  for (const [pattern, kind] of BY_ENTRY) if (names.some((name) => pattern.test(name))) return kind;
  // Cut off before the part that tells the three apart; that it is damaged is all there is to say.
  if (names.includes('[Content_Types].xml') && list === undefined) return 'docx';
  if (!names.includes('content.xml') || !names.includes('META-INF/manifest.xml')) return 'zip';
  return extension === 'ods' || extension === 'odp' ? extension : 'odt';
}

/** What the archive lists; undefined when its list is damaged or missing. */
function listed(bytes: Uint8Array): string[] | undefined {
  try {
    return listZip(bytes).map(({ name }) => name);
  } catch {
    return undefined;
  }
}

/** Names that stand before the entries themselves. */
function* localNames(bytes: Uint8Array): Generator<string> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (let count = 0; count < 200; count++) {
    at = view.indexOf('PK\x03\x04', at, 'latin1');
    if (at < 0 || at + 30 > view.length) return;
    yield view.toString('utf8', at + 30, at + 30 + view.readUInt16LE(at + 26));
    at += 30;
  }
}
