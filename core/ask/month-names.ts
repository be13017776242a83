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
  return word.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ı', 'i');
}

function entriesOf(names: readonly string[], isSure: (name: string) => boolean): [string, NamedMonth][] {
  return names.flatMap((list, i) =>
    list.split(' ').map((name): [string, NamedMonth] => [name, { month: i + 1, isSure: isSure(name) }]),
  );
}
