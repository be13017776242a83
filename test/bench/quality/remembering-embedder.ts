import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Embedder } from '../../../core/question.ts';

const FOLDER = join(
  process.env.KINKEEPER_LAB ?? fileURLToPath(new URL('../../../.lab', import.meta.url)),
  'embeddings',
);
const KEY_BYTES = 16;

/**
 * Keeps every vector on the laboratory's disk, so that a bench that changes only what comes after embedding is quick. One
 * file per model of records: 16 bytes of the text's hash, then the numbers. The dimensions are those of the first text.
 */
export class RememberingEmbedder implements Embedder {
  readonly model: string;
  readonly #inner: Embedder;
  readonly #file: string;
  readonly #known = new Map<string, Float32Array>();
  /** Texts that had to be embedded, for the report. */
  made = 0;

  constructor(inner: Embedder, dimensions: number) {
    this.#inner = inner;
    this.model = inner.model;
    this.#file = join(FOLDER, `${inner.model.replace(/[^\w.-]+/g, '_')}.bin`);
    mkdirSync(dirname(this.#file), { recursive: true });
    if (existsSync(this.#file)) this.#load(readFileSync(this.#file), KEY_BYTES + 4 * dimensions);
  }

  embedQuestion(text: string): Promise<Float32Array> {
    return this.#remembered(`question\n${text}`, () => this.#inner.embedQuestion(text));
  }

  embedPassage(text: string): Promise<Float32Array> {
    return this.#remembered(`passage\n${text}`, () => this.#inner.embedPassage(text));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #remembered(text: string, embed: () => Promise<Float32Array>): Promise<Float32Array> {
    const hash = createHash('sha256').update(text).digest().subarray(0, KEY_BYTES);
    const key = hash.toString('hex');
    const known = this.#known.get(key);
    if (known) return known;
    const vector = await embed();
    this.made += 1;
    this.#known.set(key, vector);
    appendFileSync(this.#file, Buffer.concat([hash, Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)]));
    return vector;
  }

  #load(bytes: Buffer, record: number): void {
    for (let at = 0; at + record <= bytes.length; at += record) {
      const numbers = Uint8Array.from(bytes.subarray(at + KEY_BYTES, at + record));
      this.#known.set(bytes.toString('hex', at, at + KEY_BYTES), new Float32Array(numbers.buffer));
    }
  }
}
