import type { Passage } from '../document.ts';
import { withoutExtension } from '../ingest/clean-name.ts';
import { personName } from '../person-id.ts';
import type { PieceList } from '../tenant.ts';
import { wordsOf } from './grams.ts';
import { guessLanguage } from './guess-language.ts';
import { isSameWord } from './same-word.ts';
import { isSwapped, type Stating, statingClauses } from './swapped-values.ts';
import { tellingWords } from './telling-words.ts';
import type { TokenVectors } from './token-vectors.ts';
import { type Clause, clausesOf, isTurnedAround } from './turned-around.ts';
import { unknownNames } from './unknown-names.ts';
import { type HeldValues, heldValues, type Value, valuesOf } from './values.ts';

/** What sentences are checked against: the passages of the prompt, made ready once per answer by `evidenceOf`. */
export interface Evidence {
  readonly asked: readonly string[];
  /** Language of the answer where a sentence alone does not tell. */
  readonly language: string | undefined;
  readonly passages: readonly ReadPassage[];
  readonly vectors: TokenVectors;
}

interface ReadPassage {
  readonly number: number;
  readonly words: ReadonlySet<string>;
  readonly values: HeldValues;
  readonly language: string | undefined;
  readonly pieces: PieceList;
  readonly clauses: readonly Clause[];
  readonly stating: readonly Stating[];
}

/** `turned`: the passages say the opposite; `swapped`: they say it of something else. */
type Failure = 'unsupported' | 'values' | 'names' | 'turned' | 'swapped';

/** A sentence that stands, with the numbers of the passages that hold it; or why it does not. */
export type Checked =
  | { readonly kind: 'stands'; readonly text: string; readonly cited: readonly number[] }
  | { readonly kind: 'fails'; readonly why: Failure };

/** This part of a sentence's own words in the passages supports it. */
const SHARE = 0.5;
/** This likeness by MaxSim supports it too: the answer may be in another language than the passage. */
const LIKENESS = 0.5;
/** And this much, where the sentence states figures and all of them stand there. */
const LIKENESS_WITH_VALUES = 0.3;

/** Words by which a sentence says where it has something from, instead of anything of it. */
const REPORTING = new Set(
  'according document documents passage passages file files source states stated says said mentions mentioned laut dokument dokuments dokumente dokumenten unterlagen gemäß gemaß textstelle steht angegeben selon document fichier indique según documento documentos archivo indica secondo afferma według dokumentu dokumencie belgeye belgede volgens согласно документу документе'.split(
    ' ',
  ),
);

/** Reads the passages of a prompt for checking. Their numbers count from 1, in order. */
export function evidenceOf(
  passages: readonly Passage[],
  { question, language, vectors }: { question: string; language: string | undefined; vectors: TokenVectors },
): Evidence {
  const ofDocument = ({ document }: Passage) =>
    guessLanguage(
      passages
        .filter((other) => other.document === document)
        .map(({ text }) => text)
        .join('\n'),
    );
  return {
    asked: wordsOf(question),
    language,
    vectors,
    passages: passages.map((passage, index) => {
      const owner = passage.owner === undefined ? '' : personName(passage.owner);
      const text = [owner, passage.documentName, passage.page ?? '', passage.heading, passage.text].join('\n');
      const own = guessLanguage(passage.text);
      return {
        number: index + 1,
        words: new Set(wordsOf(text)),
        // Without the page: its number is a place, not something that stands there.
        values: heldValues(
          [...spokenNames(passage.documentName), passage.heading, passage.text].join('\n'),
          own ?? ofDocument(passage) ?? language,
        ),
        language: own,
        pieces: { passage: index, pieces: vectors.pieces(passage.text) },
        clauses: clausesOf(passage.text, own),
        stating: statingClauses(passage.text),
      };
    }),
  };
}

/** A file name as it stands, and as it is read: a number at its end ("bill_2023.pdf") is one of its own. */
function spokenNames(name: string): string[] {
  return [name, withoutExtension(name).replace(/_/g, ' ')];
}

/**
 * Checks one sentence of an answer, whose marks have the form [n]: every number, date, time, code and name must stand in
 * the passages that it cites, and what it says beyond the question must be theirs. A wrong mark is put right when one
 * passage holds the sentence, and a missing one is added. What is only computed from passages (a difference, a sum) does
 * not stand. Pure.
 */
export function checkSentence(sentence: string, evidence: Evidence): Checked {
  const marked = [...new Set([...sentence.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number)))];
  const bare = sentence.replace(/\s*\[\d+\]/g, '').trim();
  const cited = evidence.passages.filter(({ number }) => marked.includes(number));
  const first = cited.length > 0 ? judge(bare, cited, evidence) : 'unsupported';
  if (first === 'stands') return stands(sentence, bare, { cited: needed(bare, cited, evidence), marked });
  let why = first;
  for (const passage of evidence.passages) {
    const verdict = judge(bare, [passage], evidence, marked.length === 0);
    if (verdict === 'stands') return stands(sentence, bare, { cited: [passage.number], marked });
    if (verdict !== 'unsupported' && why === 'unsupported') why = verdict;
  }
  return { kind: 'fails', why };
}

type Verdict = 'stands' | Failure;

/** `isBare`: nothing was cited, so that repeating the question is no answer. */
function judge(sentence: string, passages: readonly ReadPassage[], evidence: Evidence, isBare = false): Verdict {
  const language = guessLanguage(sentence) ?? evidence.language;
  const values = valuesOf(sentence, language);
  if (!values.every((value) => isHeld(value, passages))) return 'values';
  const held = new Set(passages.flatMap(({ words }) => [...words]));
  const own = ownWords(sentence, evidence.asked);
  const asked = own.length === 0 ? [] : evidence.asked;
  const sameLanguage = passages.every((passage) => passage.language === language);
  const isTranslated = passages.some((passage) => passage.language !== undefined && passage.language !== language);
  if (unknownNames(sentence, { held, asked, language, sameLanguage, isTranslated }).length > 0) return 'names';
  const clauses = passages.flatMap((passage) => passage.clauses);
  if (sameLanguage && isTurnedAround(sentence, clauses, language)) return 'turned';
  const said = { own: statingWords(sentence), asked: tellingWords(evidence.asked.join(' ')) };
  if (
    isSwapped(
      sentence,
      passages.map(({ stating }) => stating),
      said,
    )
  )
    return 'swapped';
  if (own.length === 0 && isBare) return 'unsupported';
  const words = own.length > 0 ? own : statingWords(sentence);
  if (words.length === 0) return values.length > 0 ? 'stands' : 'unsupported';
  if (shareOf(words, held) >= SHARE) return 'stands';
  const likeness =
    evidence.vectors.maxSim(
      words.join(' '),
      passages.map(({ pieces }) => pieces),
      1,
    )[0]?.score ?? 0;
  return likeness >= (values.length > 0 ? LIKENESS_WITH_VALUES : LIKENESS) ? 'stands' : 'unsupported';
}

function isHeld(value: Value, passages: readonly ReadPassage[]): boolean {
  return passages.some(({ values }) => values.has(value));
}

function statingWords(sentence: string): string[] {
  return tellingWords(sentence).filter((word) => !REPORTING.has(word));
}

/** What a sentence says beyond the question. */
function ownWords(sentence: string, asked: readonly string[]): string[] {
  return statingWords(sentence).filter((word) => !asked.some((other) => isSameWord(word, other)));
}

function shareOf(words: readonly string[], held: ReadonlySet<string>): number {
  const all = [...held];
  return words.filter((word) => held.has(word) || all.some((other) => isSameWord(word, other))).length / words.length;
}

/** Of several cited passages those that carry the sentence: all that it needs together, or each that holds it alone. */
function needed(sentence: string, cited: readonly ReadPassage[], evidence: Evidence): number[] {
  if (cited.length === 1) return cited.map(({ number }) => number);
  const alone = cited.filter((passage) => judge(sentence, [passage], evidence) === 'stands');
  return (alone.length > 0 ? alone : cited).map(({ number }) => number);
}

/** The sentence with its marks where they stood; moved to its end when they had to change. */
function stands(sentence: string, bare: string, marks: { cited: number[]; marked: readonly number[] }): Checked {
  const { cited, marked } = marks;
  const isSame = cited.length === marked.length && cited.every((number) => marked.includes(number));
  const end = cited.map((number) => `[${number}]`).join('');
  return { kind: 'stands', text: isSame ? sentence : `${bare} ${end}`, cited };
}
