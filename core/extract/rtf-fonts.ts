/** Windows code page of a font's character set (RTF specification 1.9.1, "Font Table"). */
const BY_CHARSET: ReadonlyMap<number, string> = new Map([
  [0, 'windows-1252'],
  [77, 'macintosh'],
  [128, 'shift_jis'],
  [129, 'euc-kr'],
  [134, 'gbk'],
  [136, 'big5'],
  [161, 'windows-1253'],
  [162, 'windows-1254'],
  [163, 'windows-1258'],
  [177, 'windows-1255'],
  [178, 'windows-1256'],
  [186, 'windows-1257'],
  [204, 'windows-1251'],
  [222, 'windows-874'],
  [238, 'windows-1250'],
]);

const BY_CODE_PAGE: ReadonlyMap<number, string> = new Map([
  [932, 'shift_jis'],
  [936, 'gbk'],
  [949, 'euc-kr'],
  [950, 'big5'],
  [10000, 'macintosh'],
  [65001, 'utf-8'],
]);

const decoders = new Map<string, TextDecoder>();

/** Encoding for `\fcharset`; undefined where the document's own code page counts. */
export function encodingOfCharset(charset: number): string | undefined {
  return BY_CHARSET.get(charset);
}

/** Encoding for `\ansicpg`; Western European for code pages that are not known. */
export function encodingOfCodePage(page: number): string {
  return (
    BY_CODE_PAGE.get(page) ?? (page === 874 || (page >= 1250 && page <= 1258) ? `windows-${page}` : 'windows-1252')
  );
}

/** Letters from bytes of one encoding; Node brings these tables, so the locked child has them. */
export function decodeBytes(bytes: readonly number[], encoding: string): string {
  let decoder = decoders.get(encoding);
  if (!decoder) {
    decoder = new TextDecoder(encoding);
    decoders.set(encoding, decoder);
  }
  return decoder.decode(Uint8Array.from(bytes));
}
