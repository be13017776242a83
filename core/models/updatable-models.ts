import type { UpdatableModel } from '../model-updates.ts';
import { LOCAL_OLLAMA } from '../ollama/ollama-client.ts';
import { OllamaUpdate } from '../ollama/ollama-update.ts';
import { type AnsweringSettings, chooseEmbedder, chooseLanguageModel, type EmbeddingSettings } from './choose.ts';

/** What a model that is only embedded with would be asked to hold; nobody asks it. */
const NO_CONTEXT = 1024;

/**
 * The models in use that come from a registry by way of Ollama: those of the settings, and those that `auto` chooses now. Models of a folder come
 * with our own version, those of other servers are looked after there. `registry` undefined: none is looked at. Never throws.
 */
export async function updatableModels(
  settings: { readonly embedding: EmbeddingSettings; readonly answering: AnsweringSettings },
  registry: string | undefined,
): Promise<readonly UpdatableModel[]> {
  if (registry === undefined) return [];
  const { embedding, answering } = settings;
  const found: UpdatableModel[] = [];
  if (answering.kind === 'ollama' || answering.kind === 'auto') {
    const { model } = await chooseLanguageModel(answering);
    const place = { url: addressOf(answering), registry, use: 'answering' } as const;
    if (model) found.push(new OllamaUpdate({ ...place, model: model.model, contextTokens: model.contextTokens }));
  }
  if (embedding.kind === 'ollama' || embedding.kind === 'auto') {
    const { key, facts } = (await chooseEmbedder(embedding)).why;
    const place = { url: addressOf(embedding), registry, use: 'embedding', contextTokens: NO_CONTEXT } as const;
    if (key === 'embedding.ollama') found.push(new OllamaUpdate({ ...place, model: String(facts.model) }));
  }
  return found;
}

function addressOf(settings: { readonly kind: string; readonly url?: string; readonly ollamaUrl?: string }): string {
  return settings.url ?? settings.ollamaUrl ?? LOCAL_OLLAMA;
}
