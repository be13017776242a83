import { isStopWord } from './guess-language.ts';

/**
 * Units by their one name here, with the words and signs by which they are written in the languages that the product
 * knows. What is counted ("rooms", "people") is no unit.
 */
const UNITS: Readonly<Record<string, string>> = {
  second:
    'second seconds sec secs sekunde sekunden sek seconde secondes segundo segundos secondo secondi sekunda sekundy sekund saniye секунда секунды секунд',
  minute:
    'minute minutes min mins minuten minuto minutos minuti minuta minuty minut minuut dakika dakikada dk минута минуты минут دقيقة دقائق 分钟',
  hour: 'hour hours hr hrs stunde stunden std stündig stündige stündigen stündiger heure heures hora horas ora ore godzina godziny godzin godz uur uren saat saatlik saatten час часа часов ساعة ساعات 小时',
  day: 'day days tag tage tagen tages tägig tägige tägigen tägiger kalendertage kalendertagen werktage werktagen arbeitstage arbeitstagen geschäftstage urlaubstage urlaubstagen jour jours journée jornada día días dia dias giorno giorni dzień dni dnia dniowy dag dagen werkdagen gün günlük günü günden день дня дней يوم يوما أيام 天 ημέρες ημέρα',
  week: 'week weeks woche wochen wöchig wöchige wöchigen kalenderwochen semaine semaines semana semanas settimana settimane tydzień tygodnie tygodni weken hafta haftalık неделя недели недель أسبوع أسابيع 周 星期',
  month:
    'month months monat monate monaten monats monatig monatige monatigen kalendermonate kalendermonaten mois mes meses mese mesi miesiąc miesiące miesięcy mês maand maanden ay aylık aydan месяц месяца месяцев شهر شهرا أشهر شهور 个月',
  year: 'year years yr yrs jahr jahre jahren jahres jährig jährige jährigen jähriger an ans année années año años anno anni rok lata lat roku ano anos jaar jaren yıl yıllık yılı yıldan yaş yaşında yaşındaki sene год года лет سنة سنوات عام 年 岁',
  '%': '% percent prozent prozente pourcent ciento procent procenta yüzde процент процента процентов',
  '‰': '‰ promille',
  '°C': '°c celsius',
  '°F': '°f fahrenheit',
  kg: 'kg kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos chilo chili кг килограмм килограмма килограммов 公斤',
  g: 'g gr gram grams gramm gramme grammes gramo gramos grammi grammo gramów г гр грамм грамма граммов 克',
  mg: 'mg milligram milligrams milligramm миллиграмм мг',
  t: 't tonne tonnes tonnen tons toneladas tonnellate ton тонн тонны',
  km: 'km kilometre kilometres kilometer kilometers kilometern kilomètre kilomètres kilómetro kilómetros chilometri kilometrów kilometre км километр километра километров 公里',
  m: 'm metre metres meter meters metern mètre mètres metro metros metri metrów м метр метра метров 米',
  cm: 'cm centimetre centimetres centimeter centimeters zentimeter zentimetern centimètres centímetros centimetri centymetrów santim santimetre см сантиметр сантиметра сантиметров 厘米',
  mm: 'mm millimetre millimetres millimeter millimeters milimetre мм миллиметр миллиметров',
  m2: 'm2 qm sqm quadratmeter quadratmetern metrekare 平方米',
  m3: 'm3 cbm kubikmeter kubikmetern metreküp 立方米',
  km2: 'km2 quadratkilometer quadratkilometern',
  cm2: 'cm2 quadratzentimeter quadratzentimetern',
  cm3: 'cm3 ccm kubikzentimeter kubikzentimetern',
  hectare:
    'ha hectare hectares hektar hektare hektaren hectárea hectáreas ettaro ettari hektary hektarów hektara га гектар гектара гектаров 公顷',
  acre: 'acre acres akr акр акра акров',
  mile: 'mile miles mi meile meilen milla millas miglio miglia milha milhas mijl mila миля мили миль 英里',
  yard: 'yard yards yd yds yarda yardas ярд ярда ярдов',
  foot: 'foot feet ft fuß fuss pied pieds pie pies piede piedi stopa stopy stóp voet фут фута футов 英尺',
  foot2: 'sqft quadratfuß',
  inch: 'inch inches zoll pouce pouces pulgada pulgadas pollice pollici cali inç дюйм дюйма дюймов 英寸',
  l: 'l litre litres liter liters litern litro litros litri litrów л литр литра литров 升',
  dl: 'dl deciliter deziliter décilitre décilitres decilitro decilitros decilitri',
  cl: 'cl centiliter zentiliter centilitre centilitres centilitro centilitros centilitri',
  ml: 'ml millilitre millilitres milliliter milliliters millilitern мл',
  gallon: 'gallon gallons gallone gallonen galón galones galloni galon galony galonów галлон галлона галлонов',
  pint: 'pint pints pinte pinten pintes pinta pintas пинта пинты',
  ounce: 'oz ounce ounces unze unzen onza onzas oncia uncja uncje uncji унция унции унций',
  mcg: 'mcg ug μg microgram micrograms mikrogramm microgramme microgrammes microgramo microgramos microgrammi mikrogram мкг 微克',
  IU: 'iu ie ui',
  drop: 'drop drops tropfen goutte gouttes gota gotas goccia gocce kropla krople kropli damla druppel druppels капля капли капель 滴',
  tablet:
    'tablet tablets pill pills tablette tabletten comprimé comprimés comprimido comprimidos tableta tabletas pastilla pastillas compressa compresse tabletka tabletki tabletek таблетка таблетки таблеток',
  capsule:
    'capsule capsules kapsel kapseln gélule gélules cápsula cápsulas capsula kapsułka kapsułki kapsułek kapsül капсула капсулы капсул',
  kWh: 'kwh kilowattstunden kilowattstunde',
  kW: 'kw kilowatt',
  W: 'w watt watts',
  GB: 'gb gigabyte gigabytes гб',
  MB: 'mb megabyte megabytes мб',
  bar: 'bar bars бар',
  kcal: 'kcal kilocalories kilokalorien',
  TB: 'tb terabyte terabytes тб',
  KB: 'kb kilobyte kilobytes кб',
  euro: '€ eur euro euros eurot avro евро يورو 欧元',
  pound: '£ gbp pound pounds pfund livre livres libra libras lb lbs sterlin funt funty funtów фунт фунта фунтов',
  dollar: '$ usd dollar dollars dólar dólares dollari dolar dolarów dolary доллар доллара долларов 美元',
  franc: 'chf fr sfr franken francs franc francos franchi frank franków франк франков',
  zloty: 'zł pln złoty złote złotych zloty zlotys',
  lira: '₺ tl try lira lirası lire liras',
  rouble: '₽ rub руб рубль рубля рублей rubel rubles roubles',
  yuan: '¥ 元 cny rmb yuan 人民币',
  yen: 'jpy yen yens jen jenów йена иена иены иен 日元',
  krona:
    'kr kč nok dkk czk krona kronor krone kroner kronen crown crowns couronne couronnes corona coronas corone korona korony koron koruna koruny korun kron крона кроны крон',
  rupee: '₹ inr rupee rupees rupie rupien roupie roupies rupia rupias рупия рупий',
  cent: 'cent cents centime centimes céntimo céntimos centesimo centesimi centavo centavos eurocent eurocents цент цента центов',
  rappen: 'rappen rp',
  penny: 'penny pence',
  grosz: 'grosz grosze groszy',
  kurus: 'kuruş',
  kopeck: 'копейка копейки копеек коп kopeken',
};
const BY_WORD = new Map(
  Object.entries(UNITS).flatMap(([unit, words]) => words.split(' ').map((word): [string, string] => [word, unit])),
);
/** Words of other meanings, which are units only right behind a number: "an", "mes", "fr", "min" and single letters. */
const NEAR_ONLY = 3;
/** Where an age is told without the word for years, years are meant. */
const AGE = /(?<!\p{L})(?:ages?|aged|born|alter|geb|geboren|âge|âgée?|edad|età|wiek|yaş|возраст|العمر)(?!\p{L})/iu;

const PER_CENT = /^\s(?:per|pour|por|vom)[\s-](?:cent|ciento|cento|hundert)(?:[oi]s?)?(?!\p{L})/iu;
const PER_MILLE = /^\s(?:per|pro)\s?mill[ei](?!\p{L})/iu;
const SIGN = /^[ \u00a0\u202f]?(%|‰|°\s?[CF](?!\p{L})|[€£$₺₽¥₹])/iu;
const SIGN_BEFORE =
  /([€£$₺₽¥₹%]|(?<!\p{L})(?:eur|gbp|usd|chf|sfr|sek|nok|dkk|czk|jpy|inr|pln|try|rub|cny|rmb|fr|tl|yüzde)\.?)[ \u00a0\u202f]?[-−–]?$/iu;
/** A length by a time is another thing than the length. */
const SPEEDS: readonly (readonly [string, RegExp])[] = [
  ['mph', /^[ \u00a0\u202f]?(?:mph|mi\/h|miles? per hour|miles an hour|meilen pro stunde)(?!\p{L})/iu],
  ['m/s', /^[ \u00a0\u202f]?(?:m\/s|met(?:er|re)s? per second|meter pro sekunde)(?!\p{L})/iu],
  [
    'km/h',
    /^[ \u00a0\u202f]?(?:km\/(?:h|std|godz|sa)|kmh|kph|км\/ч|stundenkilometern?|kilomet(?:er|re)s? (?:per|an) hour|kilometern? (?:pro|in der) stunde|kilomètres?(?: à l['’]|[ -])heure|kilómetros por hora|quilômetros por hora|chilometri (?:all['’]|per )ora|kilometrów na godzinę|kilometer per uur|километр\p{L}* в час)(?!\p{L})/iu,
  ],
];
/** "Days: 30", "Weight (kg) | 5" */
const NAMED_BEFORE = /((?:(?:sq|square|cu|cubic)\.?\s)?(?:\p{L}+\/)?[\p{L}°%€£$²³\d]+)\.?\s*[\])]?\s*[:|]\s*[-−–]?$/u;
const UNSPACED = /^[ \u00a0]?(个月|小时|分钟|星期|公斤|公里|厘米|平方米|立方米|欧元|美元|人民币|[天周年岁克米升元])/u;
const LENGTHS: ReadonlySet<string> = new Set('km m cm mm mile yard foot inch'.split(' '));
/** Further than this no unit belongs to a number. */
const REACH = 48;

/**
 * The units that stand with the number from `start` to `end`: "CHF 5 kg" has two. The one behind it comes first, which is
 * what a sentence states. The number of a year has none.
 */
export function unitsBeside(text: string, { start, end }: { start: number; end: number }): string[] {
  const before = text.slice(Math.max(0, start - REACH), start);
  const money = unitOf(SIGN_BEFORE.exec(before)?.[1]);
  const behind = unitBehind(text.slice(end, end + REACH));
  const isYear = /^(?:1[5-9]|20|21)\d\d$/.test(text.slice(start, end));
  // "2024 год" and "2024 г." are years.
  const found = [isYear && (behind === 'year' || behind === 'g') ? undefined : behind, money].filter(
    (unit) => unit !== undefined,
  );
  if (found.length > 0) return found;
  const named = unitNamed(NAMED_BEFORE.exec(before)?.[1]);
  return named === undefined ? [] : [named];
}

/**
 * What is counted: the first word of the text right behind a number, lower case, where it is no known unit. Undefined for
 * stop words and where none follows.
 */
export function countedIn(behind: string): string | undefined {
  const word = /^[ \u00a0\u202f]-?(\p{Ll}\p{L}{2,}|\p{Lu}\p{Ll}{2,})(?!\p{L})/u.exec(behind)?.[1];
  return word === undefined || isStopWord(word.toLowerCase()) || unitOf(word) !== undefined
    ? undefined
    : word.toLowerCase();
}

/** Units that a text names anywhere, beside a number or not: a table says them once, above its figures. */
export function unitsNamed(text: string): Set<string> {
  const found = new Set<string>();
  for (const [word] of text.matchAll(/\p{L}[\p{L}\d]*|°\s?[CF](?!\p{L})|[%‰€£$₺₽¥₹]/giu)) {
    const unit = unitOf(word);
    if (unit !== undefined && (word.length > 1 || /\P{L}/u.test(word))) found.add(unit);
  }
  for (const [, length, power] of text.matchAll(/(?<!\p{L})(sq|square|cubic|cu)(?!\p{L})(.{0,16})/giu))
    found.add(raised(length!, power!) ?? '');
  for (const { index } of text.matchAll(/(?<=[\d\s([])(?=[kmм]\p{L}*(?:\/|ph|mh))/giu))
    found.add(SPEEDS.find(([, pattern]) => pattern.test(text.slice(index, index + REACH)))?.[0] ?? '');
  for (const [, word] of text.matchAll(/[([](\p{L})[)\]]/gu)) found.add(unitOf(word) ?? '');
  for (const [, word] of text.matchAll(/\d\s?(\p{L})(?![\p{L}\d])/gu)) found.add(unitOf(word) ?? '');
  for (const [word] of text.matchAll(/个月|小时|分钟|公斤|公里|欧元|美元|[天年岁元]/gu)) found.add(unitOf(word) ?? '');
  if (AGE.test(text)) found.add('year');
  if (/per cent|pour cent|por ciento|per cento|por cento/iu.test(text)) found.add('%');
  return found;
}

/** The unit of a heading: "kg", "sq ft", "km/h", "EUR" of "price/EUR". */
function unitNamed(heading: string | undefined): string | undefined {
  if (heading === undefined) return undefined;
  const [, first = '', last = ''] = /^(?:(\p{L}+)\.?\s)?(.+)$/u.exec(heading) ?? [];
  return (
    SPEEDS.find(([, pattern]) => pattern.test(last))?.[0] ?? raised(first, last) ?? unitOf(/[^/]+$/.exec(last)?.[0])
  );
}

/** The units of money. */
export const MONEY: ReadonlySet<string> = new Set(
  'euro pound dollar franc zloty lira rouble yuan yen krona rupee'.split(' '),
);

function unitOf(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  // The code of Sweden's money, while "Sek." are seconds.
  if (word === 'SEK') return 'krona';
  return BY_WORD.get(word.toLowerCase().replace(/[\s.]/g, '').replace('²', '2').replace('³', '3'));
}

/** A sign or word right behind, or one that a word or two describe: "30 consecutive days". */
function unitBehind(after: string): string | undefined {
  if (PER_CENT.test(after)) return '%';
  if (PER_MILLE.test(after)) return '‰';
  const speed = SPEEDS.find(([, pattern]) => pattern.test(after))?.[0];
  if (speed !== undefined) return speed;
  const sign = SIGN.exec(after)?.[1] ?? UNSPACED.exec(after)?.[1];
  if (sign !== undefined) return unitOf(sign);
  let rest = after;
  for (let far = 0; far < 3; far++) {
    const [whole, word] = /^[ \u00a0\u202f\n]?-?(\p{L}[\p{L}\d]*)\.?/u.exec(rest) ?? [];
    if (whole === undefined || word === undefined) return undefined;
    const unit = raised(word, rest.slice(whole.length)) ?? unitOf(word);
    if (unit !== undefined && (far === 0 || word.length > NEAR_ONLY)) return unit;
    if (isStopWord(word.toLowerCase()) || isCode(word)) return undefined;
    rest = rest.slice(whole.length);
  }
  return undefined;
}

/** "square metres", "sq ft", "mètres carrés", "metros cúbicos" */
function raised(word: string, after: string): string | undefined {
  if (/^(?:square|cubic|sq|cu)$/i.test(word)) {
    const length = unitOf(/^[\s.-]{0,2}(\p{L}+)/u.exec(after)?.[1]);
    return length !== undefined && LENGTHS.has(length) ? `${length}${/^s/i.test(word) ? 2 : 3}` : undefined;
  }
  const length = unitOf(word);
  if (length === undefined || !LENGTHS.has(length)) return undefined;
  const [, square, cube] = /^\s(?:(carr|cuadrad|quadrat|kwadrat|квадратн)|(cub|cúb|sześc|кубич))/iu.exec(after) ?? [];
  return square ? `${length}2` : cube ? `${length}3` : undefined;
}

/** Two capitals begin a code or an abbreviation. */
function isCode(word: string): boolean {
  return /^\p{Lu}\p{Lu}/u.test(word);
}
