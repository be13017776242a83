import { gramsOf } from '../../../core/ask/grams.ts';
import { guessLanguage } from '../../../core/ask/guess-language.ts';
import { packWords } from '../../../core/ask/pack-words.ts';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import type { NewPassage, PackedPassages, PassageDraft } from '../../../core/document.ts';
import { indexWords } from '../../../core/ingest/index-words.ts';
import type { PassageVector } from '../../../core/tenant.ts';
import { seeded } from '../../core/sqlite/sample-documents.ts';
import type { Samples } from '../search/sample-passages.ts';
import { MODEL, randomVector } from '../search/stores.ts';
import { type Compared, onBoth, Rounds, spent, sum } from './figures.ts';
import type { Twin, Twins } from './twins.ts';

const NAME = 'bench.txt';
const DOCUMENT_PASSAGES = 250;
const ROUNDS = 8;
/** Documents of each round whose words are made as the product makes them, from text; for the others they are put together. */
const PREPARED = 2;

/**
 * Fills both sides with the same documents, one right after the other. `store`: what storing a document and its dense
 * vectors takes; `whole`: with what comes before it and needs no store, its words and their index, made from text.
 * Milliseconds per document of 250 passages. Reading a file and embedding come on top of both sides.
 */
export async function ingest(
  twins: Twins,
  { passages, samples, vectors }: { passages: number; samples: Samples; vectors: TokenVectors },
): Promise<Record<'store' | 'whole', Compared>> {
  const [store, whole, random] = [new Rounds(), new Rounds(), seeded(passages)];
  const documents = Math.ceil(passages / DOCUMENT_PASSAGES);
  const perRound = Math.ceil(documents / ROUNDS);
  for (let at = 0; at < documents; at++) {
    const [from, round] = [at * DOCUMENT_PASSAGES, Math.floor(at / perRound)];
    const count = Math.min(DOCUMENT_PASSAGES, passages - from);
    const content = Array.from({ length: count }, (_, i) => ({ ...samples.passage(from + i), position: i }));
    const prepared = at % perRound < PREPARED ? await spent(() => prepare(content, vectors)) : undefined;
    const packed = prepared?.result ?? packedOf(content);
    const dense = content.map((_, i) => ({ passage: from + i + 1, vector: randomVector(random) }));
    const took = await onBoth(at, (side) => keep(twins[side], { source: `$${from}`, packed, dense }));
    store.add(round, took);
    if (prepared) whole.add(round, { sealed: sum(took.sealed, prepared), plain: sum(took.plain, prepared) });
  }
  return { store: store.compared(), whole: whole.compared() };
}

function keep(
  { state, caller }: Twin,
  { source, packed, dense }: { source: string; packed: PackedPassages; dense: readonly PassageVector[] },
): void {
  state.vault.write(caller, (writer) => {
    writer.addDocument({ source, name: NAME, kind: 'txt', bytes: 1, pages: 1, addedAt: 1 }, packed);
    writer.putVectors(MODEL, dense);
  });
}

/** As `prepareDocument` makes them of a file's text. */
function prepare(passages: readonly PassageDraft[], vectors: TokenVectors): PackedPassages {
  const wordsOf = indexWords({ encoder: vectors, gramsOf });
  return packedOf(passages.map((passage) => ({ ...passage, ...wordsOf({ name: NAME }, passage) })));
}

function packedOf(passages: readonly NewPassage[]): PackedPassages {
  const drafts = passages.map(({ grams: _grams, pieces: _pieces, ...draft }) => ({
    ...draft,
    language: guessLanguage(draft.text) ?? '',
  }));
  return { passages: drafts, words: packWords(passages) };
}
