import { modelFailed, STREAM_LIMITS, type StreamLimits, StreamWatch } from '../ask/stream-watch.ts';
import type { LanguageModel, PromptMessage } from '../question.ts';
import { OllamaStatusError, ollamaClient } from './ollama-client.ts';

/** `url` is the base address; `contextTokens` is asked for with every request, as Ollama's own default is small. */
export interface OllamaSettings {
  readonly url: string;
  readonly model: string;
  readonly contextTokens: number;
}

/** How long Ollama keeps the model in memory after an answer: long enough for a conversation. */
const KEEP_ALIVE = '10m';

/** Language model of an Ollama server. */
export class OllamaLanguageModel implements LanguageModel {
  readonly model: string;
  readonly contextTokens: number;
  readonly #url: string;
  readonly #limits: StreamLimits;

  constructor(settings: OllamaSettings, limits: StreamLimits = STREAM_LIMITS) {
    this.model = settings.model;
    this.contextTokens = settings.contextTokens;
    this.#url = settings.url;
    this.#limits = limits;
  }

  async *stream(
    messages: readonly PromptMessage[],
    options: { maxTokens: number; signal?: AbortSignal },
  ): AsyncGenerator<string> {
    options.signal?.throwIfAborted();
    using watch = new StreamWatch(this.#limits, options.signal);
    const end = new AbortController();
    try {
      const parts = await ollamaClient(this.#url, AbortSignal.any([watch.signal, end.signal])).chat({
        model: this.model,
        messages: messages.map((message) => ({ ...message })),
        stream: true,
        keep_alive: KEEP_ALIVE,
        options: { num_ctx: this.contextTokens, num_predict: options.maxTokens, temperature: 0 },
      });
      for await (const part of parts) {
        watch.heard();
        if (part.message.content !== '') yield part.message.content;
      }
    } catch (thrown) {
      throw watch.errorFor(explained(thrown));
    } finally {
      // A reader that stops early leaves the package's request running; this ends it at the server too.
      end.abort();
    }
  }
}

function explained(thrown: unknown): unknown {
  if (!(thrown instanceof OllamaStatusError)) return thrown;
  return modelFailed(
    thrown.status === 404 ? 'Ollama does not have this model.' : `Ollama answered with status ${thrown.status}.`,
    thrown,
  );
}
