import type { z } from 'zod';
import { AppError } from '../errors.ts';
import type { ExportedAnswer, ExportedDocument, ExportedSetting, Manifest } from './export-format.ts';
import { answersShape, documentShape, roomsShape, settingsShape } from './export-shapes.ts';
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
  /** How many documents have no whole text in it: they were forgotten while the parts were made, one after the other. */
  readonly incomplete: number;
}

/** A document of an export, and the files that hold its passages. */
export interface FoundDocument {
  readonly about: Omit<ExportedDocument, 'passages' | 'piece'>;
  readonly pieces: readonly { readonly part: ExportPart; readonly file: string }[];
}

/**
 * Opens and checks every part of an export before anything is made of it: seals, manifests, the hash of each file, their
 * shapes, that the parts belong together and none is missing. A document whose pieces are not all there is left out. Throws AppError `invalid` that names the part (and the file
 * inside), with the next step; reasons `export-damaged`, `export-foreign`, `export-password`, `export-parts`.
 */
export async function checkExport(parts: readonly ExportPart[]): Promise<CheckedExport> {
  const manifests: Manifest[] = [];
  const found = new Map<number, FoundPiece[]>();
  let [marked, kept, inRooms]: [ExportedAnswer[], ExportedSetting[], number] = [[], [], 0];
  for (const part of parts) {
    const files = await part.open();
    manifests.push(checkManifest(part.name, files));
    for (const file of files.keys()) {
      if (file === 'marked-answers.json') marked = shaped(part.name, { files, file, shape: answersShape });
      else if (file === 'settings.json') kept = shaped(part.name, { files, file, shape: settingsShape });
      else if (file === 'rooms.json') {
        const rooms = shaped(part.name, { files, file, shape: roomsShape });
        inRooms = rooms.reduce((sum, { questions, papers }) => sum + questions.length + papers.length, 0);
      } else if (file.startsWith('documents/')) {
        const { passages, ...piece } = documentIn(part.name, files, file);
        const [first, last] = [passages[0]?.position, passages.at(-1)?.position];
        found.set(piece.number, [...(found.get(piece.number) ?? []), { piece, first, last, part, file }]);
      }
    }
  }
  const { person, madeAt } = checkTogether(manifests);
  const documents = [...found.values()].flatMap(inOrder).sort(byNumber);
  checkReferences(documents);
  return { person, madeAt, documents, marked, settings: kept, inRooms, incomplete: found.size - documents.length };
}

/** A piece without its passages, of which the first and last position are left. */
interface FoundPiece {
  readonly piece: Omit<ExportedDocument, 'passages'>;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly part: ExportPart;
  readonly file: string;
}

/** A document's piece out of an opened part. Throws AppError `invalid` (`export-damaged`) when it has no such shape. */
export function documentIn(part: string, files: ReadonlyMap<string, Uint8Array>, file: string): ExportedDocument {
  return shaped(part, { files, file, shape: documentShape }) as ExportedDocument;
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

/** A document of all its pieces; [] when some are missing. */
function inOrder(pieces: FoundPiece[]): FoundDocument[] {
  const sorted = pieces.sort((left, right) => left.piece.piece - right.piece.piece);
  const { piece: _, ...about } = sorted[0]!.piece;
  // The same part given twice brings the same piece twice.
  const distinct = sorted.filter(({ piece }, at) => piece.piece !== sorted[at - 1]?.piece.piece);
  if (distinct.length !== about.pieces) return [];
  for (const [at, { first, part, file }] of distinct.entries()) {
    const before = distinct[at - 1]?.last;
    if (first !== undefined && before !== undefined && first <= before)
      throw damagedExport(part.name, file, 'holds a passage at the place of another');
  }
  return [{ about, pieces: distinct.map(({ part, file }) => ({ part, file })) }];
}

/** One message brings one document, and no version was replaced by itself in a circle. */
function checkReferences(documents: readonly FoundDocument[]): void {
  const byNumber = new Map(documents.map((found) => [found.about.number, found]));
  const sources = new Set<string>();
  for (const found of documents) {
    const { part, file } = found.pieces[0]!;
    for (const { source } of found.about.sources) {
      if (sources.has(source)) throw damagedExport(part.name, file, 'names a message that another document names');
      sources.add(source);
    }
    let steps = 0;
    for (let next = successor(byNumber, found); next !== undefined; next = successor(byNumber, next))
      if (++steps > documents.length) throw damagedExport(part.name, file, 'was replaced by itself');
  }
}

function successor(byNumber: ReadonlyMap<number, FoundDocument>, { about }: FoundDocument): FoundDocument | undefined {
  return about.replacedBy === undefined ? undefined : byNumber.get(about.replacedBy);
}

function byNumber(left: FoundDocument, right: FoundDocument): number {
  return left.about.number - right.about.number;
}
