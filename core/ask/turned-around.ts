import { sentencesOf } from '../ingest/sentences.ts';
import { isSameWord } from './same-word.ts';
import { tellingWords } from './telling-words.ts';

/** Words that turn a statement around, by language. Others are not looked at: there it could not be measured. */
const NOT: Readonly<Record<string, RegExp>> = {
  en: /(?<!\p{L})(?:not|never|no(?!\.|\s*\d)|none|nobody|nothing|cannot|\p{L}+n['’]t)(?!\p{L})/giu,
  de: /(?<!\p{L})(?:nicht|nie|niemals|kein\p{L}{0,2}|niemand|nichts)(?!\p{L})/giu,
};
/** Words beside which a negation does not turn the whole around: exceptions, limits, duties, second negations, idioms. */
const UNSURE =
  /(?<!\p{L})(?:without|unless|except|apart|save|until|till|before|only|nor|neither|either|otherwise|than|over|above|under|below|within|longer|later|more|less|fewer|but|if|whether|ohne|außer|abgesehen|ausgenommen|bevor|bis|nur|erst|weder|noch|sonst|als|über|unter|innerhalb|mehr|weniger|länger|später|sondern|falls|wenn|ob|sofern|soweit|ha(?:ve|s|d) to|need\p{L}*|muss|musst|müssen|brauch\p{L}*|required|obliged|verpflichtet)(?!\p{L})|\?/iu;
const PARTS =
  /[,;:()–—]|(?<!\p{L})(?:and|or|because|although|while|which|who|that|und|oder|weil|obwohl|während|denn|dass)(?!\p{L})/iu;
const FEWEST_WORDS = 2;

/**
 * True when a sentence says the opposite of what passages hold (`clausesOf`), word by word: all its telling words stand in one clause there, and one of
 * the two is negated ("The lease does not end in May" over "The lease ends in May"). English and German only; whatever
 * holds an exception, a limit or a second negation is left alone.
 */
export function isTurnedAround(sentence: string, held: readonly Clause[], language: string | undefined): boolean {
  const not = NOT[language ?? ''];
  if (!not || held.length === 0 || UNSURE.test(sentence)) return false;
  const claims = sentence.split(PARTS).map((part) => clauseOf(part, not));
  if (claims.some(({ count }) => count > 1)) return false;
  return claims.some((claim) => {
    if (claim.words.length < FEWEST_WORDS) return false;
    const alike = held.filter(({ words }) =>
      claim.words.every((word) => words.some((other) => isSameWord(word, other))),
    );
    return alike.length > 0 && alike.every((clause) => isOpposite(claim, clause));
  });
}

/** What is negated must be a word of both: "what is not claimed by May goes to the shop" says that it goes there. */
function isOpposite(claim: Clause, held: Clause): boolean {
  if (held.isUnsure || claim.count === held.count || held.count > 1) return false;
  const [negated, other] = claim.count > 0 ? [claim, held] : [held, claim];
  return negated.negates !== undefined && other.words.some((word) => isSameWord(word, negated.negates!));
}

/** A part of a sentence as it is compared. */
export interface Clause {
  readonly words: readonly string[];
  /** How often it is negated. */
  readonly count: number;
  /** The telling word that the first negation stands before; at the end of a clause the one behind which it stands. */
  readonly negates: string | undefined;
  readonly isUnsure: boolean;
}

/** Small "may" is no month. */
const HELPERS = /(?<!\p{L})(?:[Dd]o|[Dd]oes|[Dd]id|may|can|must|will|shall|should|would)(?!\p{L})/gu;

function clauseOf(text: string, not: RegExp): Clause {
  const said = (part: string) => tellingWords(part.replace(not, ' ').replace(HELPERS, ' '));
  const negations = [...text.matchAll(not)];
  const [first] = negations;
  const behind = first && said(text.slice(first.index))[0];
  return {
    words: said(text),
    count: negations.length,
    negates: behind ?? (first && said(text.slice(0, first.index)).at(-1)),
    isUnsure: UNSURE.test(text),
  };
}

/** The clauses of a passage, made once per answer; [] in other languages than English and German. */
export function clausesOf(text: string, language: string | undefined): Clause[] {
  const not = NOT[language ?? ''];
  if (!not) return [];
  return [...sentencesOf(text, { start: 0, end: text.length })].flatMap(({ start, end }) => {
    const sentence = text.slice(start, end);
    // Whole sentences too: what stands in several clauses of one may be meant together.
    return [...sentence.split(PARTS), sentence].map((part) => clauseOf(part, not));
  });
}
