import type { Caller } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { DocumentInfo } from '../core/document.ts';
import { AppError } from '../core/errors.ts';
import { cleanName } from '../core/ingest/clean-name.ts';
import { type PreparedDocument, prepareDocument } from '../core/ingest/prepare-document.ts';
import type { FileLimits } from '../core/ingest/read-file.ts';
import type { PieceEncoder } from '../core/question.ts';
import type { Vault } from '../core/tenant.ts';
import type { Opened } from './incoming.ts';
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
  readonly limits: FileLimits;
  readonly clock: Clock;
  /** Called after a document was stored, to give it its dense vectors; undefined when there is no embedder. */
  readonly onStored: (() => void) | undefined;
}

/** Progress is shown only for files that take longer than this. */
const QUIET_MS = 1500;

/**
 * Reads an attachment into the caller's own store and returns the words for it; undefined when its message was deleted
 * meanwhile. Everything is keyed by the event, so a repeat after a crash finds the document and says the same. Throws
 * AppError for what the person is told, HomeserverError when the download can be tried again.
 */
export async function handleFile(
  parts: FileParts,
  job: { caller: Caller; opened: Opened; reply: Reply; signal: AbortSignal },
): Promise<string | undefined> {
  const { caller, opened } = job;
  const source = opened.event.event_id;
  const before = parts.vault.read(caller, (reader) => ({
    kept: reader.documentBySource(source),
    gone: reader.wasForgotten(source),
  }));
  if (before.gone) return undefined;
  if (before.kept) return keptText(parts, caller, before.kept, 0);
  const prepared = await prepare(parts, job);
  const stored = parts.vault.write(caller, (writer) => {
    if (writer.wasForgotten(source)) return undefined;
    writer.noteRoom(source, opened.room);
    return writer.addDocument(prepared.document, prepared.passages);
  });
  checkpoint('document-stored');
  parts.onStored?.();
  return stored && keptText(parts, caller, stored, prepared.unreadable.length);
}

/** The name that the sender gave the file, made safe to show. */
export function fileNameOf(content: Readonly<Record<string, unknown>>): string {
  return cleanName(stringField(content, 'filename') ?? stringField(content, 'body') ?? '');
}

async function prepare(
  parts: FileParts,
  { caller, opened, reply, signal }: { caller: Caller; opened: Opened; reply: Reply; signal: AbortSignal },
): Promise<PreparedDocument> {
  const file = encryptedFileOf(opened.content);
  if (!file)
    throw new AppError('invalid', 'The attachment carries no valid encryption data.', { reason: 'media-damaged' });
  const { fileBytes } = parts.limits;
  if ((declaredSize(opened.content) ?? 0) > fileBytes) throw tooLarge(fileBytes);
  const started = parts.clock();
  const name = fileNameOf(opened.content);
  const show = (done: number, total: number) => {
    if (parts.clock() - started > QUIET_MS) reply.show(say(caller.language, 'reading', { name, done, total }));
  };
  const bytes = await fetchAttachment(parts.homeserver, file, fileBytes);
  show(0, 0);
  return prepareDocument(
    { bytes, name, source: opened.event.event_id, addedAt: opened.event.origin_server_ts },
    { limits: parts.limits, encoder: parts.encoder, gramsOf: parts.gramsOf, signal, onProgress: show },
  );
}

function keptText(parts: FileParts, caller: Caller, document: DocumentInfo, unreadable: number): string {
  return say(caller.language, 'kept', {
    name: document.name,
    number: document.number,
    pages: document.pages,
    passages: document.passages,
    unreadable,
    depth: parts.onStored ? 'growing' : 'ready',
  });
}
