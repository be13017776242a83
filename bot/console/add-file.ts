import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Caller } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import type { DocumentInfo } from '../../core/document.ts';
import { cleanName } from '../../core/ingest/clean-name.ts';
import { fileError } from '../../core/ingest/file-error.ts';
import { prepareDocument } from '../../core/ingest/prepare-document.ts';
import type { FileLimits } from '../../core/ingest/read-file.ts';
import type { PieceEncoder } from '../../core/question.ts';
import type { TenantReader, Vault } from '../../core/tenant.ts';
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
  const bytes = await readFile(path);
  const { source, known } = vault.read(caller, (reader) => sourceOf(reader, bytes));
  if (known !== undefined) return say(language, 'known', known);
  options.onProgress(say(language, 'reading', { name, done: 0, total: 0 }));
  const { document, passages, unreadable } = await prepareDocument(
    { bytes, name, source, addedAt: clock() },
    {
      ...{ limits, encoder, gramsOf, signal: options.signal },
      onProgress: (done, total) => options.onProgress(say(language, 'reading', { name, done, total })),
    },
  );
  const stored = vault.write(caller, (writer) => writer.addDocument(document, passages));
  parts.onStored?.();
  const depth = parts.onStored === undefined ? 'ready' : 'growing';
  return say(language, 'kept', { ...stored, unreadable: unreadable.length, depth });
}

/**
 * The source that stands for these bytes, and the document of them if there is one. Who adds a file again after
 * forgetting it means it, so each forgetting makes a new source.
 */
function sourceOf(reader: TenantReader, bytes: Uint8Array): { source: string; known: DocumentInfo | undefined } {
  const digest = createHash('sha256').update(bytes).digest('hex');
  for (let round = 0; ; round++) {
    const source = `console:${digest}:${round}`;
    if (!reader.wasForgotten(source)) return { source, known: reader.documentBySource(source) };
  }
}
