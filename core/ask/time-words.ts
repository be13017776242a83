/** What a question says of the time that its document is from. */
export interface AskedTime {
  /** Years named or meant ("last year"), as four digits. */
  readonly years: ReadonlySet<string>;
  /** True when it asks for the newest of several ("the current policy"). */
  readonly newest: boolean;
}

/** "Last year" and "this year" in the languages that the stop words cover, with what they add to the year of asking. */
const RELATIVE: readonly (readonly [number, RegExp])[] = [
  [
    -1,
    /(?<!\p{L})(?:last year|previous year|letzte[sn]? jahr|vorige[sn]? jahr|vergangene[sn]? jahr|vorjahr|año pasado|l['’]an(?:née)? (?:dernière|dernier|passée?)|l['’]anno scorso|(?:w )?(?:zeszły|ubiegły)m? roku?|geçen (?:yıl|sene)|ano passado|vorig jaar|прошл(?:ый|ом) год)|去年|العام الماضي/iu,
  ],
  [
    0,
    /(?<!\p{L})(?:this year|diese[sn]? jahr|heuer|este año|cette année|quest['’]anno|(?:w )?tym roku|bu (?:yıl|sene)|este ano|dit jaar|этом году)|今年|هذا العام/iu,
  ],
];

const NEWEST =
  /(?<!\p{L})(?:newest|latest|most recent|current|up[- ]to[- ]date|neueste[nrsm]?|aktuell(?:e[nrsm]?|ste[nrsm]?)|jüngste[nrsm]?|más reciente|vigente|actual(?:es)?|(?:le|la|les) plus récente?s?|actuel(?:le)?s?|più recente|attuale|najnowsz\p{L}{1,3}|aktualn\p{L}{1,3}|en son|güncel|mais recente|atual|nieuwste|huidige)(?!\p{L})|最新/iu;

/** A year that is no part of a longer number; of "2023-24" and "2023/2024" the one that it begins with. */
const YEAR = /(?<![\p{L}\p{N}])(?<!(?:19|20)\d\d[-/])(?:19|20)\d\d(?!\p{N}|[.,]\d{3})/gu;

/** Reads the time words of a question asked at `now` (milliseconds since 1970). Called by findPassages. Pure. */
export function askedTime(question: string, now: number): AskedTime {
  const years = new Set(yearsIn(question));
  for (const [add, words] of RELATIVE) {
    if (words.test(question)) years.add(String(new Date(now).getUTCFullYear() + add));
  }
  return { years, newest: NEWEST.test(question) };
}

/** The years that a text names; underscores part words here, because file names are written so. */
export function yearsIn(text: string): string[] {
  return text.normalize('NFKC').replaceAll('_', ' ').match(YEAR) ?? [];
}
