import { AppError } from '../errors.ts';

/** How long a model may be silent: loading and reading the prompt take long on a CPU, the words after that do not. */
export interface StreamLimits {
  readonly firstTokenMs: number;
  readonly betweenTokensMs: number;
}

export const STREAM_LIMITS: StreamLimits = { firstTokenMs: 180_000, betweenTokensMs: 60_000 };

/**
 * Watches one streamed answer: `signal` ends the request when the caller's signal does or when the model is silent for
 * too long. Used by every language model adapter. `heard` is called at each piece, `dispose` at the end.
 */
export class StreamWatch implements Disposable {
  readonly signal: AbortSignal;
  readonly #silence = new AbortController();
  readonly #limits: StreamLimits;
  readonly #caller: AbortSignal | undefined;
  #timer: NodeJS.Timeout;

  constructor(limits: StreamLimits, caller?: AbortSignal) {
    this.#limits = limits;
    this.#caller = caller;
    this.signal = caller ? AbortSignal.any([caller, this.#silence.signal]) : this.#silence.signal;
    this.#timer = this.#startTimer(limits.firstTokenMs);
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#startTimer(this.#limits.betweenTokensMs);
  }

  /** The error to throw for whatever ended the stream early: the caller's own reason, or `unavailable` (reason `model-failed`). */
  errorFor(thrown: unknown): unknown {
    if (this.#caller?.aborted) return this.#caller.reason;
    if (thrown instanceof AppError) return thrown;
    const message = this.#silence.signal.aborted
      ? 'The language model was silent for too long.'
      : 'The language model cannot be reached, or its answer broke off.';
    return modelFailed(message, thrown);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #startTimer(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#silence.abort(), ms);
  }
}

/** An `unavailable` error of a language model. The cause is kept by name only: servers repeat prompts in their errors. */
export function modelFailed(message: string, cause?: unknown): AppError {
  const name = cause instanceof Error ? cause.name : undefined;
  return new AppError('unavailable', message, {
    reason: 'model-failed',
    hint: 'Is the server of answering.url running, and does it have the model?',
    ...(name && { facts: { cause: name } }),
  });
}
