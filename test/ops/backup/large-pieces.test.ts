import { expect, test } from 'vitest';
import { largePieces } from '../../../ops/backup/archive/large-pieces.ts';

const MINIMUM = 65_536;

async function through(sizes: readonly number[]): Promise<{ given: Buffer; pieces: Uint8Array[] }> {
  const given = sizes.map((size, index) => Buffer.alloc(size, index + 1));
  const pieces: Uint8Array[] = [];
  // It is used again.
  for await (const piece of largePieces(
    (async function* () {
      yield* given;
    })(),
  ))
    pieces.push(Buffer.from(piece));
  return { given: Buffer.concat(given), pieces };
}

test.each([
  ['nothing', []],
  ['less than one piece', [32_719, 43, 4052, 44, 2002, 1024, 1024, 2]],
  ['a small end', [262_144, 262_144, 40_000, 3]],
  ['many small ones', Array.from({ length: 9000 }, (_, index) => index % 97)],
  ['exactly two', [MINIMUM, MINIMUM]],
])('keeps every byte and ends with no small piece: %s', async (_what, sizes) => {
  const { given, pieces } = await through(sizes);
  expect(Buffer.concat(pieces).equals(given)).toBe(true);
  for (const piece of pieces) expect(piece.length).toBeGreaterThanOrEqual(Math.min(MINIMUM, given.length));
});
