import { prefixFor, type TextPrefix } from '../embed/text-prefix.ts';
import { unitVector } from '../embed/unit-vector.ts';
import { AppError } from '../errors.ts';
import type { Embedder } from '../question.ts';
import { type OpenAiSettings, post, readJson } from './openai-server.ts';

const TIMEOUT_MS = 60_000;

/** Embedder behind the `/v1/embeddings` of an OpenAI-compatible server. Throws AppError `unavailable`. */
export class OpenAiEmbedder implements Embedder {
  readonly model: string;
  readonly #settings: OpenAiSettings;
  readonly #prefix: TextPrefix;

  constructor(settings: OpenAiSettings) {
    this.#settings = settings;
    this.#prefix = prefixFor(settings.model);
    this.model = `openai ${settings.model}`;
  }

  embedQuestion(text: string, signal?: AbortSignal): Promise<Float32Array> {
    return this.#embed(this.#prefix.question + text, signal);
  }

  embedPassage(text: string, signal?: AbortSignal): Promise<Float32Array> {
    return this.#embed(this.#prefix.passage + text, signal);
  }

  async close(): Promise<void> {}

  async #embed(input: string, signal?: AbortSignal): Promise<Float32Array> {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const response = await post(this.#settings, 'embeddings', {
        body: { model: this.#settings.model, input, encoding_format: 'float' },
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      const { data } = (await readJson(response)) as { data?: { embedding?: unknown }[] };
      const vector = data?.[0]?.embedding;
      if (!isVector(vector)) throw new TypeError('no vector in the reply');
      return unitVector(vector);
    } catch (thrown) {
      signal?.throwIfAborted();
      if (thrown instanceof AppError) throw thrown;
      throw new AppError('unavailable', 'The embedding server cannot be reached, or its answer makes no sense.', {
        reason: 'embedder-failed',
        hint: 'Is the server of embedding.url running, and does it have the model?',
      });
    }
  }
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => Number.isFinite(entry));
}
