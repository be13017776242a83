import type { Caller } from '../../core/caller.ts';
import { digestOf } from '../../core/ingest/file-digest.ts';
import { indexWords } from '../../core/ingest/index-words.ts';
import { type KeptDocument, keepDocument, recogniseFile } from '../../core/ingest/keep-document.ts';
import type { PreparedDocument } from '../../core/ingest/prepare-document.ts';
import { stageDocument } from '../../core/ingest/stage-document.ts';
import type { FileParts } from '../handle-file.ts';
import { say } from '../wording/say.ts';
import type { UploadedFile } from './read-upload.ts';

/** What keeping an uploaded file needs: what reading one of a chat needs, but for the chat. */
export type KeepParts = Omit<FileParts, 'homeserver'>;

/** One reading. `source`: what stands for the message that would have brought it. */
export interface KeepJob {
  readonly caller: Caller;
  readonly file: UploadedFile;
  readonly source: string;
  readonly addedAt: number;
  /** `no`: a file whose pages are pictures is left for another turn. */
  readonly ocr: 'no' | 'yes';
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

export type KeepOutcome =
  | {
      readonly kind: 'kept';
      readonly kept: KeptDocument;
      readonly reading: Pick<PreparedDocument, 'unreadable' | 'damaged'>;
    }
  | { readonly kind: 'scan' };

/**
 * Reads an uploaded file into the caller's own store, by the same way as one of a chat: in its sandbox, sealed, and
 * forgotten. The same bytes again are known. Throws AppError for what the person is told.
 */
export async function keepUpload(parts: KeepParts, job: KeepJob): Promise<KeepOutcome> {
  const { caller, file, source, addedAt, ocr, signal, onProgress } = job;
  const digest = digestOf(file.bytes);
  const note = file.note === '' ? undefined : { text: file.note, label: say(caller.language, 'note.label') };
  const incoming = { bytes: file.bytes, name: file.name, source, addedAt, digest, note };
  const wordsOf = indexWords(parts);
  const known = parts.vault.write(caller, (writer) => recogniseFile(writer, incoming, wordsOf));
  if (known) return { kind: 'kept', kept: known, reading: { unreadable: [] } };
  const prepared = await parts.prepare(incoming, {
    ...{ limits: parts.limits, encoder: parts.encoder, gramsOf: parts.gramsOf, signal, onProgress, ocr },
    ...(file.password !== undefined && { password: file.password }),
  });
  if (ocr === 'no' && prepared.scanned.length > 0) return { kind: 'scan' };
  signal.throwIfAborted();
  const kept = await stageDocument(parts.vault, { caller, prepared }, (writer) =>
    keepDocument(writer, prepared, wordsOf),
  );
  parts.onStored?.();
  return { kind: 'kept', kept, reading: prepared };
}
