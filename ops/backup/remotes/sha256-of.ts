import { createHash } from 'node:crypto';

/** SHA-256 (hex) and length of a stream of bytes. What is longer than `mostBytes` is read no further, and has another length for sure. */
export async function sha256Of(
  chunks: AsyncIterable<Buffer>,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes > mostBytes) break;
  }
  return { sha256: hash.digest('hex'), bytes };
}
