import { modelFailed, STREAM_LIMITS, type StreamLimits, StreamWatch } from '../ask/stream-watch.ts';
import type { LanguageModel, PromptMessage } from '../question.ts';
import { type OpenAiSettings, post } from './openai-server.ts';
import { SseParser } from './sse-parser.ts';

/** Language model behind an OpenAI-compatible server (llama.cpp, vLLM, LM Studio, a provider), streamed over SSE. */
export class OpenAiLanguageModel implements LanguageModel {
  readonly model: string;
  readonly contextTokens: number;
  readonly #settings: OpenAiSettings;
  readonly #limits: StreamLimits;

  constructor(settings: OpenAiSettings & { readonly contextTokens: number }, limits: StreamLimits = STREAM_LIMITS) {
    this.model = settings.model;
    this.contextTokens = settings.contextTokens;
    this.#settings = settings;
    this.#limits = limits;
  }

  async *stream(
    messages: readonly PromptMessage[],
    options: { maxTokens: number; signal?: AbortSignal },
  ): AsyncGenerator<string> {
    options.signal?.throwIfAborted();
    using watch = new StreamWatch(this.#limits, options.signal);
    try {
      const response = await post(this.#settings, 'chat/completions', {
        body: { model: this.model, messages, stream: true, max_tokens: options.maxTokens, temperature: 0 },
        signal: watch.signal,
      });
      yield* this.#pieces(response, watch);
    } catch (thrown) {
      throw watch.errorFor(thrown);
    }
  }

  async *#pieces(response: Response, watch: StreamWatch): AsyncGenerator<string> {
    const parser = new SseParser();
    let isWhole = false;
    for await (const bytes of response.body ?? []) {
      for (const event of parser.push(bytes)) {
        if (event === '[DONE]') return;
        const { text, finished } = pieceOf(event);
        isWhole ||= finished;
        if (text === '') continue;
        watch.heard();
        yield text;
      }
    }
    if (!isWhole) throw modelFailed('The language model’s answer broke off.');
  }
}

/** Text of one event, and whether it is the last one. Throws AppError `unavailable` for an error that the server sends inside the stream. */
function pieceOf(event: string): { text: string; finished: boolean } {
  const message = JSON.parse(event) as {
    error?: unknown;
    choices?: { delta?: { content?: unknown }; finish_reason?: unknown }[];
  };
  if (message.error) throw modelFailed('The model server reported an error while answering.');
  const choice = message.choices?.[0];
  const text = choice?.delta?.content;
  return { text: typeof text === 'string' ? text : '', finished: typeof choice?.finish_reason === 'string' };
}
