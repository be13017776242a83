/** Numbers that are written as words, two to twelve and the tens; one is left out, because it is an article in most languages. */
const NUMBERS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 20, 30, 40, 50, 60, 90, 100];
const WORDS: Readonly<Record<string, string>> = {
  en: 'two three four five six seven eight nine ten eleven twelve fourteen fifteen twenty thirty forty fifty sixty ninety hundred',
  de: 'zwei drei vier fünf sechs sieben acht neun zehn elf zwölf vierzehn fünfzehn zwanzig dreißig vierzig fünfzig sechzig neunzig hundert',
  es: 'dos tres cuatro cinco seis siete ocho nueve diez once doce catorce quince veinte treinta cuarenta cincuenta sesenta noventa cien',
  fr: 'deux trois quatre cinq six sept huit neuf dix onze douze quatorze quinze vingt trente quarante cinquante soixante quatre-vingt-dix cent',
  it: 'due tre quattro cinque sei sette otto nove dieci undici dodici quattordici quindici venti trenta quaranta cinquanta sessanta novanta cento',
  pt: 'dois três quatro cinco seis sete oito nove dez onze doze catorze quinze vinte trinta quarenta cinquenta sessenta noventa cem',
  nl: 'twee drie vier vijf zes zeven acht negen tien elf twaalf veertien vijftien twintig dertig veertig vijftig zestig negentig honderd',
  pl: 'dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście czternaście piętnaście dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt dziewięćdziesiąt sto',
  tr: 'iki üç dört beş altı yedi sekiz dokuz on onbir oniki ondört onbeş yirmi otuz kırk elli altmış doksan yüz',
};

const BY_LANGUAGE = new Map(
  Object.entries(WORDS).map(([language, words]) => [
    language,
    new Map(words.split(' ').map((word, index) => [word, NUMBERS[index]!])),
  ]),
);

/**
 * The numbers that stand in a text as words. With a language its own words count (a claim); with undefined those of all
 * languages (what a passage may hold).
 */
export function numberWordsIn(text: string, language: string | undefined): { word: string; value: number }[] {
  const lists = language === undefined ? [...BY_LANGUAGE.values()] : [BY_LANGUAGE.get(language) ?? new Map()];
  const found: { word: string; value: number }[] = [];
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+(?:-\p{L}+)*/gu)) {
    for (const list of lists) {
      const value = list.get(word);
      if (value !== undefined) found.push({ word, value });
    }
  }
  return found;
}
