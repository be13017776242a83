import { createCipheriv } from 'node:crypto';
import { keyedHash } from './tenant-keys.ts';

/**
 * A secret orthogonal transform of one tenant and model: lengths and angles between its vectors stay what they are, the
 * single values say nothing. Obfuscation, not encryption: who knows as many vectors with their texts as there are
 * dimensions can undo it.
 *
 * Uniformly distributed over all orthogonal matrices: a product of Householder reflections by normally distributed
 * vectors of falling length and random signs (Stewart, "The efficient generation of random orthogonal matrices", 1980).
 */
export class Rotation {
  readonly dimensions: number;
  /** Unit vectors of the reflections; the k-th is zero before place k. */
  readonly #reflections: readonly Float64Array[];
  readonly #signs: Float64Array;

  /** The same key, model and number of dimensions always give the same transform. */
  constructor(key: Uint8Array, model: string, dimensions: number) {
    this.dimensions = dimensions;
    const random = randomStream(keyedHash(key, model, dimensions));
    this.#signs = Float64Array.from({ length: dimensions }, () => (random() < 0.5 ? -1 : 1));
    this.#reflections = Array.from({ length: dimensions - 1 }, (_, start) => unitFrom(start, dimensions, random));
  }

  /** The transformed vector; the one given is left alone. Its length must be `dimensions`. */
  turn(vector: Float32Array): Float32Array {
    const turned = Float64Array.from(vector, (value, i) => value * this.#signs[i]!);
    for (let start = this.#reflections.length - 1; start >= 0; start--) {
      const unit = this.#reflections[start]!;
      let along = 0;
      for (let i = start; i < unit.length; i++) along += unit[i]! * turned[i]!;
      for (let i = start; i < unit.length; i++) turned[i]! -= 2 * along * unit[i]!;
    }
    return Float32Array.from(turned);
  }
}

function unitFrom(start: number, dimensions: number, random: () => number): Float64Array {
  const values = new Float64Array(dimensions);
  for (let i = start; i < dimensions; i++) values[i] = normal(random);
  // The reflection that takes the first axis to a uniformly distributed direction, not the one along it.
  values[start]! += Math.sign(values[start]!) * Math.hypot(...values);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** Box and Muller's transform; `random` never gives 0. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Numbers in (0, 1) from AES-256 in counter mode under a key of its own. */
function randomStream(seed: Uint8Array): () => number {
  const cipher = createCipheriv('aes-256-ctr', seed, Buffer.alloc(16));
  let block = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === block.length) {
      block = cipher.update(Buffer.alloc(4096));
      at = 0;
    }
    at += 4;
    return (block.readUInt32LE(at - 4) + 0.5) / 2 ** 32;
  };
}
