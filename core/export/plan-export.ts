import type { Passage } from '../document.ts';
import type { TenantReader } from '../tenant.ts';
import { keptDocument } from './kept-document.ts';

/** A run of a document's passages that goes into one part: `from` inclusive, `to` exclusive; piece `piece` of `pieces`. */
export interface PlannedPiece {
  readonly document: number;
  readonly from: number;
  readonly to: number;
  readonly piece: number;
  readonly pieces: number;
  /** Of a family room, which stands `nth` in this export; missing: of the person's own. */
  readonly room?: { readonly id: string; readonly nth: number };
}

/** What goes into which part, as numbers alone. The first part also holds everything that is no document. */
export interface ExportPlan {
  readonly parts: readonly (readonly PlannedPiece[])[];
}

/** A document's own facts, as JSON and in the page, without what grows with it. */
const FACTS_BYTES = 1500;
/** What a ZIP adds per file (two headers, salt, check), and what keys, quotes and tags add per passage. */
const FILE_BYTES = 400;
const PASSAGE_BYTES = 260;

interface Piece extends Omit<PlannedPiece, 'pieces'> {
  readonly bytes: number;
}

/**
 * How many bytes a document takes in an export, in pieces of at most `most` each. Counted before compression, so that a
 * part is never larger than planned. Asked document by document, so that others are served in between.
 */
export function measureDocument(reader: TenantReader, number: number, most: number): Piece[] {
  const document = keptDocument(reader, number);
  if (!document) return [];
  const sources = reader.sourcesOf(number);
  const facts = FACTS_BYTES + FILE_BYTES + 2 * sizeOf(document) + 2 * sizeOf(sources) + 200 * sources.length;
  const pieces: Piece[] = [];
  let [from, bytes] = [0, facts];
  const passages = reader.passagesOf(number);
  for (const [at, passage] of passages.entries()) {
    const size = passageSize(passage);
    if (at > from && bytes + size > most) {
      pieces.push({ document: number, from, to: at, piece: pieces.length + 1, bytes });
      [from, bytes] = [at, facts];
    }
    bytes += size;
  }
  return [...pieces, { document: number, from, to: passages.length, piece: pieces.length + 1, bytes }];
}

/** Fills parts with measured pieces in order; `first` bytes of the first part are taken by everything else. */
export function planParts(documents: readonly (readonly Piece[])[], { most, first }: { most: number; first: number }) {
  const parts: PlannedPiece[][] = [[]];
  let bytes = first;
  for (const pieces of documents) {
    for (const { bytes: size, ...piece } of pieces) {
      if (bytes > 0 && bytes + size > most) {
        parts.push([]);
        bytes = 0;
      }
      parts.at(-1)!.push({ ...piece, pieces: pieces.length });
      bytes += size;
    }
  }
  return { parts } satisfies ExportPlan;
}

/** Once as JSON, once in the page, where "&" and "<" take more. */
function passageSize({ text, heading, page }: Passage): number {
  const marks = text.match(/[&<>"']/g)?.length ?? 0;
  return PASSAGE_BYTES + sizeOf([text, heading, page]) + sizeOf([text, page]) + 5 * marks;
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
