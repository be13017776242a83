/** An answer whose marks point at passages that exist. `cited` holds their numbers, ascending. */
export interface CheckedAnswer {
  readonly text: string;
  readonly cited: readonly number[];
}

/** The ways in which models write marks: [1], [1, 2], [^1], 【1】, [Passage 1], [Quelle 1]. */
const MARK =
  /[[【]\s*\^?(?:passages?|sources?|quellen?|passagen?)?\s*((?:\d{1,3}\s*(?:[,;&]|and|und|[-–])?\s*)+)(?:†[^\]】]*)?[\]】]/giu;

/**
 * Brings all marks into the form [n][m] and removes those that point at no passage. `count` is how many passages the
 * prompt held. A number in brackets that is not a mark at all (a year) is left alone.
 */
export function checkCitations(text: string, count: number): CheckedAnswer {
  const cited = new Set<number>();
  const marked = text.replace(MARK, (whole, inner: string) => {
    const numbers = (inner.match(/\d+/g) ?? []).map(Number);
    if (numbers.some((number) => number > 99)) return whole;
    const known = [...new Set(numbers)].filter((number) => number >= 1 && number <= count);
    for (const number of known) cited.add(number);
    return known.map((number) => `[${number}]`).join('');
  });
  const tidy = marked
    .replace(/[ \t]+(?=[.,;:!?](?:\s|$))/g, '')
    .replace(/[ \t]+$/gm, '')
    .trim();
  return { text: tidy, cited: [...cited].sort((a, b) => a - b) };
}
