import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Caller } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import { cleanName } from '../../core/ingest/clean-name.ts';
import { digestOf } from '../../core/ingest/file-digest.ts';
import { fileError } from '../../core/ingest/file-error.ts';
import { indexWords } from '../../core/ingest/index-words.ts';
import { keepDocument, recogniseFile } from '../../core/ingest/keep-document.ts';
import { prepareDocument } from '../../core/ingest/prepare-document.ts';
import type { FileLimits } from '../../core/ingest/read-file.ts';
import { stageDocument } from '../../core/ingest/stage-document.ts';
import type { PieceEncoder } from '../../core/question.ts';
import type { TenantReader, Vault } from '../../core/tenant.ts';
import { keptText } from '../kept-text.ts';
import { say } from '../wording/say.ts';

/** What adding a file needs. */
export interface AddParts {
  readonly vault: Vault;
  readonly encoder: PieceEncoder;
  readonly gramsOf: (text: string) => string[];
  readonly limits: FileLimits;
  readonly clock: Clock;
  /** Asks for the dense vectors of what was stored; undefined when there will be none. */
  readonly onStored: (() => void) | undefined;
}

interface AddOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (markdown: string) => void;
  /** Opens a locked file; kept nowhere. */
  readonly password?: string;
}

/**
 * Reads one file from disk into the caller's store and returns the words for it. The same bytes a second time are known.
 * Throws AppError for what the person is told; a path that is no readable file throws as node:fs does.
 */
export async function addFile(parts: AddParts, caller: Caller, path: string, options: AddOptions): Promise<string> {
  const { vault, limits, encoder, gramsOf, clock } = parts;
  const { language } = caller;
  const name = cleanName(basename(path));
  const { size } = await stat(path);
  if (size > limits.fileBytes) throw fileError('file-too-large', { limit: limits.fileBytes });
  // In an object that reading takes the bytes out of again.
  const file = { bytes: await readFile(path), name };
  const digest = digestOf(file.bytes);
  const addedAt = clock();
  const wordsOf = indexWords(parts);
  const source = vault.read(caller, (reader) => sourceOf(reader, digest));
  const known = vault.write(caller, (writer) => recogniseFile(writer, { digest, source, addedAt }, wordsOf));
  if (known !== undefined) return keptText(language, known, { unreadable: [], depth: 'ready' });
  options.onProgress(say(language, 'reading', { name, done: 0, total: 0 }));
  const prepared = await prepareDocument(Object.assign(file, { source, addedAt, digest }), {
    ...{ limits, encoder, gramsOf, signal: options.signal, ocr: 'yes' },
    ...(options.password !== undefined && { password: options.password }),
    onProgress: (done, total) => options.onProgress(say(language, 'reading', { name, done, total })),
  });
  const kept = await stageDocument(vault, { caller, prepared }, (writer) => keepDocument(writer, prepared, wordsOf));
  parts.onStored?.();
  const depth = parts.onStored === undefined ? 'ready' : 'growing';
  return keptText(language, kept, { ...prepared, depth });
}

/**
 * A source for this adding of a file. Each is one of its own, like messages in a chat: who adds a file again after
 * forgetting it means it, and who adds it again otherwise is told that it is known.
 */
function sourceOf(reader: TenantReader, digest: string): string {
  for (let round = 0; ; round++) {
    const source = `console:${digest}:${round}`;
    if (!reader.wasForgotten(source) && !reader.documentBySource(source)) return source;
  }
}
