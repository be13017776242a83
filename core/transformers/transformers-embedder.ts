import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { prefixFor, type TextPrefix } from '../embed/text-prefix.ts';
import { AppError } from '../errors.ts';
import type { Embedder } from '../question.ts';
import type { EmbedReply, EmbedRequest, WorkerSettings } from './worker-messages.ts';

/** `modelsDir` holds one folder per model; `idleMs` is after how long without work the worker gives its memory back. */
export interface TransformersSettings {
  readonly modelsDir: string;
  readonly model: string;
  readonly threads?: number;
  readonly idleMs?: number;
}

const IDLE_MS = 10 * 60_000;

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
 * Embedder on transformers.js in a worker thread, from a local folder only. The worker starts with the first text, ends
 * after ten idle minutes (0.6 GB back), and starts again when needed, also after a crash. Throws AppError `unavailable`
 * (reason `embedder-failed`) when the model is missing or the worker dies.
 */
export class TransformersEmbedder implements Embedder {
  readonly model: string;
  readonly #settings: Required<TransformersSettings>;
  readonly #prefix: TextPrefix;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
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

  async close(): Promise<void> {
    await this.#stop(failed('was closed'));
  }

  async #embed(text: string, signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    clearTimeout(this.#idle);
    const worker = this.#running();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Float32Array>();
    this.#waiting.set(id, { resolve, reject });
    worker.ref();
    // What has begun cannot be taken back; only its result is no longer waited for.
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    worker.postMessage({ id, text } satisfies EmbedRequest);
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#restSoon();
    }
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const { modelsDir, model, threads } = this.#settings;
    if (!isModelThere(modelsDir, model)) throw failed('is not in the models folder');
    const worker = new Worker(new URL('./embed-worker.ts', import.meta.url), {
      workerData: { modelsDir, model, threads } satisfies WorkerSettings,
      // The library writes notes about files and devices; they belong in nobody's log.
      stdout: true,
      stderr: true,
    });
    worker.stdout.resume();
    worker.stderr.resume();
    worker.on('message', (reply: EmbedReply) => {
      const waiting = this.#waiting.get(reply.id);
      if ('vector' in reply) waiting?.resolve(reply.vector);
      else waiting?.reject(failed(`failed on a text (${reply.failed})`));
    });
    const onEnd = (what: string) => {
      if (this.#worker === worker) void this.#stop(failed(what));
    };
    worker.on('error', () => onEnd('stopped with an error'));
    worker.on('exit', () => onEnd('stopped'));
    this.#worker = worker;
    return worker;
  }

  #restSoon(): void {
    // An idle worker must not keep a process alive that has nothing else to do.
    this.#worker?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#stop(failed('was idle')), this.#settings.idleMs);
    this.#idle.unref();
  }

  async #stop(reason: AppError): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    for (const waiting of this.#waiting.values()) waiting.reject(reason);
    await worker?.terminate();
  }
}

function failed(what: string): AppError {
  return new AppError('unavailable', `The embedding model ${what}.`, {
    reason: 'embedder-failed',
    hint: 'Look at embedding.modelsDir and embedding.model; questions are answered without it meanwhile.',
  });
}
