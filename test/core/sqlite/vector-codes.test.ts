import { expect, test } from 'vitest';
import { CodeScorer, codeBytes, writeCode } from '../../../core/sqlite/vector-codes.ts';
import { sampleVector, seeded } from './sample-documents.ts';

const SEED = 20_261_124;

// Random directions are the hardest case: no two are alike, and the hundredth is hardly worse than the first.
test(`the nearest of 20,000 random vectors are among the first 300 by shortened ones (seed ${SEED})`, () => {
  const [random, dimensions, count] = [seeded(SEED), 64, 20_000];
  const size = codeBytes(dimensions);
  const codes = new Uint8Array(count * size);
  const vectors = Array.from({ length: count }, (_, i) => {
    const vector = sampleVector(random, dimensions);
    writeCode(codes, i * size, vector);
    return vector;
  });
  let kept = 0;
  for (let question = 0; question < 10; question++) {
    const query = sampleVector(random, dimensions);
    const scorer = new CodeScorer(query);
    const order = (score: (i: number) => number) =>
      vectors.map((_, i) => [i, score(i)] as const).sort((a, b) => b[1] - a[1]);
    const exact = order((i) => vectors[i]!.reduce((sum, value, at) => sum + value * query[at]!, 0)).slice(0, 10);
    const near = new Set(
      order((i) => scorer.score(codes, i * size))
        .slice(0, 300)
        .map(([i]) => i),
    );
    kept += exact.filter(([i]) => near.has(i)).length;
  }
  expect(kept).toBe(100);
});

test('a length that is no multiple of four, and writing over an older code', () => {
  const random = seeded(3);
  const codes = new Uint8Array(codeBytes(7) + 1).fill(0xff);
  const vector = sampleVector(random, 7);
  writeCode(codes, 0, sampleVector(random, 7));
  writeCode(codes, 0, vector);
  const opposite = vector.map((value) => -value);
  expect(new CodeScorer(vector).score(codes, 0)).toBeGreaterThan(0);
  expect(new CodeScorer(opposite).score(codes, 0)).toBeLessThan(0);
  expect(codes[2]).toBe(0xff);
});
