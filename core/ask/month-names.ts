import { foldText } from './fold-text.ts';
import { FROM_TO } from './from-to.ts';

/** What a word says of a month. `isSure`: it is one without any number beside it ("may", "marca" are often other words). */
export interface NamedMonth {
  readonly month: number;
  readonly isSure: boolean;
}

/** Names in the order of the months, by language, with the forms that stand in dates; abbreviations behind. */
const NAMES = [
  'january january january, januar jänner janvier gennaio enero janeiro januari ocak styczeń stycznia styczniu январь января январе يناير ιανουαρίου',
  'february februar feber février febbraio febrero fevereiro februari şubat luty lutego lutym февраль февраля феврале فبراير φεβρουαρίου',
  'march märz mars marzo março maart mart marzec marca marcu март марта марте مارس μαρτίου',
  'april avril aprile abril nisan kwiecień kwietnia kwietniu апрель апреля апреле أبريل ابريل απριλίου',
  'may mai maggio mayo maio mei mayıs maj maja maju май мая мае مايو μαΐου',
  'june juni juin giugno junio junho haziran czerwiec czerwca czerwcu июнь июня июне يونيو ιουνίου',
  'july juli juillet luglio julio julho temmuz lipiec lipca lipcu июль июля июле يوليو ιουλίου',
  'august août agosto augustus ağustos sierpień sierpnia sierpniu август августа августе أغسطس اغسطس αυγούστου',
  'september septembre settembre septiembre setembro eylül wrzesień września wrześniu сентябрь сентября сентябре سبتمبر σεπτεμβρίου',
  'october oktober octobre ottobre octubre outubro ekim październik października październiku октябрь октября октябре أكتوبر اكتوبر οκτωβρίου',
  'november novembre noviembre novembro kasım listopad listopada listopadzie ноябрь ноября ноябре نوفمبر νοεμβρίου',
  'december dezember décembre dicembre diciembre dezembro aralık grudzień grudnia grudniu декабрь декабря декабре ديسمبر δεκεμβρίου',
] as const;

const SHORT = [
  'jan janv ene gen sty',
  'feb febr févr fev fév',
  'mar mär mrz mrt',
  'apr avr abr kwi',
  'mag',
  'jun giu cze',
  'jul juil lug lip',
  'aug ago sie',
  'sep sept set wrz',
  'oct okt ott out paź',
  'nov lis',
  'dec dez dic déc gru',
] as const;

/** Full names that mean something else too, in one of the languages: they count beside a number only. */
const DOUBTFUL = new Set([
  'may',
  'march',
  'mart',
  'mars',
  'marca',
  'mayo',
  'mai',
  'mei',
  'maja',
  'maj',
  'ocak',
  'ekim',
  'nisan',
  'avril',
  'май',
  'мая',
]);
/** Short forms that hardly mean anything else. */
const SURE_SHORT = new Set(['jan', 'feb', 'apr', 'aug', 'sept', 'oct', 'okt', 'nov', 'dec', 'dez']);

/** Turkish months that take case endings without an apostrophe ("temmuzdan"); the others are short words of other meanings. */
const ENDED = ['şubat', 'haziran', 'temmuz', 'ağustos', 'eylül', 'kasım', 'aralık'];
const ENDING = "(?:'?(?:[dt][ae]n?|[ıiuü]n?|[ae]))";

const MONTHS = new Map<string, NamedMonth>([
  ...entriesOf(NAMES, (name) => !DOUBTFUL.has(name)),
  ...entriesOf(SHORT, (name) => SURE_SHORT.has(name)),
]);

/** Every form of every name, lower case, for a larger pattern; longest first, so that "may" does not win over "mayıs". */
export const MONTH_PATTERN = [
  ...ENDED.map((name) => `${name}${ENDING}?`),
  ...[...MONTHS.keys()].sort((a, b) => b.length - a.length),
].join('|');

/** The month that a match of `MONTH_PATTERN` names; undefined for any other word. */
export function monthNamed(word: string): NamedMonth | undefined {
  return MONTHS.get(word) ?? MONTHS.get(ENDED.find((name) => word.startsWith(name)) ?? '');
}

/** Short forms that are everyday words of another language: "3 years ago", "a set of", "out". */
const EVERYDAY: ReadonlySet<string> = new Set(['set', 'out', 'ago']);
const FOLDED = new Map([...MONTHS].map(([name, { month }]) => [fold(name), month]));

/** The month (1 to 12) that a whole word names, however it is accented, with or without a dot; undefined for other words. */
export function monthOf(word: string): number | undefined {
  const folded = fold(word.replace(/\.$/, ''));
  return EVERYDAY.has(folded) ? undefined : FOLDED.get(folded);
}

function fold(word: string): string {
  return foldText(word).replaceAll('ı', 'i');
}

function entriesOf(names: readonly string[], isSure: (name: string) => boolean): [string, NamedMonth][] {
  return names.flatMap((list, i) =>
    list.split(' ').map((name): [string, NamedMonth] => [name, { month: i + 1, isSure: isSure(name) }]),
  );
}

/** Words before a month that is another word elsewhere: "in May", "im Mai", "en mars", "в мае". */
const BEFORE_DOUBTFUL =
  /(?:^|[^\p{L}])(?:in|since|until|till|by|from|of|during|every|each|before|after|early|late|mid|next|last|this|im|seit|bis|ab|ende|anfang|mitte|jeden|letzten|nächsten|diesen|en|de|du|depuis|dès|jusqu['’]en|fin|début|desde|hasta|em|até|sinds|tot|vanaf|eind|begin|w|do|od|в|с|до|по|к)[\s-]+$/iu;
/** What follows it in Turkish: "Mayıs ayında", "Mart'ta". */
const BEHIND_DOUBTFUL = /^(?:\s+ayı|['’]?(?:[td][ae]n?)(?!\p{L}))/u;

/**
 * The months that a sentence names without any number beside them, 1 to 12: what it claims. Words of other meanings count
 * behind a word for time only, "may" and "march" with a capital. The dates of the sentence are to be blanked before.
 */
export function monthsClaimed(sentence: string): number[] {
  const found: number[] = [];
  for (const { 0: word, index } of sentence.matchAll(/\p{L}+/gu)) {
    const named = monthNamed(word.toLowerCase());
    if (!named || isShort(word)) continue;
    const behind = sentence.slice(index + word.length);
    const isMeant =
      (BEFORE_DOUBTFUL.test(sentence.slice(0, index)) && !/^(?:may|march)$/.test(word)) || BEHIND_DOUBTFUL.test(behind);
    if (named.isSure || isMeant) found.push(named.month);
  }
  return found;
}

/** The months that a text names anywhere, abbreviated too, with those between: "April bis Juni" holds three. */
export function monthsHeld(text: string): Set<number> {
  const found = new Set<number>();
  let last: { month: number; end: number } | undefined;
  for (const { 0: word, index } of text.matchAll(/\p{L}{3,}\.?/gu)) {
    const month = monthNamed(word.toLowerCase().replace(/\.$/, ''))?.month ?? monthOf(word);
    if (month === undefined) continue;
    if (last && FROM_TO.test(text.slice(last.end, index).replace(/\d+/g, ''))) {
      for (let at = last.month; at !== month; at = (at % 12) + 1) found.add(at);
    }
    found.add(month);
    last = { month, end: index + word.length };
  }
  return found;
}

function isShort(word: string): boolean {
  return SHORT.some((list) => list.split(' ').includes(word.toLowerCase()));
}
