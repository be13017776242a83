import type { Writable } from 'node:stream';

/**
 * Hands pieces to a stream one after the other and ends it: the next one is asked for only once this one was taken, so that its
 * maker may use it again. What the pieces throw destroys the stream; never throws itself.
 */
export async function feed(stream: Writable, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of pieces) {
      await new Promise<void>((resolve, reject) => stream.write(piece, (error) => (error ? reject(error) : resolve())));
    }
    stream.end();
  } catch (thrown) {
    stream.destroy(thrown as Error);
  }
}
