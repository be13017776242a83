import type { IncomingMessage } from 'node:http';
import { fileError } from '../../core/ingest/file-error.ts';
import { HttpError } from './http-error.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** Longest silence of a sender in the middle of a body. */
const SILENCE_MS = 20_000;

interface BodyLimits {
  readonly most: number;
  /** Where the bytes are counted that stand in memory; they are given back by whoever takes the body. */
  readonly memory?: MemoryBudget;
}

/**
 * Reads a body as far as it may go. Throws AppError `too-large` (`file-too-large`), HttpError `timeout` (`api-slow`) for a
 * sender that stops in the middle, `unavailable` (`busy`), and `invalid` (`api-cut-off`) for one that breaks off.
 */
export async function readBody(request: IncomingMessage, { most, memory }: BodyLimits): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > most) throw fileError('file-too-large', { limit: most });
  const chunks: Buffer[] = [];
  let size = 0;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  const slow = new Promise<never>((_, reject) => {
    silence.signal.addEventListener('abort', () =>
      reject(new HttpError('timeout', 'the body stopped coming', { reason: 'api-slow' })),
    );
  });
  slow.catch(() => undefined);
  const reading = (async () => {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      if (silence.signal.aborted) return;
      if (size + chunk.length > most) throw fileError('file-too-large', { limit: most });
      memory?.take(chunk.length);
      size += chunk.length;
      chunks.push(chunk);
    }
  })();
  try {
    await Promise.race([reading, slow]);
    return Buffer.concat(chunks, size);
  } catch (thrown) {
    memory?.give(size);
    reading.catch(() => undefined);
    if ((thrown as NodeJS.ErrnoException).code === 'ECONNRESET')
      throw new HttpError('invalid', 'the body broke off', { reason: 'api-cut-off' });
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}
