import { expect, test } from 'vitest';
import { packPieces, unpackPieces } from '../../../core/sqlite/piece-list.ts';
import { seeded } from './sample-documents.ts';

test('lists come back as they were, also at the borders of the packing', () => {
  const lists = [[], [0], [127, 128, 129], [0, 128, 16_384, 2_097_152, 268_435_456, 4_294_967_295], [4_294_967_295]];
  for (const list of lists) expect([...unpackPieces(packPieces(Uint32Array.from(list)))]).toEqual(list);
});

test('random lists come back, at about 2 bytes a piece for a passage of 120', () => {
  const seed = 20_261_123;
  const random = seeded(seed);
  for (let round = 0; round < 200; round++) {
    const pieces = [...new Set(Array.from({ length: 120 }, () => Math.floor(random() * 185_000)))].sort(
      (a, b) => a - b,
    );
    const packed = packPieces(Uint32Array.from(pieces));
    expect([...unpackPieces(packed)], `seed ${seed} round ${round}`).toEqual(pieces);
    expect(packed.length).toBeLessThan(pieces.length * 2.2);
  }
});

test('lists that are not ascending or hold a piece twice are refused', () => {
  expect(() => packPieces(Uint32Array.of(2, 1))).toThrow(RangeError);
  expect(() => packPieces(Uint32Array.of(2, 2))).toThrow(RangeError);
});
