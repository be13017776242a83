import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { backupDamaged } from './manifest.ts';

/**
 * A stream that hands everything on and knows its size and SHA-256; `result` is to be asked once, at its end, `onBytes` hears how many have passed.
 * More than `most` bytes end it with AppError `invalid` (reason `backup-damaged`).
 */
export function counting(
  onBytes: (bytes: number) => void = () => {},
  most = Number.POSITIVE_INFINITY,
): {
  readonly stream: Transform;
  readonly result: () => { bytes: number; sha256: string };
} {
  const digest = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      if (bytes + chunk.length > most) return done(backupDamaged('it is larger than it was, or than the list said'));
      digest.update(chunk);
      bytes += chunk.length;
      onBytes(bytes);
      done(null, chunk);
    },
  });
  return { stream, result: () => ({ bytes, sha256: digest.digest('hex') }) };
}
