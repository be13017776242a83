/** What no text needs and what confuses those who read it later: control characters, marks of byte order. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
const NOISE = /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]/g;

/** The look behind keeps it linear: a run of blanks is tried once, from its first one. */
const TRAILING = /(?<![ \t\u00a0])[ \t\u00a0]+$/gm;

/** Text as every extractor hands it on: line feeds only, no control characters, composed letters, no blanks before a line's end. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|\u0085|\u2028|\u2029|\f/g, '\n')
    .replace(NOISE, '')
    .replace(TRAILING, '')
    .toWellFormed()
    .normalize('NFC');
}
