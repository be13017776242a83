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
const POOL = 200;
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
  const lexical = reader.lexical(queryGrams(question), POOL);
  const pieces = by.vectors.maxSim(question, reader.pieceLists(), POOL);
  const dense = by.dense ? reader.dense(by.dense.model, by.dense.vector, POOL) : [];
  const ids = new Set([...lexical, ...pieces, ...dense].map((hit) => hit.passage));
  const passages = new Map(reader.passages([...ids]).map((passage) => [passage.id, passage]));
  const fused =
    dense.length > 0 ? fuseWithDense({ lexical, pieces, dense }) : fuseWords({ lexical, pieces }, question, passages);
  const found: FoundPassage[] = [];
  for (const { passage: id, score } of fused.slice(0, MOST_FOUND)) {
    const passage = passages.get(id);
    if (passage) found.push({ passage, score });
  }
  return { found, coverage: pieces[0]?.score ?? 0 };
}

type Hits = readonly SignalHit[];

function fuseWithDense({ lexical, pieces, dense }: Record<'lexical' | 'pieces' | 'dense', Hits>): SignalHit[] {
  const weights = SIGNAL_WEIGHTS.withDense;
  return fuseSignals([
    { hits: lexical, weight: () => weights.lexical },
    { hits: pieces, weight: () => weights.pieces },
    { hits: dense, weight: () => weights.dense },
  ]);
}

function fuseWords(
  { lexical, pieces }: Record<'lexical' | 'pieces', Hits>,
  question: string,
  passages: ReadonlyMap<number, Passage>,
): SignalHit[] {
  const asked = guessLanguage(question);
  const written = new Map([...passages].map(([id, passage]) => [id, guessLanguage(passage.text)]));
  const weightsOf = (id: number) => {
    const language = written.get(id);
    const differs = asked !== undefined && language !== undefined && language !== asked;
    return differs ? SIGNAL_WEIGHTS.otherLanguage : SIGNAL_WEIGHTS.sameLanguage;
  };
  const levelled = levelGroups(pieces, (id) => written.get(id) ?? '');
  return fuseSignals([
    { hits: lexical, weight: (id) => weightsOf(id).lexical },
    { hits: levelled, weight: (id) => weightsOf(id).pieces },
  ]);
}
