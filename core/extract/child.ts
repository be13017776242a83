/**
 * The process that reads one stranger's file: started by core/ingest/read-file.ts inside the sandbox, fed through stdin,
 * ended after the answer. It loads what the file needs, says `ready`, is locked by the parent (no new file, socket or
 * memory from there on), and only then takes the file apart.
 */
import { type Extractor, type ReaderRequest, Refusal } from '../ingest/extractor.ts';
import { EXTRACTORS } from './index.ts';
import { receive, receiveRequest } from './input.ts';
import { ReplySink, reply } from './reply-sink.ts';
import { type Sniffed, sniff } from './sniff.ts';

// Stdout carries frames; a library that prints would break them.
for (const method of ['log', 'info', 'debug', 'warn', 'error'] as const) console[method] = () => {};

type Work = { readonly extractor: Extractor } | { readonly nameKind: (bytes: Uint8Array) => Promise<string> };

/** Everything that touches the disk happens here. */
async function prepare(kind: Sniffed, bytes: Uint8Array): Promise<Work> {
  if (kind === 'other') return { nameKind: (await import('./name-kind.ts')).nameKind };
  if (kind !== 'pdf' && kind !== 'zip') (await import('./decode-text.ts')).prepareDecoding(bytes);
  return { extractor: await EXTRACTORS[kind === 'zip' ? 'docx' : kind]() };
}

async function work(task: Work, bytes: Uint8Array, request: ReaderRequest): Promise<void> {
  if ('nameKind' in task) throw new Refusal('file-kind', await task.nameKind(bytes));
  reply({ type: 'kind', kind: task.extractor.kind });
  const sink = new ReplySink(request.limits);
  const { limits, extension, password } = request;
  await task.extractor.extract(bytes, sink, { limits, extension, password });
  if (!sink.hasText) throw new Refusal('file-no-text');
  reply({ type: 'done' });
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // Out of address space: V8 says RangeError for buffers ("Array buffer allocation failed", "Invalid array length"),
  // PDFium aborts. A stack overflow is a RangeError too: nested deeper than any honest file.
  const hard = error instanceof RangeError || /memory|abort/i.test(error instanceof Error ? error.message : '');
  return new Refusal(hard ? 'file-too-hard' : 'file-damaged');
}

const request = await receiveRequest<ReaderRequest>();
const bytes = await receive(request.size);
const task = await prepare(sniff(bytes, request.extension), bytes);
reply({ type: 'ready' });
await receive(1);
try {
  await work(task, bytes, request);
} catch (error) {
  const { reason, kind } = refusalOf(error);
  reply({ type: 'refused', reason, kind });
}
process.exit(0);
