import { join } from 'node:path';
import { CentredEmbedder } from '../embed/centred-embedder.ts';
import type { ModelArrival } from '../embed/model-arrival.ts';
import { LOCAL_OLLAMA } from '../ollama/ollama-client.ts';
import { OllamaEmbedder } from '../ollama/ollama-embedder.ts';
import { OllamaLanguageModel } from '../ollama/ollama-language-model.ts';
import { type OllamaModel, ollamaModels } from '../ollama/ollama-models.ts';
import { OpenAiEmbedder } from '../openai/openai-embedder.ts';
import { OpenAiLanguageModel } from '../openai/openai-language-model.ts';
import { probeModel } from '../openai/openai-server.ts';
import type { Embedder, LanguageModel } from '../question.ts';
import { ModelDownload, repositoryOf } from '../transformers/model-download.ts';
import { verifyModel } from '../transformers/model-manifest.ts';
import { isModelThere, TransformersEmbedder } from '../transformers/transformers-embedder.ts';

/**
 * Settings of section `embedding`, secrets as plain strings. `auto` looks into `modelsDir`, then asks `ollamaUrl`; with a
 * `downloadUrl` it does not ask, because the model of the folder is on its way.
 */
export type EmbeddingSettings =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'auto';
      readonly modelsDir?: string;
      readonly ollamaUrl?: string;
      readonly downloadUrl?: string;
    }
  | { readonly kind: 'transformers'; readonly model: string; readonly modelsDir: string; readonly downloadUrl?: string }
  | { readonly kind: 'ollama'; readonly url: string; readonly model: string }
  | { readonly kind: 'openai'; readonly url: string; readonly model: string; readonly apiKey?: string | undefined };

/** Settings of section `answering`, secrets as plain strings. `contextTokens` caps what a model is asked to hold. */
export type AnsweringSettings =
  | { readonly kind: 'extractive' }
  | { readonly kind: 'auto'; readonly ollamaUrl?: string; readonly contextTokens?: number }
  | { readonly kind: 'ollama'; readonly url: string; readonly model: string; readonly contextTokens?: number }
  | {
      readonly kind: 'openai';
      readonly url: string;
      readonly model: string;
      readonly apiKey?: string | undefined;
      readonly contextTokens?: number;
    };

/** Why this was chosen, for the log and `!status`. `key` is one of `CHOICES`; facts are names of models and numbers, never addresses with keys. */
export interface Choice {
  readonly key: (typeof CHOICES)[number];
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Every key that a choice may have. */
export const CHOICES = [
  'embedding.none',
  'embedding.nothing-found',
  'embedding.transformers',
  'embedding.transformers-missing',
  'embedding.transformers-changed',
  'embedding.downloading',
  'embedding.ollama',
  'embedding.openai',
  'answering.extractive',
  'answering.nothing-found',
  'answering.ollama',
  'answering.ollama-unreachable',
  'answering.ollama-missing',
  'answering.openai',
  'answering.openai-unreachable',
] as const;

/** The model that `auto` looks for in the models folder: the best small one for many languages. */
export const DEFAULT_MODEL = 'multilingual-e5-small';
const PROBE_MS = 3_000;
/** Context when the settings name none: what a small server can hold, and enough for eight passages. */
const DEFAULT_CONTEXT = 8_192;

/** `download` must be run to its end before the embedder can work; until then it throws `unavailable`. */
export interface ChosenEmbedder {
  readonly embedder?: Embedder;
  readonly download?: ModelArrival;
  readonly why: Choice;
}

/**
 * Chooses the embedder for the settings; none when there is nothing, or when a downloaded model was changed since. The
 * embedder is not started by it. Never throws.
 */
export async function chooseEmbedder(settings: EmbeddingSettings): Promise<ChosenEmbedder> {
  switch (settings.kind) {
    case 'none':
      return { why: { key: 'embedding.none', facts: {} } };
    case 'transformers':
      return transformersEmbedder(settings);
    case 'ollama':
      return ollamaEmbedder(settings.url, settings.model);
    case 'openai':
      return {
        embedder: centred(new OpenAiEmbedder(settings)),
        why: { key: 'embedding.openai', facts: { model: settings.model } },
      };
    case 'auto':
      return autoEmbedder(settings);
  }
}

async function transformersEmbedder(
  settings: Extract<EmbeddingSettings, { kind: 'transformers' }>,
): Promise<ChosenEmbedder> {
  const { model, modelsDir, downloadUrl: hubUrl } = settings;
  const because = (key: Choice['key']) => ({ why: { key, facts: { model } } });
  if (isModelThere(modelsDir, model)) {
    try {
      await verifyModel(join(modelsDir, model));
    } catch {
      return because('embedding.transformers-changed');
    }
    return { embedder: centred(new TransformersEmbedder({ model, modelsDir })), ...because('embedding.transformers') };
  }
  const embedder = centred(new TransformersEmbedder({ model, modelsDir }));
  if (hubUrl === undefined) return { embedder, ...because('embedding.transformers-missing') };
  const download = new ModelDownload({ hubUrl, repository: repositoryOf(model), modelsDir, model });
  return { embedder, download, ...because('embedding.downloading') };
}

async function autoEmbedder(settings: Extract<EmbeddingSettings, { kind: 'auto' }>): Promise<ChosenEmbedder> {
  const { modelsDir, downloadUrl, ollamaUrl = LOCAL_OLLAMA } = settings;
  if (modelsDir !== undefined && (downloadUrl !== undefined || isModelThere(modelsDir, DEFAULT_MODEL))) {
    const folder = { modelsDir, ...(downloadUrl !== undefined && { downloadUrl }) };
    return transformersEmbedder({ kind: 'transformers', model: DEFAULT_MODEL, ...folder });
  }
  const models = await ollamaModels(ollamaUrl, PROBE_MS);
  const found = models?.find((model) => model.canEmbed);
  if (found) return ollamaEmbedder(ollamaUrl, found.name);
  return { why: { key: 'embedding.nothing-found' as const, facts: {} } };
}

function ollamaEmbedder(url: string, model: string) {
  return {
    embedder: centred(new OllamaEmbedder({ url, model })),
    why: { key: 'embedding.ollama' as const, facts: { model } },
  };
}

function centred(embedder: Embedder): Embedder {
  return new CentredEmbedder(embedder);
}

/**
 * Chooses the language model for the settings; none when answers are to be the passages themselves. A configured server
 * that does not answer now is kept (it may start later) and the choice says so. Never throws.
 */
export async function chooseLanguageModel(
  settings: AnsweringSettings,
): Promise<{ model?: LanguageModel; why: Choice }> {
  switch (settings.kind) {
    case 'extractive':
      return { why: { key: 'answering.extractive', facts: {} } };
    case 'ollama':
      return namedOllama(settings);
    case 'openai':
      return namedOpenAi(settings);
    case 'auto': {
      const url = settings.ollamaUrl ?? LOCAL_OLLAMA;
      const found = (await ollamaModels(url, PROBE_MS))?.find((model) => model.canChat);
      if (!found) return { why: { key: 'answering.nothing-found', facts: {} } };
      const contextTokens = ollamaContext(settings.contextTokens, found);
      return {
        model: new OllamaLanguageModel({ url, model: found.name, contextTokens }),
        why: { key: 'answering.ollama', facts: { model: found.name, contextTokens } },
      };
    }
  }
}

async function namedOllama(settings: Extract<AnsweringSettings, { kind: 'ollama' }>) {
  const { url, model } = settings;
  const models = await ollamaModels(url, PROBE_MS);
  const found = models?.find(({ name }) => name === model || name === `${model}:latest`);
  const contextTokens = ollamaContext(settings.contextTokens, found);
  const key = found ? 'answering.ollama' : models ? 'answering.ollama-missing' : 'answering.ollama-unreachable';
  return {
    model: new OllamaLanguageModel({ url, model, contextTokens }),
    why: { key, facts: { model, contextTokens } } satisfies Choice,
  };
}

/**
 * The context that is asked of Ollama with every request: the setting, else what the model's own file sets, else the
 * default; never more than the model was trained for.
 */
function ollamaContext(setting: number | undefined, found: OllamaModel | undefined): number {
  return smaller(setting ?? found?.setContext ?? DEFAULT_CONTEXT, found?.contextTokens);
}

async function namedOpenAi(settings: Extract<AnsweringSettings, { kind: 'openai' }>) {
  const probe = await probeModel(settings, AbortSignal.timeout(PROBE_MS));
  const contextTokens = smaller(settings.contextTokens ?? DEFAULT_CONTEXT, probe?.contextTokens);
  const key = probe ? 'answering.openai' : 'answering.openai-unreachable';
  return {
    model: new OpenAiLanguageModel({ ...settings, contextTokens }),
    why: { key, facts: { model: settings.model, contextTokens } } satisfies Choice,
  };
}

function smaller(wanted: number, possible: number | undefined): number {
  return possible === undefined ? wanted : Math.min(wanted, possible);
}
