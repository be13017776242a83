/** Words before which a hyphen at a line's end belongs to the word ("Kauf- und Mietvertrag"). */
const JOINING = 'und|oder|bzw|bis|and|or|et|ou|y|o|e';
/** PDFium often swallows the line break together with the hyphen. */
const CUT = '(?:\\ufffe[ \\t]*(?:\\n[ \\t]*)?|[\\u2010\\u00ad-][ \\t]*\\n[ \\t]*)';
const CUT_WORD = new RegExp(`(\\p{L})${CUT}(?!(?:${JOINING})\\b)(?=\\p{Ll})`, 'gu');
const CUT_PAIR = new RegExp(`(\\p{L})${CUT}(?=(?:${JOINING})\\b)`, 'gu');

/**
 * Joins words that a line's end has cut. PDFium writes its guess of a hyphen as U+FFFE or U+0002; layout programs write
 * U+2010, a soft hyphen or a plain one.
 */
export function joinHyphens(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replaceAll('\u0002', '\ufffe')
    .replace(CUT_WORD, '$1')
    .replace(CUT_PAIR, '$1- ')
    .replace(/\ufffe[ \t]*\n?(?=[\p{L}\p{N}])/gu, '-')
    .replaceAll('\ufffe', '-')
    .replaceAll('\u00ad', '');
}
