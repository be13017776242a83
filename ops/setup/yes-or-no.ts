const YES = /^(y|yes|j|ja|true)$/i;
const NO = /^(n|no|nein|false)$/i;

/** What somebody typed who was asked for yes or no, in English, in German, or as a file of answers has it; undefined: neither of the two. */
export function yesOrNo(typed: string): boolean | undefined {
  if (YES.test(typed)) return true;
  return NO.test(typed) ? false : undefined;
}
