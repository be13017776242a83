import { readFileSync } from 'node:fs';
import { AppError } from '../errors.ts';

/** The parts of an STV1 file, as views into its bytes: nothing is unpacked, so that 185,000 pieces cost 10 MB and not 95. */
export interface StvFile {
  readonly count: number;
  readonly dim: number;
  /** a of the weight a / (a + p). */
  readonly sifA: number;
  /** q of each piece: ln p = -q / 2048. */
  readonly logP: Uint16Array;
  /** Where each piece starts in `blob`; one entry more than pieces. */
  readonly offsets: Uint32Array;
  /** The pieces in UTF-8, one after another. */
  readonly blob: Uint8Array;
  /** `dim / 2` bytes per piece, two values of 4 bits each. */
  readonly vectors: Uint8Array;
}

const HEADER = 32;

/**
 * Reads an STV1 file (static token vectors, little endian): magic, version, count, dim, bits, a, blob length, zero; then
 * u16 q per piece, u8 length per piece, the pieces, and count * dim / 2 bytes of vectors. Called by loadTokenVectors.
 * Throws AppError `invalid` when the file is not what it should be, `not-found` when it cannot be read.
 */
export function readStvFile(path: string): StvFile {
  const bytes = readBytes(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER || bytes.toString('latin1', 0, 4) !== 'STV1') throw damaged('it does not start with STV1');
  const [version, count, dim, bits] = [4, 8, 12, 16].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const blobLength = view.getUint32(24, true);
  if (version !== 1 || bits !== 4 || dim === 0 || dim % 2 !== 0) throw damaged('its version or layout is unknown');
  const size = HEADER + count * 3 + blobLength + (count * dim) / 2;
  if (bytes.length !== size) throw damaged(`it has ${bytes.length} bytes instead of ${size}`);

  const lengthsAt = HEADER + count * 2;
  const blobAt = lengthsAt + count;
  const offsets = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) offsets[i + 1] = offsets[i]! + bytes[lengthsAt + i]!;
  if (offsets[count] !== blobLength) throw damaged('the lengths of its pieces do not add up');
  return {
    count,
    dim,
    sifA: view.getFloat32(20, true),
    logP: new Uint16Array(bytes.buffer, bytes.byteOffset + HEADER, count),
    offsets,
    blob: bytes.subarray(blobAt, blobAt + blobLength),
    vectors: bytes.subarray(blobAt + blobLength),
  };
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new AppError('not-found', 'The built-in word vectors cannot be read.', {
      hint: 'They come with the product (core/static-embedder/*.stv): install it again.',
      cause,
    });
  }
}

function damaged(what: string): AppError {
  return new AppError('invalid', `The built-in word vectors are damaged: ${what}.`, {
    hint: 'Install the product again.',
  });
}
