/**
 * The process that reads one stranger's file: started by core/ingest/read-file.ts inside the sandbox, fed through stdin,
 * ended after the answer. It loads what the file needs, says `ready`, is locked by the parent (no new file, socket or
 * memory from there on), and only then takes the file apart.
 */
import type { DocumentKind } from '../document.ts';
import { type Ocr, type ReaderRequest, Refusal } from '../ingest/extractor.ts';
import { receive, receiveRequest } from './input.ts';
import { type LoadedExtractors, loadExtractors, readableKind } from './load-extractors.ts';
import { MemberReader } from './members.ts';
import { outcomeOf } from './outcome.ts';
import { ReplySink, reply } from './reply-sink.ts';
import { type Sniffed, sniff } from './sniff.ts';

// Stdout carries frames; a library that prints would break them.
for (const method of ['log', 'info', 'debug', 'warn', 'error'] as const) console[method] = () => {};

/** How to read the file, or how to say why it is not read. */
type Work =
  | { readonly kind: DocumentKind; readonly extractors: LoadedExtractors; readonly ocr: Ocr | undefined }
  | { readonly refuse: (bytes: Uint8Array) => Promise<Refusal> };

/** Everything that touches the disk happens here. */
async function prepare(sniffed: Sniffed, bytes: Uint8Array, request: ReaderRequest): Promise<Work> {
  if (sniffed === 'encrypted') return { refuse: async () => new Refusal('file-encrypted') };
  const kind = readableKind(sniffed);
  if (kind !== undefined) {
    const ocr = request.ocr && (await (await import('./ocr.ts')).loadOcr(request.ocr));
    return { kind, extractors: await loadExtractors(kind, bytes), ocr };
  }
  const { nameKind } = await import('./name-kind.ts');
  return { refuse: async (stranger) => new Refusal('file-kind', await nameKind(stranger)) };
}

async function work(task: Work, bytes: Uint8Array, request: ReaderRequest): Promise<void> {
  if ('refuse' in task) throw await task.refuse(bytes);
  const { kind, extractors } = task;
  const extractor = extractors.get(kind)!;
  reply({ type: 'kind', kind: extractor.kind });
  const sink = new ReplySink(request.limits);
  const { limits, extension, password } = request;
  const context = { limits, password, ocr: task.ocr };
  const members = MemberReader.outermost(extractors, sink, context);
  await extractor.extract(bytes, sink, { ...context, extension, members });
  if (sink.textPages === 0) throw new Refusal('file-no-text');
  reply({ type: 'done' });
}

const request = await receiveRequest<ReaderRequest>();
const bytes = await receive(request.size);
const task = await prepare(sniff(bytes, request.extension), bytes, request);
reply({ type: 'ready' });
await receive(1);
try {
  await work(task, bytes, request);
} catch (error) {
  const refusal = outcomeOf(error);
  reply({ type: 'refused', reason: refusal.reason, kind: refusal.kind });
}
process.exit(0);
