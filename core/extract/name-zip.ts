import { readZipDirectory } from './zip-directory.ts';

const BY_ENTRY: Readonly<Record<string, string>> = {
  'word/document.xml': 'docx',
  'xl/workbook.xml': 'xlsx',
  'ppt/presentation.xml': 'pptx',
  'META-INF/MANIFEST.MF': 'jar',
  'AndroidManifest.xml': 'apk',
};

const BY_MIME_TYPE: Readonly<Record<string, string>> = {
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
  'application/epub+zip': 'epub',
};

/** What a ZIP archive really is, by the names of its entries; "zip" when it is nothing else or damaged. Inflates nothing. */
export function nameZip(bytes: Uint8Array): string {
  // OpenDocument and EPUB archives begin with an uncompressed entry that holds their type.
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 200)).toString('latin1');
  const mimeType = /^.{30}mimetype([a-z.+/-]+)/s.exec(start)?.[1] ?? '';
  for (const [type, name] of Object.entries(BY_MIME_TYPE)) if (mimeType.startsWith(type)) return name;
  try {
    const found = readZipDirectory(bytes).find(({ name }) => Object.hasOwn(BY_ENTRY, name));
    return found === undefined ? 'zip' : BY_ENTRY[found.name]!;
  } catch {
    return 'zip';
  }
}
