import { isStopWord } from './guess-language.ts';
import { monthOf } from './month-names.ts';
import { isSameWord } from './same-word.ts';
import { tellingWords } from './telling-words.ts';

/** What a sentence's names are looked up in: words as `wordsOf` gives them. */
export interface NameParts {
  readonly held: ReadonlySet<string>;
  readonly asked: readonly string[];
  /** Codes of core/ask/guess-language.ts; undefined when it cannot be told. */
  readonly language: string | undefined;
  /** True when the passages are in the sentence's language. */
  readonly sameLanguage: boolean;
  /** True when a passage is known to be in another language: what was asked stands there in other words. */
  readonly isTranslated?: boolean;
}

/** Days, languages and peoples are written with a capital in some languages, and translated. */
const CAPITAL_WORDS = new Set(
  'monday tuesday wednesday thursday friday saturday sunday english german french spanish italian polish turkish european swiss austrian british american internet euro euros eur usd gbp chf pln vat iban yes no ok please st jr sr am pm mo tu th fr sa su according therefore however'.split(
    ' ',
  ),
);
const TITLE =
  /^(?:herrn?|frau|dr|prof|familie|firma|mr|mrs|ms|miss|sir|señora?|monsieur|madame|signora?|pani?|bay|bayan)$/iu;
/** Two letters within a word are none: "kWh". */
const RUN = /(?<!\p{Ll}(?=\p{Lu}\p{Ll}(?!\p{L})))\p{Lu}[\p{L}\p{M}'’]+(?:[ -]\p{Lu}[\p{L}\p{M}'’.]+)*/gu;

/**
 * Names in a sentence that neither the passages nor the question hold; one of the question only counts where the passages
 * tell of what else it asks. Names are told by capitals: in German, where all
 * nouns have them, only behind a title or in runs of two; in scripts without capitals none are seen.
 */
export function unknownNames(sentence: string, parts: NameParts): string[] {
  const plain = sentence.replace(/\[\d+\]/g, ' ').replace(/[*_"“”„«»‘()]/g, ' ');
  const unknown: string[] = [];
  for (const match of plain.matchAll(RUN)) {
    const words = match[0].split(/[ -]/).map((word) => word.replace(/['’]s$|[.'’]+$/gu, ''));
    const isFirst = plain.slice(0, match.index).trim() === '';
    unknown.push(...unknownOf(isFirst ? dropFirst(words) : words, parts));
  }
  return unknown;
}

/** The first word of a sentence has a capital anyway; what follows it in the same run is a name. */
function dropFirst(words: readonly string[]): readonly string[] {
  return TITLE.test(words[0] ?? '') ? words : words.slice(1);
}

function unknownOf(
  words: readonly string[],
  { held, asked, language, sameLanguage, isTranslated }: NameParts,
): string[] {
  const title = words.findIndex((word) => TITLE.test(word));
  const named = title === -1 ? words : words.slice(title + 1);
  const isKnown = (word: string) => {
    const folded = word.normalize('NFKC').toLowerCase().replace(/\p{M}/gu, '');
    if (isStopWord(folded) || CAPITAL_WORDS.has(folded) || monthOf(word) !== undefined) return true;
    // "Li" and "Wu" are names, "TV" and "A1" are none.
    if (folded.length < 3 && !/^\p{Lu}\p{Ll}$/u.test(word)) return true;
    const isSame = sameLanguage ? isFormOf : isSameWord;
    if (held.has(folded) || [...held].some((other) => isSame(folded, other))) return true;
    return asked.some((other) => isSame(folded, other) && (isTranslated || tellsOfTheRest(other, asked, held)));
  };
  const unknown = named.filter((word) => !isKnown(word));
  const nounsHaveCapitals = (language ?? 'de') === 'de';
  if (title !== -1 || !nounsHaveCapitals) return sameLanguage || unknown.length === named.length ? unknown : [];
  // German: one noun is no name, and of a run in another language than the passage only a part need be the same there.
  if (named.length < 2) return [];
  return sameLanguage || unknown.length === named.length ? unknown : [];
}

/**
 * Whether a passage may be meant by a name that only the question gives: most of what else is asked stands there. "Nadia's
 * rent is 785" may be said of a lease that says "the tenant"; "the trip to Hull" of an insurance that knows no trip may not.
 */
function tellsOfTheRest(name: string, asked: readonly string[], held: ReadonlySet<string>): boolean {
  const rest = tellingWords(asked.join(' ')).filter((word) => word !== name);
  const found = rest.filter((word) => held.has(word) || [...held].some((other) => isSameWord(word, other)));
  return found.length * 2 > rest.length;
}

/** Endings by which languages bend names; "Christian" and "Christine" are two people. */
const ENDING = /^(?:s|es|n|en|e|a|i|u|y|em|ie|om|owi|ów|ı|ın|in|un|ün|de|da|den|dan|ye|ya|nin|nın)$/u;

/** True when two words are one name, as it stands or with an ending behind it. */
function isFormOf(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.length >= 3 && long.startsWith(short) && (long === short || ENDING.test(long.slice(short.length)));
}
