import { setImmediate } from 'node:timers/promises';
import type { Caller } from '../../core/caller.ts';
import { documentFileName, documentPiece } from '../../core/export/document-file.ts';
import {
  type ExportedDocument,
  type ExportFile,
  INDEX_PAGE,
  jsonFile,
  MANIFEST,
} from '../../core/export/export-format.ts';
import { makeManifest } from '../../core/export/manifest.ts';
import { type ExportPlan, measureDocument, type PlannedPiece, planParts } from '../../core/export/plan-export.ts';
import type { TenantReader } from '../../core/tenant.ts';
import { indexPage } from './index-page.ts';
import { type PersonRecords, personRecords, type RecordParts } from './person-records.ts';
import { type RoomPaper, roomPaper } from './room-paper.ts';

/** Packs files so that a password opens them (core/zipjs). */
export type PackExport = (
  files: readonly ExportFile[],
  how: { readonly password: string; readonly at: number },
) => Promise<Buffer>;

/** What an export is made with. */
export interface ExportParts extends RecordParts {
  readonly pack: PackExport;
  readonly version: string;
}

/** Which part of which export: `id` and `madeAt` are the same in all of its parts. */
export interface PartOrder {
  readonly id: string;
  readonly madeAt: number;
  readonly password: string;
  readonly part: number;
}

/** Memory: a part stands there a few times over (its files, the ZIP, the encrypted attachment). */
const MOST_PART_BYTES = 32 * 1024 * 1024;
/** The manifest, the page's frame and the ZIP's own directory. */
const FRAME_BYTES = 8000;
const LEAST_PART_BYTES = 24_000;

/**
 * Decides what goes into which part, none of which is larger than `limit` bytes. Only numbers come out of it, so that it
 * may be kept until all parts are sent. Throws the signal's reason when it aborts.
 */
export async function planExport(
  parts: ExportParts,
  caller: Caller,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): Promise<ExportPlan> {
  const most = Math.max(LEAST_PART_BYTES, Math.floor(Math.min(limit, MOST_PART_BYTES) * 0.97)) - FRAME_BYTES;
  const numbers = parts.vault.read(caller, (reader) =>
    [...reader.documents(), ...reader.replacedDocuments()].map(({ number }) => number).sort((a, b) => a - b),
  );
  const measured = [];
  const found = (parts.inRooms?.of(caller.person) ?? []).map((one, at) => ({ ...one, nth: at + 1 }));
  const given = found.flatMap(({ room: id, nth, caller: of, papers }) =>
    papers.map((number) => ({ of, number, room: { id, nth } })),
  );
  for (const { of, number, room } of [
    ...numbers.map((one) => ({ of: caller, number: one, room: undefined })),
    ...given,
  ]) {
    signal.throwIfAborted();
    const pieces = parts.vault.read(of, (reader) => measureDocument(reader, number, most));
    measured.push(pieces.map((piece) => ({ ...piece, ...(room && { room }) })));
    await setImmediate();
  }
  const records = personRecords(parts, caller);
  // In the page they stand once more.
  const beside = [...recordFiles(records), jsonFile('rooms.json', records.rooms)].reduce(
    (sum, { bytes }) => sum + 2 * bytes.length + 400,
    0,
  );
  return planParts(measured, { most, first: beside + 200 * measured.length });
}

/** Makes one part, in memory. What was forgotten since the plan was made is left out. */
export async function makePart(
  parts: ExportParts,
  caller: Caller,
  { plan, order, signal }: { readonly plan: ExportPlan; readonly order: PartOrder; readonly signal: AbortSignal },
): Promise<Buffer> {
  const { id, madeAt, part, password } = order;
  const pieces: { planned: PlannedPiece; document: ExportedDocument | RoomPaper }[] = [];
  for (const planned of plan.parts[part - 1] ?? []) {
    signal.throwIfAborted();
    const document = pieceOf(parts, caller, planned);
    if (document) pieces.push({ planned, document });
    await setImmediate();
  }
  const documents = pieces.map(({ document }) => document);
  const records = part === 1 ? personRecords(parts, caller) : undefined;
  const count = plan.parts.length;
  const page = { language: caller.language, person: caller.person, madeAt, part, parts: count, documents, records };
  const files: ExportFile[] = [
    { name: INDEX_PAGE, bytes: new TextEncoder().encode(indexPage(page)) },
    ...(records
      ? [
          jsonFile('documents.json', documentList(parts, caller, plan)),
          jsonFile('rooms.json', roomList(parts, records, plan)),
          ...recordFiles(records),
        ]
      : []),
    ...pieces.map(({ planned, document }) => jsonFile(documentFileName(planned), document)),
  ];
  const about = { export: id, person: caller.person, madeAt, product: parts.version, part, parts: count };
  return parts.pack([jsonFile(MANIFEST, makeManifest(files, about)), ...files], { password, at: madeAt });
}

/** A planned piece of the caller's own papers, or of one that they gave to a family room; undefined when it is gone. */
function pieceOf({ vault, inRooms }: ExportParts, caller: Caller, planned: PlannedPiece): ExportedDocument | undefined {
  const { room } = planned;
  if (room === undefined) return vault.read(caller, (reader) => documentPiece(reader, planned));
  const found = inRooms?.of(caller.person).find((one) => one.room === room.id);
  return found && vault.read(found.caller, (reader) => roomPaper(reader, planned, caller.person));
}

function recordFiles(records: PersonRecords): ExportFile[] {
  const { person, memory, marked, settings, forgotten, shares, apiKeys, audit, alerts, messages } = records;
  return [
    jsonFile('person.json', person),
    jsonFile('memory.json', memory),
    jsonFile('marked-answers.json', marked),
    jsonFile('settings.json', settings),
    jsonFile('forgotten-messages.json', forgotten),
    jsonFile('shares.json', shares),
    jsonFile('api-keys.json', apiKeys),
    jsonFile('audit.json', audit),
    jsonFile('alerts.json', alerts),
    jsonFile('messages.json', messages),
  ];
}

/** The list of documents, with the part and file that each one's text is in. */
function documentList({ vault }: ExportParts, caller: Caller, plan: ExportPlan) {
  return vault.read(caller, (reader) => listed(reader, filesOf(plan, undefined)));
}

/** Of each family room: what the person asked there, and the papers that they gave, with the part and file of their text. */
function roomList({ vault, inRooms }: ExportParts, { person, rooms }: PersonRecords, plan: ExportPlan) {
  const found = inRooms?.of(person.id) ?? [];
  return rooms.map(({ room, questions }) => {
    const caller = found.find((one) => one.room === room)?.caller;
    const papers = caller && vault.read(caller, (reader) => listed(reader, filesOf(plan, room)));
    return { room, questions, papers: papers ?? [] };
  });
}

/** Where the text of each document is: of one family room, or (undefined) of the person's own. */
function filesOf(plan: ExportPlan, room: string | undefined): ReadonlyMap<number, { part: number; file: string }[]> {
  const files = new Map<number, { part: number; file: string }[]>();
  for (const [at, pieces] of plan.parts.entries()) {
    for (const planned of pieces.filter((one) => one.room?.id === room)) {
      const place = { part: at + 1, file: documentFileName(planned) };
      files.set(planned.document, [...(files.get(planned.document) ?? []), place]);
    }
  }
  return files;
}

function listed(reader: TenantReader, files: ReturnType<typeof filesOf>) {
  return [...reader.documents(), ...reader.replacedDocuments()]
    .filter(({ number }) => files.has(number))
    .sort((left, right) => left.number - right.number)
    .map(({ number, name, kind, bytes, pages, addedAt }) => {
      return { number, name, kind, bytes, pages, addedAt, files: files.get(number) };
    });
}
