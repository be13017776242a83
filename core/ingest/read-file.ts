import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExtractedText } from '../document.ts';
import { extensionOf } from './clean-name.ts';
import type { ExtractLimits, OcrSettings, ReaderReply, ReaderRequest } from './extractor.ts';
import { fileError } from './file-error.ts';
import { encodeFrame, FrameDecoder } from './frames.ts';
import { PageCollector, parseReply } from './reader-reply.ts';
import { lockChild, namespaceWorks, type SandboxChild, sandboxMissing, startSandboxed } from './sandbox.ts';

/** A thousand dense pages. More would take the parent's memory for hours of indexing; it is refused as `file-too-much-text`. */
export const MAX_CHARACTERS = 6_000_000;

const CHILD = fileURLToPath(new URL('../extract/child.ts', import.meta.url));
const SEND_BYTES = 1 << 18;

/** A dense A4 page takes 4 to 6 seconds of a processor that nobody else uses; a page that lies on its side up to four times that. */
export const OCR_SECONDS_PER_PAGE = 30;
/** Recognition lets everybody else go first: on a busy machine it waits much longer than it works. The processor's time is the limit that counts. */
export const OCR_PATIENCE = 10;
/** What is recognised where the settings say nothing. */
export const DEFAULT_OCR: OcrSettings = { languages: ['eng', 'deu'], pages: 200 };

/** Limits from the settings: bytes of the file, pages of one file, seconds (wall and CPU) of one reading of text. */
export interface FileLimits {
  readonly fileBytes: number;
  readonly pagesPerFile: number;
  readonly extractSeconds: number;
  /** What text recognition may use; `DEFAULT_OCR` when left out. Its time comes on top: 30 seconds per page. */
  readonly ocr?: OcrSettings;
}

/** One file to read. `name` serves only as a hint among kinds of text and reaches nobody. */
export interface ReadFileRequest {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly limits: FileLimits;
  readonly signal?: AbortSignal;
  /** Opens a protected file; never logged, gone with the child. */
  readonly password?: string | undefined;
  /**
   * `no`: pictures are left alone and named in `scanned`; takes seconds. `yes` (the default): they are recognised in a
   * second reading at low priority, which takes seconds per page; files without pictures cost nothing more.
   */
  readonly ocr?: 'no' | 'yes';
  /** Pages read and pages in all, at most ten times a second; only for formats with pages. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Text of a file, taken out by a child process of its own in a sandbox; this process never looks into the bytes. Throws
 * AppError with a reason of `FileReason`, `unavailable` where no sandbox can be had, and the signal's reason on abort
 * (the child is killed then, as it is after `extractSeconds`, plus the time for the pages to be recognised).
 */
export async function readFile(request: ReadFileRequest): Promise<ExtractedText> {
  const { bytes, limits } = request;
  if (bytes.length === 0) throw fileError('file-empty');
  if (bytes.length > limits.fileBytes) throw fileError('file-too-large', { limit: limits.fileBytes });
  const text = await readOnce(request, limits.extractSeconds);
  if (request.ocr === 'no' || text.scanned.length === 0) return text;
  const ocr = limits.ocr ?? DEFAULT_OCR;
  const seconds = limits.extractSeconds + OCR_SECONDS_PER_PAGE * Math.min(text.scanned.length, ocr.pages);
  return readOnce(request, seconds, ocr);
}

/** One child, one reading; with `ocr` pictures are recognised. */
async function readOnce(request: ReadFileRequest, seconds: number, ocr?: OcrSettings): Promise<ExtractedText> {
  const { signal } = request;
  signal?.throwIfAborted();
  const namespace = await namespaceWorks();
  const child = startSandboxed({
    script: CHILD,
    cpuSeconds: Math.ceil(seconds),
    namespace,
    permissions: true,
    folder: ocr?.folder,
    patient: ocr !== undefined,
  });
  const deadline = AbortSignal.timeout(seconds * 1000 * (ocr ? OCR_PATIENCE : 1));
  const stop = AbortSignal.any(signal ? [deadline, signal] : [deadline]);
  const kill = () => child.kill('SIGKILL');
  stop.addEventListener('abort', kill, { once: true });
  const ended = exitOf(child);
  try {
    if (stop.aborted) kill();
    return await converse(child, { ended, request, seconds, ocr });
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline.aborted) throw fileError('file-timeout', { seconds });
    throw error;
  } finally {
    stop.removeEventListener('abort', kill);
    kill();
    // Nothing of the child is left when the caller goes on.
    await ended.catch(() => {});
  }
}

interface Reading {
  readonly ended: Promise<Ending>;
  readonly request: ReadFileRequest;
  readonly seconds: number;
  readonly ocr: OcrSettings | undefined;
}

/** Sends the file, locks the child when it is ready, and collects what it says until it is done. */
async function converse(child: SandboxChild, { ended, request, seconds, ocr }: Reading): Promise<ExtractedText> {
  const { bytes, name, limits, onProgress, password } = request;
  const extractLimits: ExtractLimits = { pages: limits.pagesPerFile, characters: MAX_CHARACTERS };
  const collector = new PageCollector(extractLimits);
  // A child that dies closes its pipes; how it died says more than the broken pipe.
  child.stdin.on('error', () => {});
  const sent = send(child, bytes, {
    size: bytes.length,
    extension: extensionOf(name),
    limits: extractLimits,
    ...(password !== undefined && { password }),
    ...(ocr && { ocr }),
  });
  sent.catch(() => {});
  let ready = false;
  for await (const reply of replies(child)) {
    if (reply.type === 'ready') {
      ready = true;
      await sent;
      await lockChild(child.pid!);
      child.stdin.end('!');
    } else if (reply.type === 'progress') onProgress?.(reply.done, reply.total);
    else if (reply.type === 'done') return collector.finish();
    else collector.take(reply);
  }
  const { signal } = await ended;
  // Before it was ready the child had not looked into the file: then it is not the file's fault.
  if (!ready) throw sandboxMissing();
  throw signal === 'SIGXCPU' ? fileError('file-timeout', { seconds }) : fileError('file-too-hard');
}

async function* replies(child: SandboxChild): AsyncGenerator<ReaderReply> {
  const decoder = new FrameDecoder();
  for await (const chunk of child.stdout) {
    let messages: unknown[];
    try {
      messages = decoder.push(chunk as Buffer);
    } catch {
      throw fileError('file-too-hard');
    }
    for (const message of messages) yield parseReply(message);
  }
}

/** Slice by slice, as fast as the child takes it, so that no second copy of the file piles up in the pipe. */
async function send(child: SandboxChild, bytes: Uint8Array, request: ReaderRequest): Promise<void> {
  const gone = new AbortController();
  child.once('close', () => gone.abort());
  child.stdin.write(encodeFrame(request));
  for (let at = 0; at < bytes.length; at += SEND_BYTES) {
    if (!child.stdin.write(bytes.subarray(at, at + SEND_BYTES)))
      await once(child.stdin, 'drain', { signal: gone.signal });
  }
}

interface Ending {
  readonly signal: NodeJS.Signals | null;
}

/** How the child ended. Throws `unavailable` when it never started. */
function exitOf(child: SandboxChild): Promise<Ending> {
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', (cause) => reject(sandboxMissing(cause)));
    child.once('close', (_code, signal) => resolve({ signal }));
  });
  // Nobody waits for it when the answer came first.
  ended.catch(() => {});
  return ended;
}
