import type { SignalHit } from '../tenant.ts';
import { BestHits } from './best-hits.ts';
import type { BlockCursor } from './posting-block.ts';

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

/**
 * BM25 of the passages of all blocks against a question's grams, best first, at most `limit`. `passages` is how many
 * there are in all. Reads every block once; a gram that turns out to stand in more than half of them is dropped there.
 */
export function scoreLexical(
  blocks: Iterable<BlockCursor>,
  grams: readonly string[],
  { passages, limit }: { passages: number; limit: number },
): SignalHit[] {
  const found = collect(blocks, grams, passages);
  const scores = new Float32Array(passages);
  const average = found.lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, passages);
  const norms = Float32Array.from(found.lengths, (length) => K1 * (1 - B + (B * length) / average));
  for (const { entries, used } of found.postings) {
    if (used === 0) continue;
    const idf = Math.max(LEAST_IDF, Math.log((passages - used + 0.5) / (used + 0.5)));
    for (let i = 0; i < used; i++) {
      const at = entries[i]! >>> 8;
      const count = entries[i]! & 0xff;
      scores[at]! += (idf * count * (K1 + 1)) / (count + norms[at]!);
    }
  }
  const best = new BestHits(limit);
  for (let at = 0; at < passages; at++) if (scores[at]! > 0) best.offer(found.ids[at]!, scores[at]!);
  return best.sorted();
}

/** Where one gram stands: place among all passages times 256 plus how often (255 at most). */
class Postings {
  entries = new Uint32Array(64);
  used = 0;

  push(entry: number): void {
    if (this.used === this.entries.length) {
      const larger = new Uint32Array(2 * this.used);
      larger.set(this.entries);
      this.entries = larger;
    }
    this.entries[this.used++] = entry;
  }
}

function collect(blocks: Iterable<BlockCursor>, grams: readonly string[], passages: number) {
  const terms = [...new Set(grams.map((gram) => gramTerm(gram)))];
  const postings = terms.map(() => new Postings());
  const [lengths, ids] = [new Uint16Array(passages), new Float64Array(passages)];
  const most = passages < SMALL ? passages : passages / 2;
  let base = 0;
  for (const block of blocks) {
    for (let place = 0; place < block.passages; place++) {
      lengths[base + place] = block.lengthOf(place);
      ids[base + place] = block.firstPassage + place;
    }
    for (const [i, term] of terms.entries()) {
      const own = postings[i]!;
      if (own.used > most || !block.toTerm(term)) continue;
      while (block.nextPosting()) own.push((base + block.place) * 256 + Math.min(255, block.count));
    }
    base += block.passages;
  }
  return { postings: postings.map((own) => (own.used > most ? new Postings() : own)), lengths, ids };
}
