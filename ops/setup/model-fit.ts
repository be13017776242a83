const GIB = 1024 ** 3;

/** A language model of Ollama: what its file takes on the disk and, with a context of 8,192 tokens, in memory. */
export interface ModelSize {
  readonly name: string;
  readonly diskBytes: number;
  readonly memoryBytes: number;
}

/** Models that answer in many languages, smallest first; sizes as Ollama's library states them, memory with context and a reserve. */
export const MODEL_SIZES: readonly ModelSize[] = [
  { name: 'qwen3:0.6b', diskBytes: 0.53 * GIB, memoryBytes: 1.5 * GIB },
  { name: 'qwen3:1.7b', diskBytes: 1.4 * GIB, memoryBytes: 2.6 * GIB },
  { name: 'qwen3:4b', diskBytes: 2.6 * GIB, memoryBytes: 4.3 * GIB },
  { name: 'qwen3:8b', diskBytes: 5.2 * GIB, memoryBytes: 7.5 * GIB },
];

/** What everything else needs beside the model: bot, ops, one file that is read, the homeserver with its database, nginx. */
export const PRODUCT_BYTES = { bare: 0.9 * GIB, compose: 1.6 * GIB } as const;

/** Slower than this, in tokens a second, nobody waits for an answer. */
export const LEAST_TOKENS_PER_SECOND = 3;

/** Which model a machine can run. */
export interface ModelFit {
  /** undefined: none; answers are the passages themselves. */
  readonly model: ModelSize | undefined;
  /** What kept the next larger one away. */
  readonly why: 'largest' | 'memory' | 'disk' | 'no-avx2';
}

/** The largest model that fits memory (all of it, as swap is too slow for a model) and disk. Without AVX2 none is quick enough. */
export function fitModel(machine: {
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
  readonly hasAvx2: boolean;
  readonly kind: keyof typeof PRODUCT_BYTES;
}): ModelFit {
  if (!machine.hasAvx2) return { model: undefined, why: 'no-avx2' };
  const left = machine.memoryBytes - PRODUCT_BYTES[machine.kind];
  const inMemory = MODEL_SIZES.filter(({ memoryBytes }) => memoryBytes <= left);
  const fitting = inMemory.filter(({ diskBytes }) => diskBytes * 1.5 <= machine.diskFreeBytes);
  const why = fitting.length < inMemory.length ? 'disk' : inMemory.length < MODEL_SIZES.length ? 'memory' : 'largest';
  return { model: fitting.at(-1), why };
}
