/** Longest page dictionary that is looked at; honest ones have some hundred characters. */
const LOOK = 2000;
/** Object numbers far above those of the file, and below 4,194,304, above which PDFium takes none. */
const CATALOG = 4_000_000;

/**
 * A PDF whose end or list of objects is lost, with a new catalog behind it that names every page object still there, in
 * the order of the file; undefined when none is, or when the file is encrypted (its key stood in the lost trailer).
 * Pages inside compressed object streams are not found.
 */
export function rebuildPdf(bytes: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  if (text.includes('/Encrypt')) return undefined;
  // A later object of the same number replaces the earlier one.
  const pages = new Map<string, string>();
  for (const { 1: number, 2: generation, index, 0: head } of text.matchAll(/\b(\d{1,7}) (\d{1,5}) obj\b/g)) {
    const start = index + head.length;
    const body = text.slice(start, start + LOOK).split(/endobj|stream/, 1)[0]!;
    if (/\/Type\s*\/Page(?![a-zA-Z])/.test(body)) pages.set(number!, `${number} ${generation} R`);
  }
  if (pages.size === 0) return undefined;
  const tail = [
    `\nendobj\n${CATALOG} 0 obj\n<</Type/Catalog/Pages ${CATALOG + 1} 0 R>>\nendobj`,
    `${CATALOG + 1} 0 obj\n<</Type/Pages/Kids[${[...pages.values()].join(' ')}]/Count ${pages.size}>>\nendobj`,
    `trailer\n<</Root ${CATALOG} 0 R/Size ${CATALOG + 2}>>\n%%EOF\n`,
  ].join('\n');
  return Buffer.concat([bytes, Buffer.from(tail, 'latin1')]);
}
