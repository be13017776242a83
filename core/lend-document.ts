import type { Caller } from './caller.ts';
import { unlessDamaged } from './damaged-store.ts';
import type { DocumentInfo, NewDocument, NewPassage } from './document.ts';
import { AppError } from './errors.ts';
import type { Lending, Share, Shares } from './shares.ts';
import { step } from './step.ts';
import type { PassageVector, TenantReader, Vault, WordsOf } from './tenant.ts';

/** What lending works with. `isNote` tells the page that holds what its owner wrote below a file. */
export interface LendingParts {
  readonly vault: Vault;
  readonly shares: Shares;
  readonly wordsOf: WordsOf;
  readonly isNote: (page: string | null) => boolean;
}

/** Where the one document of a shelf comes from, in place of a message. */
const SOURCE = 'lent';

interface Copy {
  readonly document: NewDocument;
  readonly passages: readonly NewPassage[];
  /** By model; each vector with the place of its passage. */
  readonly vectors: readonly { readonly model: string; readonly vectors: readonly PassageVector[] }[];
}

/**
 * Lends one current document of the caller: a shelf with a key of its own gets a copy of what can be found and shown, with
 * its vectors, without the owner's notes and without a trace of the messages that brought it. All of it is there or
 * nothing. Throws AppError `not-found` (`no-such-document`) and what `Shares.begin` throws.
 */
export function lendDocument(parts: LendingParts, caller: Caller, lending: Lending): Share {
  const { vault, shares } = parts;
  const copy = vault.read(caller, (reader) => copyOf(reader, lending.document, parts));
  if (!copy) {
    const facts = { number: lending.document };
    throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts });
  }
  const { shelf, open } = shares.begin(caller, lending);
  try {
    fill(vault, shelf, copy);
    step('share-filled');
    return open();
  } catch (thrown) {
    shares.close(shelf.tenant);
    throw thrown;
  }
}

/** The document of a shelf; undefined when its file is damaged. Throws AppError `not-found` when the share has ended. */
export function lentDocument(vault: Vault, shelf: Caller): DocumentInfo | undefined {
  return unlessDamaged(() => vault.read(shelf, (reader) => reader.documents()[0]));
}

function copyOf(reader: TenantReader, number: number, { wordsOf, isNote }: LendingParts): Copy | undefined {
  const document = reader.document(number);
  if (!document) return undefined;
  const lent = reader.passagesOf(number).filter(({ page }) => !isNote(page));
  const places = new Map(lent.map(({ id }, place) => [id, place]));
  const { name, kind, bytes, pages, addedAt } = document;
  return {
    document: { source: SOURCE, name, kind, bytes, pages, addedAt },
    passages: lent.map(({ page, heading, start, end, text, language }, position) => ({
      ...{ position, page, heading, start, end, text, language },
      ...wordsOf({ name }, { heading, text }),
    })),
    vectors: reader.embeddingModels().map((model) => ({
      model,
      vectors: reader
        .vectors(model, [...places.keys()])
        .map(({ passage, vector }) => ({ passage: places.get(passage)!, vector: Float32Array.from(vector) })),
    })),
  };
}

function fill(vault: Vault, shelf: Caller, { document, passages, vectors }: Copy): void {
  vault.write(shelf, (writer) => {
    const { number } = writer.addDocument(document, passages);
    const ids = writer.passagesOf(number).map(({ id }) => id);
    for (const { model, vectors: own } of vectors) {
      if (own.length === 0) continue;
      writer.putVectors(
        model,
        own.map(({ passage, vector }) => ({ passage: ids[passage]!, vector })),
      );
    }
  });
}
