import { prefixFor, type TextPrefix } from '../embed/text-prefix.ts';
import { unitVector } from '../embed/unit-vector.ts';
import { AppError } from '../errors.ts';
import type { Embedder } from '../question.ts';
import { ollamaClient } from './ollama-client.ts';

const TIMEOUT_MS = 60_000;

/** Embedder of an Ollama server. Throws AppError `unavailable`. */
export class OllamaEmbedder implements Embedder {
  readonly model: string;
  readonly #url: string;
  readonly #name: string;
  readonly #prefix: TextPrefix;

  constructor(settings: { readonly url: string; readonly model: string }) {
    this.#url = settings.url;
    this.#name = settings.model;
    this.#prefix = prefixFor(settings.model);
    this.model = `ollama ${settings.model}`;
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
      const client = ollamaClient(this.#url, signal ? AbortSignal.any([signal, limit]) : limit);
      const { embeddings } = await client.embed({ model: this.#name, input, truncate: true });
      const vector = embeddings[0];
      if (!vector || vector.length === 0 || !vector.every(Number.isFinite))
        throw new TypeError('no vector in the reply');
      return unitVector(vector);
    } catch {
      signal?.throwIfAborted();
      throw new AppError('unavailable', 'Ollama cannot be reached for embedding, or does not have the model.', {
        reason: 'embedder-failed',
        hint: 'Is the server of embedding.url running, and was embedding.model pulled?',
      });
    }
  }
}
