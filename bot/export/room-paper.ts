import { documentPiece } from '../../core/export/document-file.ts';
import type { ExportedDocument } from '../../core/export/export-format.ts';
import type { PlannedPiece } from '../../core/export/plan-export.ts';
import type { TenantReader } from '../../core/tenant.ts';
import { isNotePage } from '../note-labels.ts';

/** A piece of a paper that a person gave to a family room, as it stands in their export. */
export interface RoomPaper extends ExportedDocument {
  readonly room: string;
}

/**
 * One planned piece of it, for whoever gave it: without the messages and notes of others who gave the same one. undefined
 * when it was forgotten since the plan was made.
 */
export function roomPaper(reader: TenantReader, planned: PlannedPiece, person: string): RoomPaper | undefined {
  const piece = documentPiece(reader, planned);
  const own = piece?.sources.filter(({ source }) => reader.senderOf(source) === person) ?? [];
  const [first] = own;
  if (piece === undefined || first === undefined || planned.room === undefined) return undefined;
  return {
    ...piece,
    room: planned.room.id,
    source: first.source,
    addedAt: first.addedAt,
    note: own.find(({ note }) => note !== '')?.note ?? '',
    sources: own,
    passages: piece.passages.filter(({ page }) => !isNotePage(page)),
  };
}
