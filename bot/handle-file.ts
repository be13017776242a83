import type { Caller } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { cleanName } from '../core/ingest/clean-name.ts';
import { digestOf } from '../core/ingest/file-digest.ts';
import { indexWords } from '../core/ingest/index-words.ts';
import { type KeptDocument, keepDocument, keptBefore, recogniseFile } from '../core/ingest/keep-document.ts';
import { LONGEST_NOTE } from '../core/ingest/note-passage.ts';
import type { PreparedDocument, prepareDocument } from '../core/ingest/prepare-document.ts';
import type { FileLimits } from '../core/ingest/read-file.ts';
import { stageDocument } from '../core/ingest/stage-document.ts';
import type { PieceEncoder } from '../core/question.ts';
import type { Vault } from '../core/tenant.ts';
import type { Opened } from './incoming.ts';
import { keptText } from './kept-text.ts';
import { checkpoint } from './matrix/checkpoint.ts';
import { stringField } from './matrix/events.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { declaredSize, encryptedFileOf, fetchAttachment, tooLarge } from './matrix/media.ts';
import type { Reply } from './reply.ts';
import { say } from './wording/say.ts';

/** What reading a file needs. */
export interface FileParts {
  readonly homeserver: Homeserver;
  readonly vault: Vault;
  readonly encoder: PieceEncoder;
  readonly gramsOf: (text: string) => string[];
  /** Reads a file and cuts it into passages (core/ingest/prepare-document.ts). */
  readonly prepare: typeof prepareDocument;
  readonly limits: FileLimits;
  readonly clock: Clock;
  /** Called after a document was stored, to give it its dense vectors; undefined when there is no embedder. */
  readonly onStored: (() => void) | undefined;
}

/** One file to read. `note` is what the person wrote below it, `ocr` whether pictures of pages are read now. */
export interface FileJob {
  readonly caller: Caller;
  readonly opened: Opened;
  readonly reply: Reply;
  readonly signal: AbortSignal;
  readonly note: string;
  readonly ocr: 'no' | 'yes';
  readonly password?: string;
}

/** What came of a file. `gone`: its message was deleted meanwhile. `scan`: that many pages can only be read by `ocr`. */
export type FileOutcome =
  | { readonly kind: 'kept'; readonly text: string; readonly kept: KeptDocument }
  | { readonly kind: 'gone' }
  | { readonly kind: 'scan'; readonly pages: number };

/** Progress is shown only for files that take longer than this. */
const QUIET_MS = 1500;

/**
 * Reads an attachment into the caller's own store. Everything is keyed by the event, so a repeat after a crash finds the
 * document and says the same. Throws AppError for what the person is told, HomeserverError when the download can be tried
 * again.
 */
export async function handleFile(parts: FileParts, job: FileJob): Promise<FileOutcome> {
  const { caller, opened } = job;
  const source = opened.event.event_id;
  const before = parts.vault.read(caller, (reader) => ({
    kept: keptBefore(reader, source),
    gone: reader.wasForgotten(source),
  }));
  if (before.gone) return { kind: 'gone' };
  if (before.kept) return outcome(parts, caller, before.kept, NOTHING_READ);
  const started = parts.clock();
  const file = await download(parts, job);
  const known = parts.vault.write(caller, (writer) => {
    if (writer.wasForgotten(source)) return 'gone';
    const same = recogniseFile(writer, file, indexWords(parts));
    if (same) writer.noteRoom(source, opened.room, opened.event.sender);
    return same;
  });
  if (known === 'gone') return { kind: 'gone' };
  if (known) return outcome(parts, caller, known, NOTHING_READ);
  const prepared = await prepare(parts, job, { file, started });
  const waiting = prepared.scanned.length;
  if (job.ocr === 'no' && waiting > 0) return { kind: 'scan', pages: waiting };
  const stored = await stageDocument(parts.vault, { caller, prepared }, (writer) => {
    if (writer.wasForgotten(source)) return undefined;
    writer.noteRoom(source, opened.room, opened.event.sender);
    return keepDocument(writer, prepared, indexWords(parts));
  });
  checkpoint('document-stored');
  parts.onStored?.();
  return stored ? outcome(parts, caller, stored, prepared) : { kind: 'gone' };
}

/** What is known already is not read again. */
const NOTHING_READ = { unreadable: [], damaged: false };

/** The name that the sender gave the file, made safe to show. */
export function fileNameOf(content: Readonly<Record<string, unknown>>): string {
  return cleanName(stringField(content, 'filename') ?? stringField(content, 'body') ?? '');
}

type Downloaded = Parameters<typeof prepareDocument>[0] & { readonly digest: string };

async function download(parts: FileParts, { caller, opened, note }: FileJob): Promise<Downloaded> {
  const file = encryptedFileOf(opened.content);
  if (!file)
    throw new AppError('invalid', 'The attachment carries no valid encryption data.', { reason: 'media-damaged' });
  const { fileBytes } = parts.limits;
  if ((declaredSize(opened.content) ?? 0) > fileBytes) throw tooLarge(fileBytes);
  const bytes = await fetchAttachment(parts.homeserver, file, fileBytes);
  const { event_id: source, origin_server_ts: addedAt } = opened.event;
  const text = note.slice(0, LONGEST_NOTE).toWellFormed();
  return {
    ...{ bytes, source, addedAt, name: fileNameOf(opened.content), digest: digestOf(bytes) },
    note: text === '' ? undefined : { text, label: say(caller.language, 'note.label') },
  };
}

function prepare(
  parts: FileParts,
  job: FileJob,
  { file, started }: { readonly file: Downloaded; readonly started: number },
): Promise<PreparedDocument> {
  const { caller, reply, signal, ocr, password } = job;
  const { name } = file;
  const show = (done: number, total: number) => {
    if (parts.clock() - started > QUIET_MS) reply.show(say(caller.language, 'reading', { name, done, total }));
  };
  show(0, 0);
  const options = { limits: parts.limits, encoder: parts.encoder, gramsOf: parts.gramsOf, signal, onProgress: show };
  return parts.prepare(file, { ...options, ocr, ...(password !== undefined && { password }) });
}

function outcome(
  parts: FileParts,
  caller: Caller,
  kept: KeptDocument,
  reading: Pick<PreparedDocument, 'unreadable' | 'damaged'>,
): FileOutcome {
  const depth = parts.onStored ? 'growing' : 'ready';
  return { kind: 'kept', kept, text: keptText(caller.language, kept, { ...reading, depth }) };
}
