import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/** A stream that hands everything on and knows its size and SHA-256; `result` is to be asked once, at its end, `onBytes` hears how many have passed. */
export function counting(onBytes: (bytes: number) => void = () => {}): {
  readonly stream: Transform;
  readonly result: () => { bytes: number; sha256: string };
} {
  const digest = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      digest.update(chunk);
      bytes += chunk.length;
      onBytes(bytes);
      done(null, chunk);
    },
  });
  return { stream, result: () => ({ bytes, sha256: digest.digest('hex') }) };
}
