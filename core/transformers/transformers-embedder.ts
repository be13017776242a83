import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prefixFor, type TextPrefix } from '../embed/text-prefix.ts';
import { AppError } from '../errors.ts';
import type { Embedder } from '../question.ts';
import type { EmbedReply, EmbedRequest } from './child-messages.ts';

/** `modelsDir` holds one folder per model; `idleMs` is after how long without work the child gives its memory back. */
export interface TransformersSettings {
  readonly modelsDir: string;
  readonly model: string;
  readonly threads?: number;
  readonly idleMs?: number;
}

const IDLE_MS = 10 * 60_000;
const CHILD = fileURLToPath(new URL('./embed-child.ts', import.meta.url));

interface Waiting {
  readonly resolve: (vector: Float32Array) => void;
  readonly reject: (error: AppError) => void;
}

/** True when the folder holds this model as transformers.js wants it (tokenizer, configuration, 8-bit weights). */
export function isModelThere(modelsDir: string, model: string): boolean {
  return ['config.json', 'tokenizer.json', join('onnx', 'model_quantized.onnx')].every((file) =>
    existsSync(join(modelsDir, model, file)),
  );
}

/**
 * Embedder on transformers.js, from a local folder only, in a process of its own: the runtime blocks its event loop while
 * it computes, and ending a mere thread in the middle of that takes the whole process down (seen: an uncaught
 * Napi::Error). The child starts with the first text, ends after ten idle minutes (0.6 GB back to the machine), and
 * starts again when needed, also after a crash. Throws AppError `unavailable` (reason `embedder-failed`) when the model
 * is missing or the child dies.
 */
export class TransformersEmbedder implements Embedder {
  readonly model: string;
  readonly #settings: Required<TransformersSettings>;
  readonly #prefix: TextPrefix;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(settings: TransformersSettings) {
    this.#settings = { threads: Math.min(4, availableParallelism()), idleMs: IDLE_MS, ...settings };
    this.#prefix = prefixFor(settings.model);
    this.model = `transformers ${settings.model} q8`;
  }

  embedQuestion(text: string, signal?: AbortSignal): Promise<Float32Array> {
    return this.#embed(this.#prefix.question + text, signal);
  }

  embedPassage(text: string, signal?: AbortSignal): Promise<Float32Array> {
    return this.#embed(this.#prefix.passage + text, signal);
  }

  /** Process id of the running child, for status and tests; undefined while none is needed. */
  get childPid(): number | undefined {
    return this.#child?.pid;
  }

  async close(): Promise<void> {
    await this.#stop(failed('was closed'));
  }

  async #embed(text: string, signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    clearTimeout(this.#idle);
    const child = this.#running();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Float32Array>();
    this.#waiting.set(id, { resolve, reject });
    keepAlive(child, true);
    // What has begun cannot be taken back; only its result is no longer waited for.
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    // A failed send means that the child is gone; its exit rejects what waits.
    child.send({ id, text } satisfies EmbedRequest, () => undefined);
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#restSoon();
    }
  }

  #running(): ChildProcess {
    if (this.#child) return this.#child;
    const { modelsDir, model, threads } = this.#settings;
    if (!isModelThere(modelsDir, model)) throw failed('is not in the models folder');
    const child = fork(CHILD, [modelsDir, model, String(threads)], {
      // Nothing of the service's environment, and no word of the library in anybody's log.
      env: {},
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    child.on('message', (reply: EmbedReply) => {
      const waiting = this.#waiting.get(reply.id);
      if ('vector' in reply) waiting?.resolve(reply.vector);
      else waiting?.reject(failed(`failed on a text (${reply.failed})`));
    });
    const onEnd = () => {
      if (this.#child === child) void this.#stop(failed('stopped unexpectedly'));
    };
    child.on('error', onEnd);
    child.on('exit', onEnd);
    this.#child = child;
    return child;
  }

  #restSoon(): void {
    if (this.#child) keepAlive(this.#child, false);
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#stop(failed('was idle')), this.#settings.idleMs);
    this.#idle.unref();
  }

  async #stop(reason: AppError): Promise<void> {
    clearTimeout(this.#idle);
    const child = this.#child;
    this.#child = undefined;
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    keepAlive(child, true);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}

/** An idle child must not keep a process alive that has nothing else to do; one that computes must. */
function keepAlive(child: ChildProcess, isNeeded: boolean): void {
  const way = isNeeded ? 'ref' : 'unref';
  child[way]();
  child.channel?.[way]();
}

function failed(what: string): AppError {
  return new AppError('unavailable', `The embedding model ${what}.`, {
    reason: 'embedder-failed',
    hint: 'Look at embedding.modelsDir and embedding.model; questions are answered without it meanwhile.',
  });
}
