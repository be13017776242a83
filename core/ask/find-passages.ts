import type { SignalHit, TenantReader } from '../tenant.ts';
import type { FoundPassage } from './found-passage.ts';
import { fuseSignals, levelGroups } from './fuse.ts';
import { queryGrams } from './grams.ts';
import { type Languages, languagesOf } from './passage-languages.ts';
import { preferencesOf } from './preferences.ts';
import { spreadOut } from './spread.ts';
import { stopWordsIn, withoutStopWords } from './stop-words-in.ts';
import { askedTime } from './time-words.ts';
import type { TokenVectors } from './token-vectors.ts';

/** What was found for a question, and how much of the question its best passage holds. */
export interface Findings {
  readonly found: readonly FoundPassage[];
  /** Normalised MaxSim of the best passage: 0 = nothing alike, 1 = every word of the question stands in it. */
  readonly coverage: number;
}

/** The question's vector and the model that made it. */
export interface QuestionVector {
  readonly model: string;
  readonly vector: Float32Array;
}

/**
 * How much each signal counts, by whether question and passage share a language. Source: recall on a household corpus of
 * nine languages, checked on each half of its documents, and nDCG on XQuAD (core/DESIGN.md, "Finding"). Across languages
 * words only find names and numbers that happen to be the same. Those sums are above 1 on purpose: a passage in
 * another language has fewer ways to score, and what stands out there must not drown in the question's own language.
 */
export const SIGNAL_WEIGHTS = {
  builtIn: {
    same: { lexical: 0.5, pieces: 0.5, dense: 0 },
    other: { lexical: 0.2, pieces: 1.1, dense: 0 },
  },
  withDense: {
    same: { lexical: 0.3, pieces: 0.2, dense: 0.5 },
    other: { lexical: 0.15, pieces: 0.2, dense: 0.75 },
  },
} as const;

/**
 * Weights with dense vectors for a question whose own words hardly stand anywhere ("who would raise the kids?" over a will
 * that names guardians): words that happen to be alike must not lead it astray. A passage in another language is weighed a
 * little above the others here too.
 */
const IN_OTHER_WORDS = {
  same: { lexical: 0.1, pieces: 0.2, dense: 0.8 },
  other: { lexical: 0.1, pieces: 0.2, dense: 0.85 },
} as const;
/** Those count fully up to the first of these MaxSim scores of the best passage, and not at all from the second on. */
const [STRANGE, FAMILIAR] = [0.4, 0.7];
/**
 * Taken off such a question's passage for each one before it that is like it in being of the question's language or not:
 * nothing tells which of the two holds the answer, so that the first places are shared.
 */
const SAME_SIDE = 0.05;

/** Candidates per signal. Levelling needs enough of them to see what is usual in each language. */
export const POOL = 400;
/** Passages handed on; the model's window decides how many are used. */
const MOST_FOUND = 40;

/**
 * Finds passages of one tenant for a question by up to three signals and fuses them. Called inside `vault.read` by
 * answerQuestion. Empty when nothing has a word or a likeness in common with the question.
 */
export function findPassages(
  reader: TenantReader,
  question: string,
  by: {
    readonly vectors: TokenVectors;
    readonly dense?: QuestionVector | undefined;
    /** When the question is asked, in milliseconds since 1970, for "last year". */
    readonly now: number;
  },
): Findings {
  const asked = askedTime(question, by.now);
  const grams = gramsSought(question, by);
  if (grams.length === 0) return { found: [], coverage: 0 };
  const lexical = reader.lexical(grams, POOL);
  const pieces = by.vectors.maxSim(question, reader.pieceLists(), POOL, { light: stopWordsIn(question) });
  const dense = by.dense ? reader.dense(by.dense.model, by.dense.vector, POOL) : [];
  const ids = new Set([...lexical, ...pieces, ...dense].map((hit) => hit.passage));
  const passages = new Map(reader.passages([...ids]).map((passage) => [passage.id, passage]));
  const waiting = dense.length > 0 ? withoutVector(reader, by.dense!.model) : undefined;
  const languages = languagesOf(question, passages.values());
  const fused = fuse({ lexical, pieces, dense }, { languages, waiting });
  const preference = preferencesOf(question, asked, [...passages.values()]);
  const candidates: FoundPassage[] = [];
  for (const { passage: id, score } of fused) {
    const passage = passages.get(id);
    if (passage) candidates.push({ passage, score: score + preference(passage) });
  }
  candidates.sort((a, b) => b.score - a.score || a.passage.id - b.passage.id);
  const coverage = pieces[0]?.score ?? 0;
  const apart = { groupOf: languages.match, cost: SAME_SIDE * strangeness(coverage) };
  return { found: spreadOut(candidates, MOST_FOUND, apart), coverage };
}

/**
 * The grams that `findPassages` asks for: the question's own, and the years that its time words mean. Where words are all
 * there is to go by, stop words are not looked for: over few papers "when does" is as rare as what was asked about. Beside
 * dense vectors, where words count less, they help a little (core/DESIGN.md, "Finding").
 */
export function gramsSought(
  question: string,
  { dense, now }: { readonly dense?: QuestionVector | undefined; readonly now: number },
): string[] {
  const words = dense ? question : withoutStopWords(question);
  return queryGrams([words, ...askedTime(question, now).years].join(' '));
}

type Hits = readonly SignalHit[];

/** What fusing goes by: languages, and who has no vector yet (undefined: nobody has one). */
interface Weighing {
  readonly languages: Languages;
  readonly waiting: ReadonlySet<number> | undefined;
}

/** A passage without a vector must not lose for it: it is weighed by words alone, beside those weighed by all three. */
function fuse({ lexical, pieces, dense }: Record<'lexical' | 'pieces' | 'dense', Hits>, by: Weighing): SignalHit[] {
  const isDeep = (id: number) => by.waiting !== undefined && !by.waiting.has(id);
  const strange = strangeness(pieces[0]?.score ?? 0);
  const weight = (id: number) => {
    const match = by.languages.match(id);
    return isDeep(id)
      ? mixed(SIGNAL_WEIGHTS.withDense[match], IN_OTHER_WORDS[match], strange)
      : SIGNAL_WEIGHTS.builtIn[match];
  };
  const levelled = levelGroups(pieces, by.languages.of);
  return fuseSignals([
    { hits: lexical, weight: (id) => weight(id).lexical },
    { hits: levelled, weight: (id) => (isDeep(id) ? 0 : weight(id).pieces) },
    { hits: pieces, weight: (id) => (isDeep(id) ? weight(id).pieces : 0) },
    { hits: dense, weight: (id) => weight(id).dense },
  ]);
}

type Weights = Readonly<Record<'lexical' | 'pieces' | 'dense', number>>;

/** How strange a question's words are to all passages, 0..1, by the MaxSim of the best one. */
function strangeness(coverage: number): number {
  return Math.min(1, Math.max(0, (FAMILIAR - coverage) / (FAMILIAR - STRANGE)));
}

function mixed(usual: Weights, inOtherWords: Weights, strange: number): Weights {
  const mix = (signal: keyof Weights) => (1 - strange) * usual[signal] + strange * inOtherWords[signal];
  return { lexical: mix('lexical'), pieces: mix('pieces'), dense: mix('dense') };
}

/** Passages that the embedder has not come to. More than these wait only after a great import. */
const MOST_WAITING = 2000;

function withoutVector(reader: TenantReader, model: string): ReadonlySet<number> {
  const { embedded, passages } = reader.embeddingDepth(model);
  return new Set(embedded < passages ? reader.passagesToEmbed(model, MOST_WAITING).map(({ id }) => id) : []);
}
