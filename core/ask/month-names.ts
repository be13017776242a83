/** Names of the months by language, January first; a short form counts when it has three letters or more. Source: CLDR 46, months (wide). */
const MONTHS: readonly string[] = [
  'january february march april may june july august september october november december',
  'januar februar märz april mai juni juli august september oktober november dezember',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
  'januari februari maart april mei juni juli augustus september oktober november december',
  'stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia',
  'styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień',
  'ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık',
  'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
  'ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου',
  'jänner feber märz april mai juni juli august september oktober november dezember',
];
/** Short forms that are not the first three or four letters, and those that another month shares. */
const SHORT: Readonly<Record<string, number>> = { mrz: 3, sept: 9, juil: 7, juin: 6, juli: 7, juni: 6 };

const MONTH_OF = new Map<string, number>();
for (const row of MONTHS) {
  row.split(' ').forEach((name, index) => {
    MONTH_OF.set(fold(name), index + 1);
  });
}
for (const row of MONTHS) {
  for (const [index, name] of row.split(' ').entries()) {
    for (const length of [3, 4]) {
      const short = fold(name).slice(0, length);
      if (!MONTH_OF.has(short)) MONTH_OF.set(short, index + 1);
    }
  }
}
for (const [short, month] of Object.entries(SHORT)) MONTH_OF.set(short, month);
// Everyday words of another language: "3 years ago", "a set of", "out".
for (const word of ['set', 'out', 'ago']) MONTH_OF.delete(word);

/** The month (1 to 12) that a word names in one of the languages above, with or without a dot; undefined for other words. */
export function monthOf(word: string): number | undefined {
  return MONTH_OF.get(fold(word.replace(/\.$/, '')));
}

function fold(word: string): string {
  return word.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replaceAll('ı', 'i');
}
