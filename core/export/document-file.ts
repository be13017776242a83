import type { Passage, ReplacedDocument } from '../document.ts';
import type { TenantReader } from '../tenant.ts';
import type { ExportedDocument, ExportedPassage } from './export-format.ts';
import { keptDocument } from './kept-document.ts';
import type { PlannedPiece } from './plan-export.ts';

/** One planned piece of a document; undefined when it was forgotten since the plan was made. */
export function documentPiece(reader: TenantReader, planned: PlannedPiece): ExportedDocument | undefined {
  const { document: number, from, to, piece, pieces } = planned;
  const kept = keptDocument(reader, number);
  if (!kept) return undefined;
  const { name, kind, bytes, pages, addedAt, source, digest = null, note = '', passages } = kept;
  const sources = reader.sourcesOf(number).map((one) => ({
    source: one.source,
    addedAt: one.addedAt,
    note: one.note ?? '',
    room: reader.roomOf(one.source) ?? null,
  }));
  const { replacedBy, replacedAt } = kept as Partial<ReplacedDocument>;
  // A note that came since stands behind the last passage that was planned.
  const last = piece === pieces ? undefined : to;
  return {
    ...{ number, name, kind, bytes, pages, addedAt, source, digest, note, passageCount: passages, sources },
    ...(replacedBy === undefined || replacedAt === undefined ? {} : { replacedBy, replacedAt }),
    ...{ piece, pieces },
    passages: reader.passagesOf(number).slice(from, last).map(exportedPassage),
  };
}

/** The name of a piece's file: numbers alone. */
export function documentFileName({ document, piece, pieces, room }: PlannedPiece): string {
  const number = String(document).padStart(4, '0');
  return `${room === undefined ? 'documents' : `room-papers/${room.nth}`}/${number}${pieces > 1 ? `-${piece}` : ''}.json`;
}

function exportedPassage({ position, page, heading, start, end, text, language }: Passage): ExportedPassage {
  return { position, page, heading, start, end, text, ...(language === undefined ? {} : { language }) };
}
