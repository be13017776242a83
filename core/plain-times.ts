/** A date in figures behind the same date in words, with the time zone before it where that is told. */
const AGAIN = / \((?:([A-Za-z][\w+-]*(?:\/[\w+-]+)*), )?(\d{4})-(\d\d)-(\d\d)\)/g;
/** A calendar's rule for repeating, behind its words. */
const RULE = / \(FREQ=[A-Z0-9=;,:+-]+\)/g;
/** How far before its figures a date in words begins at most. */
const WORDS_BEFORE = 120;

/**
 * A text as it is shown: times without the figures behind their words, which stand there for finding ("Saturday 7 December
 * 2024, 17:30 (2024-12-07)": extract/when.ts); a time zone stays. A date in brackets that says something new stays as well.
 */
export function plainTimes(text: string): string {
  if (!text.includes(' (')) return text;
  return text
    .replace(AGAIN, (whole, zone: string | undefined, year: string, _month: string, day: string, at: number) => {
      const before = text.slice(Math.max(0, at - WORDS_BEFORE), at);
      const line = before.slice(before.lastIndexOf('\n') + 1);
      const says = (figure: string) => new RegExp(`(?<!\\d)0?${Number(figure)}(?!\\d)`).test(line);
      if (!/\p{L}/u.test(line) || !says(year) || !says(day)) return whole;
      return zone === undefined ? '' : ` (${zone})`;
    })
    .replace(RULE, '');
}
