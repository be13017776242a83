import type { Passage } from '../document.ts';
import type { SignalHit, TenantReader } from '../tenant.ts';
import { fuseSignals, levelGroups } from './fuse.ts';
import { queryGrams } from './grams.ts';
import { guessLanguage } from './guess-language.ts';
import type { TokenVectors } from './token-vectors.ts';

/** A passage in the order of relevance. `score` is comparable within one question only. */
export interface FoundPassage {
  readonly passage: Passage;
  readonly score: number;
}

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
 * How much each signal counts. Source: nDCG on XQuAD and recall on a household corpus of nine languages (core/DESIGN.md,
 * "Finding"). Without dense vectors: half and half where question and passage share a language; across languages words
 * only find names that happen to be the same, so the token vectors decide alone. With dense vectors one set serves both.
 */
export const SIGNAL_WEIGHTS = {
  sameLanguage: { lexical: 0.5, pieces: 0.5 },
  otherLanguage: { lexical: 0, pieces: 1 },
  withDense: { lexical: 0.15, pieces: 0.15, dense: 0.7 },
} as const;

/** Candidates per signal. Beyond that a signal's scores are noise; min-max needs enough to know its worst. */
export const POOL = 200;
/** Passages handed on; the model's window decides how many are used. */
const MOST_FOUND = 40;

/**
 * Finds passages of one tenant for a question by up to three signals and fuses them. Called inside `vault.read` by
 * answerQuestion. Empty when nothing has a word or a likeness in common with the question.
 */
export function findPassages(
  reader: TenantReader,
  question: string,
  by: { readonly vectors: TokenVectors; readonly dense?: QuestionVector | undefined },
): Findings {
  const grams = queryGrams(question);
  if (grams.length === 0) return { found: [], coverage: 0 };
  const lexical = reader.lexical(grams, POOL);
  const pieces = by.vectors.maxSim(question, reader.pieceLists(), POOL);
  const dense = by.dense ? reader.dense(by.dense.model, by.dense.vector, POOL) : [];
  const ids = new Set([...lexical, ...pieces, ...dense].map((hit) => hit.passage));
  const passages = new Map(reader.passages([...ids]).map((passage) => [passage.id, passage]));
  const waiting = dense.length > 0 ? withoutVector(reader, by.dense!.model) : undefined;
  const fused = fuse({ lexical, pieces, dense }, { weightsOf: wordWeights(question, passages), waiting });
  const found: FoundPassage[] = [];
  for (const { passage: id, score } of fused.slice(0, MOST_FOUND)) {
    const passage = passages.get(id);
    if (passage) found.push({ passage, score });
  }
  return { found, coverage: pieces[0]?.score ?? 0 };
}

type Hits = readonly SignalHit[];

/** What fusing goes by: how words count for each passage, and who has no vector yet (undefined: nobody has). */
interface Weighing {
  readonly weightsOf: WordWeights;
  readonly waiting: ReadonlySet<number> | undefined;
}

/** A passage without a vector must not lose for it: it is weighed by words alone, beside those weighed by all three. */
function fuse({ lexical, pieces, dense }: Record<'lexical' | 'pieces' | 'dense', Hits>, by: Weighing): SignalHit[] {
  const isDeep = (id: number) => by.waiting !== undefined && !by.waiting.has(id);
  const weights = SIGNAL_WEIGHTS.withDense;
  const levelled = levelGroups(pieces, by.weightsOf.languageOf);
  return fuseSignals([
    { hits: lexical, weight: (id) => (isDeep(id) ? weights.lexical : by.weightsOf.words(id).lexical) },
    { hits: levelled, weight: (id) => (isDeep(id) ? 0 : by.weightsOf.words(id).pieces) },
    { hits: pieces, weight: (id) => (isDeep(id) ? weights.pieces : 0) },
    { hits: dense, weight: () => weights.dense },
  ]);
}

/** Passages that the embedder has not come to. More than these wait only after a great import. */
const MOST_WAITING = 2000;

function withoutVector(reader: TenantReader, model: string): ReadonlySet<number> {
  const { embedded, passages } = reader.embeddingDepth(model);
  return new Set(embedded < passages ? reader.passagesToEmbed(model, MOST_WAITING).map(({ id }) => id) : []);
}

interface WordWeights {
  /** How much words and token vectors count for a passage when nothing else does. */
  words(passage: number): { readonly lexical: number; readonly pieces: number };
  /** The passage's language; '' when it does not tell. */
  languageOf(passage: number): string;
}

function wordWeights(question: string, passages: ReadonlyMap<number, Passage>): WordWeights {
  const asked = guessLanguage(question);
  const written = new Map([...passages].map(([id, passage]) => [id, guessLanguage(passage.text)]));
  return {
    words: (id) => {
      const language = written.get(id);
      const differs = asked !== undefined && language !== undefined && language !== asked;
      return differs ? SIGNAL_WEIGHTS.otherLanguage : SIGNAL_WEIGHTS.sameLanguage;
    },
    languageOf: (id) => written.get(id) ?? '',
  };
}
