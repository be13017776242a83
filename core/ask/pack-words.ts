import type { NewPassage, WordBlock } from '../document.ts';
import { gramTerms } from './lexical-score.ts';
import { BLOCK_PASSAGES, GRAMS, PIECES, packBlock } from './posting-block.ts';

type Words = Pick<NewPassage, 'grams' | 'pieces'>;

/** Grams as numbers: a third of what the text of them takes. */
interface Terms {
  readonly grams: Uint32Array;
  readonly pieces: Uint32Array;
}

/**
 * Packs the words of a document's passages as they come, 256 to a block: thousands of passages of grams as text take ten
 * times the memory of the document. Packing here also keeps it out of the transaction that stores them. Used when a
 * document is prepared, and by the store for passages that come with their words.
 */
export class WordPacker {
  readonly #blocks: WordBlock[] = [];
  #waiting: Terms[] = [];

  /** The next passage's words; true when this has packed a block, which takes some tens of milliseconds. */
  add({ grams, pieces }: Words): boolean {
    this.#waiting.push({ grams: gramTerms(grams), pieces });
    if (this.#waiting.length < BLOCK_PASSAGES) return false;
    this.#pack();
    return true;
  }

  /** All blocks, in order; nothing may be added afterwards. */
  finish(): WordBlock[] {
    if (this.#waiting.length > 0) this.#pack();
    return this.#blocks;
  }

  #pack(): void {
    const lengths = Buffer.alloc(2 * this.#waiting.length);
    for (const [place, { grams }] of this.#waiting.entries())
      lengths.writeUInt16LE(Math.min(grams.length, 0xffff), 2 * place);
    const lists = (of: keyof Terms) => this.#waiting.map((terms) => terms[of]);
    this.#blocks.push({ lengths, grams: packBlock(lists('grams'), GRAMS), pieces: packBlock(lists('pieces'), PIECES) });
    this.#waiting = [];
  }
}

/** The blocks of passages that all have their words already. */
export function packWords(words: Iterable<Words>): WordBlock[] {
  const packer = new WordPacker();
  for (const own of words) packer.add(own);
  return packer.finish();
}
