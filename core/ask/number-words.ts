import { isStopWord } from './guess-language.ts';

/** Numbers that are written as words, without one, which is an article in most languages. */
const NUMBERS = [
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19],
  ...[20, 30, 40, 50, 60, 70, 80, 90, 100, 1000],
];
/** In the order of NUMBERS; forms of one number parted by a stroke. */
const WORDS: Readonly<Record<string, string>> = {
  en: 'two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand',
  de: 'zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert tausend',
  es: 'dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien mil',
  fr: 'deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix cent mille',
  it: 'due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta cento mille',
  pt: 'dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta noventa cem mil',
  nl: 'twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd duizend',
  pl: 'dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt sto tysiąc',
  ru: 'два/две/двух/двум три/трёх/трех/трём/трем четыре/четырёх/четырех/четырём пять/пяти шесть/шести семь/семи восемь/восьми девять/девяти десять/десяти одиннадцать/одиннадцати двенадцать/двенадцати тринадцать/тринадцати четырнадцать/четырнадцати пятнадцать/пятнадцати шестнадцать/шестнадцати семнадцать/семнадцати восемнадцать/восемнадцати девятнадцать/девятнадцати двадцать/двадцати тридцать/тридцати сорок/сорока пятьдесят/пятидесяти шестьдесят/шестидесяти семьдесят/семидесяти восемьдесят/восьмидесяти девяносто/девяноста сто/ста тысяча/тысячи/тысяч',
  tr: 'iki üç dört beş altı yedi sekiz dokuz on onbir oniki onüç ondört onbeş onaltı onyedi onsekiz ondokuz yirmi otuz kırk elli altmış yetmiş seksen doksan yüz bin',
};
/** How a language writes units before or behind tens in one word: "twenty-five", "fünfundzwanzig", "vijfentwintig". */
const COMPOSED: Readonly<Record<string, RegExp>> = {
  en: /^(\p{L}+)-(\p{L}+)$/u,
  de: /^(\p{L}{3,}?)und(\p{L}+zig|dreißig)$/u,
  fr: /^(\p{L}+(?:-vingt)?)-(\p{L}+)$/u,
  nl: /^(\p{L}{3,}?)[eë]n(\p{L}+tig)$/u,
};

const BY_LANGUAGE = new Map(
  Object.entries(WORDS).map(([language, words]) => [
    language,
    new Map(
      words
        .split(' ')
        .flatMap((forms, index) => forms.split('/').map((word): [string, number] => [word, NUMBERS[index]!])),
    ),
  ]),
);

/** A number in words: UTF-16 offsets, end exclusive. */
export interface NumberWord {
  readonly word: string;
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** Words that mean something else in another language, too: "seize the day", "onze", "quince", "the mille", "Otto". */
const OTHERS =
  /^(?:once|onze|seize|sept|four|cent|cents|cento|mille|elli|tien|doce|dose|quince|otto|venti|quattro|nove|neuf|nine)$/u;
/** Shorter words of other languages are by chance often words of this one: "on", "due", "sei", "bin", "dos". */
const SHORTEST_OTHER = 4;

/** The numbers that stand in a text as words of one language (a claim); with undefined those of all languages. */
export function numberWordsIn(text: string, language: string | undefined): NumberWord[] {
  const lists = [...BY_LANGUAGE].filter(([own]) => language === undefined || own === language);
  const found: NumberWord[] = [];
  for (const { 0: written, index: start } of text.matchAll(/\p{L}+(?:-\p{L}+)*/gu)) {
    const word = written.toLowerCase().replaceAll('\u0307', '');
    for (const [own, list] of lists) {
      const value =
        list.get(word) ?? composed(word, own, list) ?? (own === 'de' ? germanNumber(word, list) : undefined);
      if (value !== undefined) found.push({ word, value, start, end: start + written.length });
    }
  }
  return found;
}

/**
 * The numbers that a passage may hold as words: those of its own language, and of others what is sure to be none of its own
 * words ("on" and "once" are Turkish and Spanish numbers). Only what is sure where its language cannot be told.
 */
export function numberWordsHeld(text: string, language: string | undefined): NumberWord[] {
  const own = language === undefined ? [] : numberWordsIn(text, language);
  const others = numberWordsIn(text, undefined).filter(
    ({ word }) => word.length >= SHORTEST_OTHER && !OTHERS.test(word) && !isStopWord(word),
  );
  return [...own, ...others];
}

/** The sum of tens and units in one word; undefined when it is none. "ein" and "one" are units here. */
function composed(word: string, language: string, list: ReadonlyMap<string, number>): number | undefined {
  const [, first = '', second = ''] = COMPOSED[language]?.exec(word) ?? [];
  const [a, b] = [list.get(first) ?? ONE.get(first), list.get(second) ?? ONE.get(second)];
  if (a === undefined || b === undefined) return undefined;
  const [units, tens] = a < b ? [a, b] : [b, a];
  return units < 10 && tens >= 20 && tens < 100 ? tens + units : undefined;
}

/** Hundreds and thousands, which German writes in one word: "neunhundert", "zwölfhundert", "achthundertfünfzig". */
function germanNumber(word: string, list: ReadonlyMap<string, number>): number | undefined {
  for (const [name, size] of GERMAN_SIZES) {
    const at = word.indexOf(name);
    if (at < 0) continue;
    const read = (part: string) =>
      list.get(part) ?? ONE.get(part) ?? composed(part, 'de', list) ?? germanNumber(part, list);
    const rest = word.slice(at + name.length).replace(/^und(?!$)/, '');
    const [times, added] = [at === 0 ? 1 : read(word.slice(0, at)), rest === '' ? 0 : (read(rest) ?? ONES.get(rest))];
    return times === undefined || added === undefined || added >= size ? undefined : times * size + added;
  }
  return undefined;
}

const GERMAN_SIZES = [
  ['tausend', 1000],
  ['hundert', 100],
] as const;
const ONES = new Map([['eins', 1]]);

const ONE = new Map(['one', 'ein', 'een', 'un'].map((word) => [word, 1]));
