import type { GramCounts, SignalHit } from '../tenant.ts';
import { BestHits } from './best-hits.ts';
import { type BucketRuns, gatherPostings } from './gather-postings.ts';
import { bucketOf, GRAMS } from './posting-block.ts';

// BM25 as FTS5 and most others have it: Robertson, Zaragoza, "The Probabilistic Relevance Framework", 2009.
const K1 = 1.2;
const B = 0.75;
/** What a gram weighs that more than half of the passages hold, as in FTS5: it never counts against a passage. */
const LEAST_IDF = 1e-6;
/** Below this a tenant is small enough to count every gram, so that also a lone common word finds its passages. */
const SMALL = 1000;

/** Number of a gram in the posting blocks: FNV-1a over its UTF-16 units, then mixed so that the high bits are spread (MurmurHash3's finaliser). */
export function gramTerm(grams: string, from = 0, to = grams.length): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ grams.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The terms of grams separated by blanks, as `NewPassage.grams` holds them; repeats stay. */
export function gramTerms(grams: string): Uint32Array {
  const terms = new Uint32Array((grams.length >> 1) + 1);
  let count = 0;
  for (let from = 0; from < grams.length; ) {
    const blank = grams.indexOf(' ', from);
    const to = blank === -1 ? grams.length : blank;
    if (to > from) terms[count++] = gramTerm(grams, from, to);
    from = to + 1;
  }
  return terms.slice(0, count);
}

/** The passages of one block, for scoring: how many grams each has, repeats counted (u16, little endian). */
export interface GramBlock {
  readonly first: number;
  readonly lengths: Uint8Array;
}

/** Where the grams of all blocks lie: the blocks, and of one bucket the runs of all blocks that have one (posting-block.ts). */
export interface GramIndex {
  readonly blocks: readonly GramBlock[];
  runs(bucket: number): BucketRuns;
}

/**
 * BM25 of all passages against a question's grams, best first, at most `limit`; `among` as in `PassageIndex.lexical`. Called
 * by stores.
 */
export function scoreLexical(
  index: GramIndex,
  grams: readonly string[],
  { limit, among }: { readonly limit: number; readonly among?: GramCounts | undefined },
): SignalHit[] {
  const { lengths, ids, bases } = layOut(index.blocks);
  const passages = among?.passages ?? ids.length;
  const scores = new Float32Array(ids.length);
  const { norms, once } = saturation(lengths, among ?? { passages, length: sumOf(lengths) });
  const most = passages < SMALL ? passages : passages / 2;
  const holding = among && new Map([...among.holding].map(([gram, count]) => [gramTerm(gram), count]));
  for (const { term, entries, used } of collect(index, grams, bases)) {
    const held = holding?.get(term) ?? used;
    if (held > most) continue;
    const idf = Math.max(LEAST_IDF, Math.log((passages - held + 0.5) / (held + 0.5)));
    for (let i = 0; i < used; i++) {
      const at = entries[i]! >>> 8;
      const count = entries[i]! & 0xff;
      scores[at]! += idf * (count === 1 ? once[at]! : (count * (K1 + 1)) / (count + norms[at]!));
    }
  }
  const best = new BestHits(limit);
  for (let at = 0; at < ids.length; at++) {
    const score = scores[at]!;
    if (score > 0 && score > best.floor) best.offer(ids[at]!, score);
  }
  return best.sorted();
}

/** How often grams stand in all passages of an index. Called by stores. */
export function countGrams(index: GramIndex, grams: readonly string[]): GramCounts {
  const { lengths, bases } = layOut(index.blocks);
  const byTerm = new Map([...collect(index, grams, bases)].map(({ term, used }) => [term, used]));
  const holding = new Map(grams.map((gram) => [gram, byTerm.get(gramTerm(gram)) ?? 0]));
  return { passages: lengths.length, length: sumOf(lengths), holding };
}

/** What a passage's length makes of a gram that stands in it `count` times: count (k1 + 1) / (count + norm); `once` holds it for one. */
function saturation(
  lengths: Uint16Array,
  { passages, length }: { readonly passages: number; readonly length: number },
): { norms: Float32Array; once: Float64Array } {
  const average = length / Math.max(1, passages);
  const [norms, once] = [new Float32Array(lengths.length), new Float64Array(lengths.length)];
  for (let at = 0; at < lengths.length; at++) {
    norms[at] = K1 * (1 - B + (B * lengths[at]!) / average);
    once[at] = (K1 + 1) / (1 + norms[at]!);
  }
  return { norms, once };
}

/** Passages get places one after another, in the order of the blocks. */
function layOut(blocks: readonly GramBlock[]) {
  const passages = blocks.reduce((sum, block) => sum + block.lengths.length / 2, 0);
  const [lengths, ids] = [new Uint16Array(passages), new Float64Array(passages)];
  const bases = new Map<number, number>();
  let at = 0;
  for (const { first, lengths: own } of blocks) {
    bases.set(first, at);
    for (let place = 0; 2 * place < own.length; place++, at++) {
      lengths[at] = own[2 * place]! | (own[2 * place + 1]! << 8);
      ids[at] = first + place;
    }
  }
  return { lengths, ids, bases };
}

function sumOf(lengths: Uint16Array): number {
  let sum = 0;
  for (let at = 0; at < lengths.length; at++) sum += lengths[at]!;
  return sum;
}

/** The postings of each gram: one bucket after the other, those of all blocks in one go. */
function* collect(
  index: GramIndex,
  grams: readonly string[],
  bases: ReadonlyMap<number, number>,
): Generator<{ readonly term: number; readonly entries: Uint32Array; readonly used: number }> {
  const wanted = Map.groupBy(new Set(grams.map((gram) => gramTerm(gram))), (term) => bucketOf(term, GRAMS));
  for (const [bucket, unsorted] of wanted) {
    const terms = unsorted.sort((a, b) => a - b);
    const found = gatherPostings(index.runs(bucket), { bucket, terms, bases });
    for (const [i, { entries, used }] of found.entries()) yield { term: terms[i]!, entries, used };
  }
}
