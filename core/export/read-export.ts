import { z } from 'zod';
import { DOCUMENT_KINDS } from '../document.ts';
import { AppError } from '../errors.ts';
import type { ExportedAnswer, ExportedDocument, ExportedSetting, Manifest } from './export-format.ts';
import { checkManifest, damagedExport } from './manifest.ts';

/** One part as given: `open` reads and opens it anew each time, all or nothing, so that no more than one is in memory. */
export interface ExportPart {
  readonly name: string;
  open(): Promise<ReadonlyMap<string, Uint8Array>>;
}

/** An export of which every part was found whole. */
export interface CheckedExport {
  readonly person: string;
  readonly madeAt: number;
  /** Numbers of the documents, ascending, each with what its pieces say of it (without passages) and where they are. */
  readonly documents: readonly FoundDocument[];
  readonly marked: readonly ExportedAnswer[];
  readonly settings: readonly ExportedSetting[];
  /** Questions in family rooms and papers given to them: those rooms are another household's, so they are counted only. */
  readonly inRooms: number;
}

/** A document of an export, and the files that hold its passages. */
export interface FoundDocument {
  readonly about: Omit<ExportedDocument, 'passages' | 'piece'>;
  readonly pieces: readonly { readonly part: ExportPart; readonly file: string }[];
}

const time = z.number().int().nonnegative();
const count = z.number().int().nonnegative();
const document = z.object({
  number: z.number().int().positive(),
  name: z.string(),
  kind: z.enum(DOCUMENT_KINDS),
  ...{ bytes: count, pages: count, addedAt: time, passageCount: count },
  source: z.string().min(1),
  digest: z.string().nullable(),
  note: z.string(),
  sources: z.array(
    z.object({ source: z.string().min(1), addedAt: time, note: z.string(), room: z.string().nullable() }),
  ),
  replacedBy: z.number().int().positive().optional(),
  replacedAt: time.optional(),
  piece: z.number().int().positive(),
  pieces: z.number().int().positive(),
  passages: z.array(
    z.object({
      position: count,
      page: z.string().nullable(),
      heading: z.string(),
      ...{ start: count, end: count },
      text: z.string(),
      language: z.string().optional(),
    }),
  ),
});
const answers = z.array(
  z.object({
    ...{ event: z.string(), question: z.string(), answer: z.string(), at: time, model: z.string().nullable() },
    passages: z.array(z.object({ document: count, position: count })),
  }),
);
const rooms = z.array(z.object({ questions: z.array(z.unknown()), papers: z.array(z.unknown()) }));
const settings = z.array(z.object({ key: z.string(), value: z.string() }));

/**
 * Opens and checks every part of an export before anything is made of it: seals, manifests, the hash of each file, their
 * shapes, that the parts belong together and none is missing. Throws AppError `invalid` that names the part (and the file
 * inside), with the next step; reasons `export-damaged`, `export-foreign`, `export-password`, `export-parts`.
 */
export async function checkExport(parts: readonly ExportPart[]): Promise<CheckedExport> {
  const manifests: Manifest[] = [];
  const found = new Map<number, { piece: ExportedDocument; part: ExportPart; file: string }[]>();
  let [marked, kept, inRooms]: [ExportedAnswer[], ExportedSetting[], number] = [[], [], 0];
  for (const part of parts) {
    const files = await part.open();
    manifests.push(checkManifest(part.name, files));
    for (const file of files.keys()) {
      if (file === 'marked-answers.json') marked = shaped(part.name, { files, file, shape: answers });
      else if (file === 'settings.json') kept = shaped(part.name, { files, file, shape: settings });
      else if (file === 'rooms.json') {
        const found = shaped(part.name, { files, file, shape: rooms });
        inRooms = found.reduce((sum, { questions, papers }) => sum + questions.length + papers.length, 0);
      } else if (file.startsWith('documents/')) {
        const piece = { ...documentIn(part.name, files, file), passages: [] };
        found.set(piece.number, [...(found.get(piece.number) ?? []), { piece, part, file }]);
      }
    }
  }
  const { person, madeAt } = checkTogether(manifests);
  const documents = [...found.values()].map(inOrder).sort(byNumber);
  return { person, madeAt, documents, marked, settings: kept, inRooms };
}

/** A document's piece out of an opened part. Throws AppError `invalid` (`export-damaged`) when it has no such shape. */
export function documentIn(part: string, files: ReadonlyMap<string, Uint8Array>, file: string): ExportedDocument {
  return shaped(part, { files, file, shape: document }) as ExportedDocument;
}

function shaped<T>(
  part: string,
  { files, file, shape }: { files: ReadonlyMap<string, Uint8Array>; file: string; shape: z.ZodType<T> },
): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(files.get(file)));
  } catch {
    throw damagedExport(part, file, 'is no JSON');
  }
  const result = shape.safeParse(value);
  if (!result.success) throw damagedExport(part, file, 'does not have the shape of an export');
  return result.data;
}

function checkTogether(manifests: readonly Manifest[]): Manifest {
  const first = manifests[0];
  if (!first) throw partsError('no part was given', 'Name the files: kinkeeper import <zip>...');
  if (manifests.some((one) => one.export !== first.export)) {
    throw partsError('these parts come from different exports', 'Give the parts of one export at a time.');
  }
  const given = new Set(manifests.map(({ part }) => part));
  const missing = Array.from({ length: first.parts }, (_, at) => at + 1).filter((part) => !given.has(part));
  if (missing.length > 0) {
    throw partsError(
      `part ${missing.join(', ')} of ${first.parts} is missing`,
      'Give all parts of the export together.',
    );
  }
  return first;
}

function partsError(message: string, hint: string): AppError {
  return new AppError('invalid', `${message}; nothing was read`, { reason: 'export-parts', hint });
}

function inOrder(pieces: { piece: ExportedDocument; part: ExportPart; file: string }[]): FoundDocument {
  const sorted = pieces.sort((left, right) => left.piece.piece - right.piece.piece);
  const { passages: _, piece: __, ...about } = sorted[0]!.piece;
  const { part, file } = sorted[0]!;
  // The same part given twice brings the same piece twice.
  const distinct = sorted.filter(({ piece }, at) => piece.piece !== sorted[at - 1]?.piece.piece);
  if (distinct.length !== about.pieces)
    throw damagedExport(part.name, file, 'is a document of which pieces are missing');
  return { about, pieces: distinct.map(({ part: of, file: name }) => ({ part: of, file: name })) };
}

function byNumber(left: FoundDocument, right: FoundDocument): number {
  return left.about.number - right.about.number;
}
