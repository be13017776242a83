import { expect, test } from 'vitest';
import { Rotation } from '../../../core/qdrant/rotation.ts';
import { sampleVector, seeded } from '../sqlite/sample-documents.ts';

const KEY = new Uint8Array(32).fill(7);

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

test('angles and lengths stay what they are', () => {
  const random = seeded(11);
  const rotation = new Rotation(KEY, 'model', 384);
  const vectors = Array.from({ length: 20 }, () => sampleVector(random, 384));
  const turned = vectors.map((vector) => rotation.turn(vector));
  for (let i = 0; i < vectors.length; i++) {
    for (let j = 0; j < vectors.length; j++) {
      expect(dot(turned[i]!, turned[j]!)).toBeCloseTo(dot(vectors[i]!, vectors[j]!), 6);
    }
  }
});

test('a turned vector has nothing to do with the one that it was, nor with the same one of another tenant or model', () => {
  const random = seeded(12);
  const [one, two] = [new Rotation(KEY, 'model', 384), new Rotation(new Uint8Array(32).fill(8), 'model', 384)];
  const other = new Rotation(KEY, 'another', 384);
  const likeness: number[] = [];
  for (let i = 0; i < 20; i++) {
    const vector = sampleVector(random, 384);
    const turned = one.turn(vector);
    likeness.push(dot(vector, turned), dot(turned, two.turn(vector)), dot(turned, other.turn(vector)));
  }
  // Cosines of unrelated directions in 384 dimensions: a deviation of 0.05.
  expect(Math.max(...likeness.map(Math.abs))).toBeLessThan(0.3);
});

test('the same key gives the same transform, and it leaves the vector given alone', () => {
  const vector = sampleVector(seeded(13), 64);
  const before = Float32Array.from(vector);
  expect(new Rotation(KEY, 'm', 64).turn(vector)).toEqual(new Rotation(KEY, 'm', 64).turn(vector));
  expect(vector).toEqual(before);
});

test('every single value is spread: none of the axes stays an axis', () => {
  const rotation = new Rotation(KEY, 'm', 64);
  for (let axis = 0; axis < 64; axis++) {
    const turned = rotation.turn(Float32Array.from({ length: 64 }, (_, i) => (i === axis ? 1 : 0)));
    expect(Math.max(...turned.map(Math.abs))).toBeLessThan(0.75);
  }
});
