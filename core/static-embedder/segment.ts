import { HASH_START, hashByte, type PieceTable } from './piece-table.ts';

/** Stands in front of a word's first piece. */
export const WORD_START = '\u2581';

/** Words as the pieces were made from: NFKC, lower case, split at white space, each with U+2581 in front. */
export function pieceWords(text: string): string[] {
  const folded = text.normalize('NFKC').toLowerCase().replaceAll('i\u0307', 'i');
  return folded
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => WORD_START + word);
}

/**
 * Splits one word into the pieces whose probabilities multiply to the most (Viterbi over bytes, SentencePiece's unigram
 * model). Characters that no piece holds are stepped over at a high price and give no id.
 */
export class Segmenter {
  readonly #table: PieceTable;
  readonly #logP: (id: number) => number;
  readonly #unknown: number;
  readonly #utf8 = new TextEncoder();

  constructor(table: PieceTable, logP: (id: number) => number, unknown: number) {
    this.#table = table;
    this.#logP = logP;
    this.#unknown = unknown;
  }

  /** Ids in the order of the word; may be empty. */
  segment(word: string): number[] {
    const bytes = this.#utf8.encode(word);
    const best = new Float64Array(bytes.length + 1).fill(Number.NEGATIVE_INFINITY);
    const from = new Int32Array(bytes.length + 1);
    const piece = new Int32Array(bytes.length + 1).fill(-1);
    best[0] = 0;
    for (let start = 0; start < bytes.length; start = nextCharacter(bytes, start)) {
      const step = nextCharacter(bytes, start);
      const offer = (to: number, score: number, id: number): void => {
        if (score <= best[to]!) return;
        best[to] = score;
        from[to] = start;
        piece[to] = id;
      };
      offer(step, best[start]! + this.#unknown, -1);
      let hash = HASH_START;
      const limit = Math.min(bytes.length, start + this.#table.longest);
      for (let to = start; to < limit; ) {
        hash = hashByte(hash, bytes[to]!);
        to += 1;
        if (to < bytes.length && isContinuation(bytes[to]!)) continue;
        const id = this.#table.find(bytes, { from: start, to, hash });
        if (id !== -1) offer(to, best[start]! + this.#logP(id), id);
      }
    }
    const ids: number[] = [];
    for (let at = bytes.length; at > 0; at = from[at]!) if (piece[at] !== -1) ids.push(piece[at]!);
    return ids.reverse();
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function nextCharacter(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  while (next < bytes.length && isContinuation(bytes[next]!)) next += 1;
  return next;
}
