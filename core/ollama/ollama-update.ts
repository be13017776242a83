import { AppError } from '../errors.ts';
import type { FetchOptions, ModelNews, UpdatableModel } from '../model-updates.ts';
import { OllamaStatusError, ollamaClient } from './ollama-client.ts';
import { OllamaLanguageModel } from './ollama-language-model.ts';
import { besideName, type OllamaName, ollamaName } from './ollama-name.ts';
import { registryDigests } from './registry-manifest.ts';

/** Questions about what the server has are answered from its memory. */
const LOOK_MS = 15_000;
/** Naming and removing touch small files; the disk may be slow. */
const NAME_MS = 120_000;
/** Longest silence of a server that pulls. */
const SILENCE_MS = 5 * 60_000;

/** The registry that Ollama asks by itself. */
const DEFAULT_HOST = 'registry.ollama.ai';

/** `registry`: address without a slash at the end. `contextTokens`: what is asked of the model when it is measured. */
export interface OllamaUpdateOptions {
  readonly url: string;
  readonly model: string;
  readonly use: UpdatableModel['use'];
  readonly registry: string;
  readonly contextTokens: number;
}

/**
 * A model of an Ollama server and the newer one of its registry. A pull overwrites the name at once, so the old one gets a second name
 * first and its own back right after; the new one waits under a third. Made by core/models.
 */
export class OllamaUpdate implements UpdatableModel {
  readonly name: string;
  readonly use: UpdatableModel['use'];
  readonly #options: OllamaUpdateOptions;
  readonly #parts: OllamaName | undefined;

  constructor(options: OllamaUpdateOptions) {
    this.name = options.model;
    this.use = options.use;
    this.#options = options;
    this.#parts = ollamaName(options.model);
  }

  get serving(): OllamaLanguageModel {
    return new OllamaLanguageModel({ ...this.#options, model: this.name });
  }

  get onTrial(): OllamaLanguageModel {
    return new OllamaLanguageModel({ ...this.#options, model: this.#beside('trial') });
  }

  async news(signal: AbortSignal): Promise<ModelNews> {
    const { registry } = this.#options;
    const name = this.#parts;
    const isElsewhere = name?.host !== undefined && name.host !== new URL(registry).host;
    if (name === undefined || isElsewhere) return { state: 'own' };
    try {
      const here = (await this.#installed(signal)).get(fullName(name));
      if (here === undefined) return { state: 'unknown' };
      const there = await registryDigests(registry, name, signal);
      if (there === 'absent') return { state: 'own' };
      if (there.includes(here)) return { state: 'current' };
      const { details } = await this.#client(signal, LOOK_MS).show({ model: this.name });
      // Made here from another one: pulling would throw that work away.
      return details.parent_model ? { state: 'own' } : { state: 'newer', digest: there[0] };
    } catch {
      signal.throwIfAborted();
      return { state: 'unknown' };
    }
  }

  async settle(signal: AbortSignal | undefined): Promise<void> {
    if (this.#parts === undefined) return;
    const installed = await this.#installed(signal);
    if (installed.has(this.#beside('kept'))) await this.#copy(this.#beside('kept'), this.name);
    await this.#removeBeside();
  }

  async fetch({ signal, onProgress }: FetchOptions): Promise<void> {
    const { name, insecure } = this.#pulled();
    try {
      const isThere = (await this.#installed(signal)).has(name);
      await this.#copy(this.name, this.#beside('kept'));
      await this.#pull({ name, insecure }, { signal, onProgress });
      await this.#copy(name, this.#beside('trial'));
      await this.#copy(this.#beside('kept'), this.name);
      if (name !== this.name && !isThere) await this.#remove(name);
    } catch (thrown) {
      await this.settle(undefined);
      signal.throwIfAborted();
      throw new AppError('unavailable', 'the newer model could not be fetched', {
        reason: 'model-fetch',
        cause: thrown,
      });
    }
  }

  async take(): Promise<void> {
    await this.#copy(this.#beside('trial'), this.name);
    await this.#removeBeside();
  }

  async drop(): Promise<void> {
    await this.#copy(this.#beside('kept'), this.name);
    await this.#removeBeside();
  }

  async #pull({ name, insecure }: { name: string; insecure: boolean }, { signal, onProgress }: FetchOptions) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const client = ollamaClient(this.#options.url, AbortSignal.any([signal, silence.signal]));
      for await (const { completed, total } of await client.pull({ model: name, insecure, stream: true })) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        onProgress(completed, total);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** The name that is pulled: with another registry than Ollama's own it names that, and is another one here. */
  #pulled(): { name: string; insecure: boolean } {
    const { host, protocol } = new URL(this.#options.registry);
    const insecure = protocol === 'http:';
    if (this.#parts === undefined || this.#parts.host !== undefined || host === DEFAULT_HOST)
      return { name: this.name, insecure };
    return { name: fullName({ ...this.#parts, host }), insecure };
  }

  /** Digests of what the server has, by full names. */
  async #installed(signal: AbortSignal | undefined): Promise<ReadonlyMap<string, string>> {
    const { models } = await this.#client(signal, LOOK_MS).list();
    return new Map(
      models.flatMap(({ name, digest }) => {
        const parts = ollamaName(name);
        return parts ? [[fullName(parts), digest]] : [];
      }),
    );
  }

  #beside(which: 'kept' | 'trial'): string {
    if (this.#parts === undefined) throw new AppError('internal', 'a model without a proper name is not updated');
    return besideName(this.#parts, which);
  }

  async #removeBeside(): Promise<void> {
    await this.#remove(this.#beside('trial'));
    await this.#remove(this.#beside('kept'));
  }

  /** Goes on in a stop: half of it would leave another model in place than was measured. */
  async #copy(source: string, destination: string): Promise<void> {
    await this.#client(undefined, NAME_MS).copy({ source, destination });
  }

  async #remove(model: string): Promise<void> {
    try {
      await this.#client(undefined, NAME_MS).delete({ model });
    } catch (thrown) {
      if (!(thrown instanceof OllamaStatusError && thrown.status === 404)) throw thrown;
    }
  }

  #client(signal: AbortSignal | undefined, limitMs: number) {
    const limit = AbortSignal.timeout(limitMs);
    return ollamaClient(this.#options.url, signal ? AbortSignal.any([signal, limit]) : limit);
  }
}

/** As the server lists it. */
function fullName({ host, namespace, model, tag }: OllamaName): string {
  const own = host === DEFAULT_HOST ? undefined : host;
  const from = own === undefined && namespace === 'library' ? [] : [...(own === undefined ? [] : [own]), namespace];
  return [...from, `${model}:${tag}`].join('/');
}
