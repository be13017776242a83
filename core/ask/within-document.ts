import type { TenantReader } from '../tenant.ts';

/** Signals are asked for this many hits, of which those of the document are kept. */
const WIDE = 4000;

/**
 * A reader that finds only in one document, for questions asked about a file. Called inside `vault.read`, like the reader
 * itself. A document whose passages rank below thousands of others is found by its word pieces, which are all read.
 */
export function withinDocument(reader: TenantReader, document: number): TenantReader {
  const own = new Set(reader.passagesOf(document).map(({ id }) => id));
  const isOwn = ({ passage }: { readonly passage: number }) => own.has(passage);
  return {
    ...reader,
    lexical: (grams, limit, among) => reader.lexical(grams, WIDE, among).filter(isOwn).slice(0, limit),
    dense: (model, query, limit) => reader.dense(model, query, WIDE).filter(isOwn).slice(0, limit),
    *pieceLists() {
      for (const list of reader.pieceLists()) if (isOwn(list)) yield list;
    },
  };
}
