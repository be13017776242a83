import { join } from 'node:path';
import { CentredEmbedder } from '../embed/centred-embedder.ts';
import { LOCAL_OLLAMA } from '../ollama/ollama-client.ts';
import { OllamaEmbedder } from '../ollama/ollama-embedder.ts';
import { OpenAiEmbedder } from '../openai/openai-embedder.ts';
import type { Embedder } from '../question.ts';
import { verifyModel } from '../transformers/model-manifest.ts';
import { isModelThere, TransformersEmbedder } from '../transformers/transformers-embedder.ts';
import type { EmbeddingSettings } from './choose.ts';

/** It only embeds questions: its half gigabyte goes back soon, because the new model's process needs as much. */
const IDLE_MS = 60_000;

/**
 * Embedders of models whose vectors still serve after a switch, made from their names and the settings of today: another
 * model in the same folder or on the same server. Made by chooseModels, asked by servingEmbedder.
 */
export class EarlierEmbedders {
  readonly #settings: EmbeddingSettings;
  readonly #made = new Map<string, Promise<Embedder | undefined>>();

  constructor(settings: EmbeddingSettings) {
    this.#settings = settings;
  }

  /** undefined when the model cannot be run with today's settings, or its vectors were made in another way. Never throws. */
  of(model: string): Promise<Embedder | undefined> {
    const made = this.#made.get(model) ?? make(model, this.#settings).catch(() => undefined);
    this.#made.set(model, made);
    return made;
  }

  async close(): Promise<void> {
    for (const made of this.#made.values()) await (await made)?.close();
  }
}

/** By the names that the embedders give themselves; what was made must bear the very same name. */
async function make(model: string, settings: EmbeddingSettings): Promise<Embedder | undefined> {
  const [, kind, name = ''] = /^(transformers|ollama|openai) (.+?)(?: q8)?; centred \d+$/.exec(model) ?? [];
  const inner =
    kind === 'transformers'
      ? await fromFolder(name, settings)
      : kind === 'ollama'
        ? fromOllama(name, settings)
        : kind === 'openai' && settings.kind === 'openai'
          ? new OpenAiEmbedder({ ...settings, model: name })
          : undefined;
  const embedder = inner && new CentredEmbedder(inner);
  return embedder?.model === model ? embedder : undefined;
}

async function fromFolder(model: string, settings: EmbeddingSettings): Promise<Embedder | undefined> {
  const modelsDir = 'modelsDir' in settings ? settings.modelsDir : undefined;
  if (modelsDir === undefined || !isModelThere(modelsDir, model)) return undefined;
  await verifyModel(join(modelsDir, model));
  return new TransformersEmbedder({ modelsDir, model, idleMs: IDLE_MS });
}

function fromOllama(model: string, settings: EmbeddingSettings): Embedder | undefined {
  if (settings.kind === 'ollama') return new OllamaEmbedder({ url: settings.url, model });
  if (settings.kind === 'auto') return new OllamaEmbedder({ url: settings.ollamaUrl ?? LOCAL_OLLAMA, model });
  return undefined;
}
