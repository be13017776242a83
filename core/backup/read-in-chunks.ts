const CHUNK_BYTES = 262_144;

/**
 * Exactly `bytes` bytes from the beginning of an open file, as a FrozenFile gives them. `readAt` fills a chunk from a position on and says
 * how many bytes it got. A file that was cut off meanwhile is told to its end with zeros, so that what holds it stays whole.
 */
export async function* readInChunks(
  bytes: number,
  readAt: (chunk: Buffer, at: number) => Promise<{ readonly bytesRead: number }>,
): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes; ) {
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, bytes - at));
    const { bytesRead } = await readAt(chunk, at);
    yield bytesRead === 0 ? chunk.fill(0) : chunk.subarray(0, bytesRead);
    at += bytesRead === 0 ? chunk.length : bytesRead;
  }
}
