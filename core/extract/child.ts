/**
 * The process that reads one stranger's file: started by core/ingest/read-file.ts inside the sandbox, fed through stdin,
 * ended after the answer. It loads what the file needs, says `ready`, is locked by the parent (no new file, socket or
 * memory from there on), and only then takes the file apart.
 */
import type { DocumentKind } from '../document.ts';
import { type ReaderRequest, Refusal } from '../ingest/extractor.ts';
import { findKind } from './find-kind.ts';
import { receive, receiveRequest } from './input.ts';
import { type LoadedExtractors, loadExtractors } from './load-extractors.ts';
import { MemberReader } from './members.ts';
import { outcomeOf } from './outcome.ts';
import { ReplySink, reply } from './reply-sink.ts';

// Stdout carries frames; a library that prints would break them.
for (const method of ['log', 'info', 'debug', 'warn', 'error'] as const) console[method] = () => {};

type Work = LoadedExtractors | { readonly nameKind: (bytes: Uint8Array) => Promise<string> };

/** Everything that touches the disk happens here. */
async function prepare(kind: DocumentKind | 'other', bytes: Uint8Array): Promise<Work> {
  if (kind === 'other') return { nameKind: (await import('./name-kind.ts')).nameKind };
  return await loadExtractors(kind, bytes);
}

async function work(task: Work, kind: DocumentKind | 'other', bytes: Uint8Array): Promise<void> {
  if ('nameKind' in task) throw new Refusal('file-kind', await task.nameKind(bytes));
  const extractor = task.get(kind as DocumentKind)!;
  reply({ type: 'kind', kind: extractor.kind });
  const sink = new ReplySink(request.limits);
  const { limits, extension } = request;
  const context = { limits, password: undefined };
  const members = MemberReader.outermost(task, sink, context);
  await extractor.extract(bytes, sink, { ...context, extension, members });
  if (sink.textPages === 0) throw new Refusal('file-no-text');
  reply({ type: 'done' });
}

const request = await receiveRequest<ReaderRequest>();
const bytes = await receive(request.size);
const kind = findKind(bytes, request.extension);
const task = await prepare(kind, bytes);
reply({ type: 'ready' });
await receive(1);
try {
  await work(task, kind, bytes);
} catch (error) {
  const refusal = outcomeOf(error);
  reply({ type: 'refused', reason: refusal.reason, kind: refusal.kind });
}
process.exit(0);
