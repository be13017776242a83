import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExtractedText } from '../document.ts';
import { extensionOf } from './clean-name.ts';
import type { ExtractLimits, ReaderReply, ReaderRequest } from './extractor.ts';
import { fileError } from './file-error.ts';
import { encodeFrame, FrameDecoder } from './frames.ts';
import { PageCollector, parseReply } from './reader-reply.ts';
import { lockChild, namespaceWorks, type SandboxChild, sandboxMissing, startSandboxed } from './sandbox.ts';

/** A thousand dense pages. More would take the parent's memory for hours of indexing; it is refused as `file-too-much-text`. */
export const MAX_CHARACTERS = 6_000_000;

const CHILD = fileURLToPath(new URL('../extract/child.ts', import.meta.url));
const SEND_BYTES = 1 << 18;

/** Limits from the settings: bytes of the file, pages of one file, seconds (wall and CPU) of one reading. */
export interface FileLimits {
  readonly fileBytes: number;
  readonly pagesPerFile: number;
  readonly extractSeconds: number;
}

/** One file to read. `name` serves only as a hint among kinds of text and reaches nobody. */
export interface ReadFileRequest {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly limits: FileLimits;
  /** Given by the person for a file that is locked; reaches the child and nobody else. */
  readonly password?: string;
  readonly signal?: AbortSignal;
  /** Pages read and pages in all, at most ten times a second; only for formats with pages. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Text of a file, taken out by a child process of its own in a sandbox; this process never looks into the bytes. Throws
 * AppError with a reason of `FileReason`, `unavailable` where no sandbox can be had, and the signal's reason on abort
 * (the child is killed then, as it is after `extractSeconds`).
 */
export async function readFile(request: ReadFileRequest): Promise<ExtractedText> {
  const { bytes, limits, signal } = request;
  if (bytes.length === 0) throw fileError('file-empty');
  if (bytes.length > limits.fileBytes) throw fileError('file-too-large', { limit: limits.fileBytes });
  signal?.throwIfAborted();
  const namespace = await namespaceWorks();
  const child = startSandboxed({
    script: CHILD,
    cpuSeconds: Math.ceil(limits.extractSeconds),
    namespace,
    permissions: true,
  });
  const deadline = AbortSignal.timeout(limits.extractSeconds * 1000);
  const stop = AbortSignal.any(signal ? [deadline, signal] : [deadline]);
  const kill = () => child.kill('SIGKILL');
  stop.addEventListener('abort', kill, { once: true });
  const ended = exitOf(child);
  try {
    if (stop.aborted) kill();
    return await converse(child, ended, request);
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline.aborted) throw fileError('file-timeout', { seconds: limits.extractSeconds });
    throw error;
  } finally {
    stop.removeEventListener('abort', kill);
    kill();
    // Nothing of the child is left when the caller goes on.
    await ended.catch(() => {});
  }
}

/** Sends the file, locks the child when it is ready, and collects what it says until it is done. */
async function converse(
  child: SandboxChild,
  ended: Promise<Ending>,
  { bytes, name, limits, password, onProgress }: ReadFileRequest,
): Promise<ExtractedText> {
  const extractLimits: ExtractLimits = { pages: limits.pagesPerFile, characters: MAX_CHARACTERS };
  const collector = new PageCollector(extractLimits);
  // A child that dies closes its pipes; how it died says more than the broken pipe.
  child.stdin.on('error', () => {});
  const sent = send(child, bytes, {
    size: bytes.length,
    extension: extensionOf(name),
    limits: extractLimits,
    ...(password !== undefined && { password }),
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
  throw signal === 'SIGXCPU'
    ? fileError('file-timeout', { seconds: limits.extractSeconds })
    : fileError('file-too-hard');
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
