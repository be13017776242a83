import type { Caller, PersonId } from '../caller.ts';
import type { Passage } from '../document.ts';
import { errorCode } from '../errors.ts';
import type { GramCounts, PieceBlock, PieceList, PieceLists, SignalHit, TenantReader, Vault } from '../tenant.ts';

/** A store that is searched besides the asker's own: one lent document, and whose it is. */
export interface LentStore {
  readonly caller: Caller;
  readonly owner: PersonId;
}

/** Ids and numbers of the n-th lent store start at n times this: the asker's own stay as they are, and none meets another. */
const STORE = 2 ** 40;

/** True for numbers and ids that a pooled reader gave out for something lent. */
export function isLent(id: number): boolean {
  return id >= STORE;
}

/** The place (from 0) in the list of lent stores that an id or number belongs to; -1 for the asker's own. */
export function lentPlace(id: number): number {
  return Math.floor(id / STORE) - 1;
}

interface Store {
  readonly reader: TenantReader;
  readonly base: number;
  readonly owner: PersonId | undefined;
}

/**
 * Lends one reader over a caller's own store and what was lent to them, for finding: the signals of all stores as of one
 * pool, on one scale. Each store is still opened through the vault for its own caller, and has no cache in common with
 * another. A share that ended meanwhile is passed over. Writing, chat memory and settings are the caller's own alone.
 */
export function readPooled<T>(
  vault: Vault,
  { caller, lent }: { readonly caller: Caller; readonly lent: readonly LentStore[] },
  fn: (reader: TenantReader) => T,
): T {
  if (lent.length === 0) return vault.read(caller, fn);
  return vault.read(caller, (own) => {
    const opened: Store[] = [{ reader: own, base: 0, owner: undefined }];
    return withLent(vault, lent, { at: 0, opened, fn });
  });
}

function withLent<T>(
  vault: Vault,
  lent: readonly LentStore[],
  { at, opened, fn }: { at: number; opened: readonly Store[]; fn: (reader: TenantReader) => T },
): T {
  const next = lent[at];
  if (!next) return fn(opened.length === 1 ? opened[0]!.reader : pooled(opened));
  let isOpen = false;
  try {
    return vault.read(next.caller, (reader) => {
      isOpen = true;
      const store = { reader, base: (at + 1) * STORE, owner: next.owner };
      return withLent(vault, lent, { at: at + 1, opened: [...opened, store], fn });
    });
  } catch (thrown) {
    if (isOpen || errorCode(thrown) !== 'not-found') throw thrown;
    return withLent(vault, lent, { at: at + 1, opened, fn });
  }
}

function pooled(stores: readonly Store[]): TenantReader {
  const own = stores[0]!.reader;
  const storeOf = (id: number) => stores.find(({ base }) => base === Math.floor(id / STORE) * STORE);
  const best = (hits: (store: Store) => SignalHit[], limit: number) =>
    stores
      .flatMap((store) => hits(store).map(({ passage, score }) => ({ passage: passage + store.base, score })))
      .sort((a, b) => b.score - a.score || a.passage - b.passage)
      .slice(0, limit);
  const gramCounts = (grams: readonly string[]) => sumOf(stores.map(({ reader }) => reader.gramCounts(grams)));
  return {
    ...own,
    gramCounts,
    lexical: (grams, limit, among = gramCounts(grams)) =>
      best(({ reader }) => reader.lexical(grams, limit, among), limit),
    dense: (model, query, limit) => best(({ reader }) => reader.dense(model, query, limit), limit),
    pieceLists: () => pooledLists(stores),
    documents: () =>
      stores.flatMap(({ reader, base }) =>
        reader.documents().map((document) => ({ ...document, number: document.number + base })),
      ),
    passagesOf: (number) => {
      const store = storeOf(number);
      return store ? store.reader.passagesOf(number - store.base).map((passage) => placed(passage, store)) : [];
    },
    passages: (ids) =>
      ids.flatMap((id) => {
        const store = storeOf(id);
        return store ? store.reader.passages([id - store.base]).map((passage) => placed(passage, store)) : [];
      }),
    passageCount: () => stores.reduce((sum, { reader }) => sum + reader.passageCount(), 0),
    embeddingDepth: (model) => {
      const depths = stores.map(({ reader }) => reader.embeddingDepth(model));
      const sum = (of: 'embedded' | 'passages') => depths.reduce((all, depth) => all + depth[of], 0);
      return { embedded: sum('embedded'), passages: sum('passages') };
    },
    passagesToEmbed: (model, limit) =>
      stores.flatMap((store) => store.reader.passagesToEmbed(model, limit).map((passage) => placed(passage, store))),
  };
}

function placed(passage: Passage, { base, owner }: Store): Passage {
  if (base === 0) return passage;
  return { ...passage, id: passage.id + base, document: passage.document + base, owner };
}

function sumOf(counts: readonly GramCounts[]): GramCounts {
  const holding = new Map<string, number>();
  for (const one of counts) for (const [gram, held] of one.holding) holding.set(gram, (holding.get(gram) ?? 0) + held);
  const sum = (of: 'passages' | 'length') => counts.reduce((all, one) => all + one[of], 0);
  return { passages: sum('passages'), length: sum('length'), holding };
}

function pooledLists(stores: readonly Store[]): PieceLists {
  const each = stores.map(({ reader, base }) => (base === 0 ? reader.pieceLists() : movedLists(reader, base)));
  return {
    stores: () => each,
    *[Symbol.iterator]() {
      for (const lists of each) yield* lists;
    },
  };
}

/** The word pieces of one store under the pool's ids. */
function movedLists(reader: TenantReader, base: number): PieceLists {
  const lists = reader.pieceLists();
  return {
    ...(lists.byPiece && {
      byPiece: () => {
        const { vocabulary, blocks } = lists.byPiece!();
        return { vocabulary, blocks: movedBlocks(blocks, base) };
      },
    }),
    *[Symbol.iterator](): Generator<PieceList> {
      for (const { passage, pieces } of lists) yield { passage: passage + base, pieces };
    },
  };
}

function* movedBlocks(blocks: Iterable<PieceBlock>, base: number): Generator<PieceBlock> {
  for (const block of blocks) {
    yield {
      passages: block.passages,
      firstPassage: block.firstPassage + base,
      placesOf: (piece, into) => block.placesOf(piece, into),
    };
  }
}
