import type { Caller } from '../caller.ts';
import { errorCode } from '../errors.ts';
import type { PassageSearch, SearchHits, SearchRequest } from '../passage-search.ts';
import type { Embedder } from '../question.ts';
import type { TenantReader, Vault } from '../tenant.ts';
import { type Findings, findPassages, gramsSought, POOL, type QuestionVector } from './find-passages.ts';
import type { TokenVectors } from './token-vectors.ts';
import { withinDocument } from './within-document.ts';

/** What finding is done with. `index`: where words and dense vectors are looked up instead of in the tenant's own file. */
export interface SearchParts {
  readonly vault: Vault;
  readonly vectors: TokenVectors;
  readonly index?: PassageSearch | undefined;
  /** The embedder of today: an index elsewhere holds the vectors of no other. */
  readonly embedder?: Embedder | undefined;
}

/** A question as it is looked for. */
export interface AskedQuestion {
  readonly question: string;
  readonly dense: QuestionVector | undefined;
  /** When it is asked, in milliseconds since 1970, for "last year". */
  readonly now: number;
  /** Number of the only document to look in; undefined for all. */
  readonly within?: number | undefined;
}

/**
 * Finds passages for a question, with the help of an index elsewhere where there is one. The tenant's file stays the
 * truth and can answer alone: when the index cannot, it does, and nobody has to wait. Called by answerQuestion.
 */
export async function searchPassages(caller: Caller, asked: AskedQuestion, parts: SearchParts): Promise<Findings> {
  const { question, dense, now, within } = asked;
  const isIndexed = parts.embedder === undefined || dense?.model === parts.embedder.model;
  const request: SearchRequest = {
    grams: gramsSought(question, { dense, now }),
    dense: isIndexed ? dense : undefined,
    limit: POOL,
  };
  // What is asked about one file is a matter of a few hundred passages: the file looks them up itself.
  const isForIndex = within === undefined && request.grams.length > 0;
  const hits = parts.index && isForIndex ? await found(parts.index, caller, request) : undefined;
  return parts.vault.read(caller, (reader) => {
    const own = within === undefined ? reader : withinDocument(reader, within);
    return findPassages(hits ? withHits(own, request, hits) : own, question, { vectors: parts.vectors, dense, now });
  });
}

/** undefined when the index cannot be used now; it tells the admins itself. */
async function found(index: PassageSearch, caller: Caller, request: SearchRequest): Promise<SearchHits | undefined> {
  try {
    return await index.search(caller, request);
  } catch (thrown) {
    if (errorCode(thrown) !== 'unavailable') throw thrown;
    return undefined;
  }
}

/**
 * A reader that answers what was asked of the index with what the index found. Texts come with the hits, but only of
 * documents that the file still knows: what was forgotten meanwhile is gone, whatever the index says.
 */
function withHits(reader: TenantReader, request: SearchRequest, hits: SearchHits): TenantReader {
  const brought = new Map(hits.passages.map((passage) => [passage.id, passage]));
  const known = new Set(reader.documents().map(({ number }) => number));
  const isKnown = ({ passage }: { passage: number }) => known.has(brought.get(passage)?.document ?? 0);
  return {
    ...reader,
    lexical: (grams, limit) =>
      sameGrams(grams, request.grams) ? hits.lexical.filter(isKnown).slice(0, limit) : reader.lexical(grams, limit),
    dense: (model, query, limit) =>
      model === request.dense?.model && query === request.dense.vector
        ? hits.dense.filter(isKnown).slice(0, limit)
        : reader.dense(model, query, limit),
    passages: (ids) => {
      const others = new Map(reader.passages(ids.filter((id) => !brought.has(id))).map((one) => [one.id, one]));
      return ids.flatMap((id) => brought.get(id) ?? others.get(id) ?? []).filter(({ document }) => known.has(document));
    },
  };
}

function sameGrams(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((gram, i) => gram === others[i]);
}
