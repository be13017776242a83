import chardet from 'chardet';
import iconv from 'iconv-lite';

/** Enough to tell an encoding; guessing over 50 MB would take seconds. */
const GUESS_BYTES = 1 << 16;

/** What letters and tables of a household come in; the first wins where bytes mean the same in several. */
export const ENCODINGS = [
  ...['windows-1252', 'windows-1250', 'iso-8859-2', 'iso-8859-15', 'windows-1254', 'windows-1251', 'koi8-r'],
  ...['windows-1253', 'windows-1255', 'windows-1256', 'windows-1257', 'cp850', 'macintosh'],
  ...['gb18030', 'big5', 'shift_jis', 'euc-jp', 'euc-kr'],
] as const;

/** Encodings that chardet calls by another name, or that hold all of what it names and more. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['iso-8859-1', 'windows-1252'],
  // One model serves both; where both read well, Windows wrote it.
  ['iso-8859-2', 'windows-1250'],
  ['iso-8859-9', 'windows-1254'],
  ['iso-8859-7', 'windows-1253'],
  ['iso-8859-8', 'windows-1255'],
  ['iso-8859-6', 'windows-1256'],
  ['gb2312', 'gb18030'],
]);

/** What statistics of letters are worth beside what is plausible: they decide among encodings that read equally well. */
const FAVOUR = 0.1;

/**
 * The likeliest encoding of text that is no Unicode: the one that reads as words. Statistics alone take Polish for Chinese
 * and a single "Grüße" for Japanese, so each encoding is tried and judged by how its letters stand together.
 */
export function guessEncoding(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, GUESS_BYTES));
  const favourite = nameOf(chardet.detect(head));
  let best = { encoding: 'windows-1252', score: Number.NEGATIVE_INFINITY };
  for (const encoding of ENCODINGS) {
    const score = plausibility(iconv.decode(head, encoding)) + (encoding === favourite ? FAVOUR : 0);
    if (score > best.score + 1e-9) best = { encoding, score };
  }
  return best.encoding;
}

function nameOf(detected: string | null): string {
  const name = (detected ?? '').toLowerCase();
  return RENAMED.get(name) ?? name;
}

const FOREIGN = /\P{ASCII}/gu;
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Arabic}/u,
  /\p{Script=Hebrew}/u,
];
const EAST_ASIAN = /[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff01-\uff60]/u;
const PUNCTUATION = /[„“”‚‘’–—…€£§°«»©®½²³·¿¡\u00a0•]/u;

/** How much the letters beyond ASCII look as if somebody had written them: at most about 1 each, below 0 for nonsense. */
function plausibility(text: string): number {
  let score = 0;
  let weight = 0;
  for (const { 0: letter, index } of text.matchAll(FOREIGN)) {
    const wide = EAST_ASIAN.test(letter) ? 2 : 1;
    weight += wide;
    score += wide * judge(letter, text[index - 1] ?? ' ', text[index + letter.length] ?? ' ');
  }
  return weight === 0 ? 0 : score / weight;
}

function judge(letter: string, before: string, after: string): number {
  const beside = [before, after].filter((other) => /\p{L}/u.test(other));
  if (EAST_ASIAN.test(letter)) return beside.some((other) => SCRIPTS[0]!.test(other)) ? -2 : 1;
  const script = SCRIPTS.find((pattern) => pattern.test(letter));
  if (!script) {
    // Marks that people type, at the edge of a word; an apostrophe may stand inside of one.
    if (PUNCTUATION.test(letter)) return beside.length < 2 || letter === '’' ? 0.5 : -1;
    return /\p{C}|\ufffd/u.test(letter) ? -3 : beside.length > 0 ? -2 : -0.5;
  }
  if (beside.some((other) => !script.test(other))) return -2;
  // "дОГОВОР": letters do not grow in the middle of a word.
  if (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(letter)) return -2;
  if (/\p{Ll}/u.test(letter) && /\p{Lu}/u.test(after)) return -2;
  return beside.length > 0 ? 1 : 0.2;
}
