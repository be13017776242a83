import type { LocalConfig } from '../config/config.ts';
import type { Secrets } from '../config/load.ts';
import type { Embedders } from '../core/ask/serving-embedder.ts';
import type { ModelArrival } from '../core/embed/model-arrival.ts';
import { type Choice, type ChosenEmbedder, chooseEmbedder, chooseLanguageModel } from '../core/models/choose.ts';
import { EarlierEmbedders } from '../core/models/earlier-embedders.ts';
import type { Embedder, LanguageModel } from '../core/question.ts';
import type { ModelsInUse } from './commands/services.ts';
import type { EmbeddingState, ModelInUse } from './wording/facts/commands.ts';

/** The models of a process: for asking, for the words of `!privacy` and `!status`, and the reasons for the log. */
export interface ChosenModels {
  readonly embedder: Embedder | undefined;
  /** What `answerQuestion` takes beside vault and vectors. */
  readonly parts: Embedders & { readonly model?: LanguageModel };
  readonly inUse: ModelsInUse;
  /** To be run before the embedder can work; undefined when nothing is to be downloaded. */
  readonly download: ModelArrival | undefined;
  readonly why: readonly Choice[];
  readonly close: () => Promise<void>;
}

/** Chooses embedder and language model by the settings. Used by the entry files of bot and console. Never throws. */
export async function chooseModels(
  { embedding, answering }: Pick<LocalConfig, 'embedding' | 'answering'>,
  secrets: Pick<Secrets, 'embeddingApiKey' | 'answeringApiKey'>,
): Promise<ChosenModels> {
  const vectors = embedding.kind === 'openai' ? { ...embedding, apiKey: secrets.embeddingApiKey?.reveal() } : embedding;
  const [found, worded] = await Promise.all([
    chooseEmbedder(vectors),
    chooseLanguageModel(
      answering.kind === 'openai' ? { ...answering, apiKey: secrets.answeringApiKey?.reveal() } : answering,
    ),
  ]);
  const { embedder, download } = found;
  const others = new EarlierEmbedders(vectors);
  const earlier = (name: string) => others.of(name);
  const { model } = worded;
  return {
    embedder,
    download,
    parts: { ...(embedder && { embedder, earlier }), ...(model && { model }) },
    inUse: {
      embedder: embedder?.model,
      answering: model ? inUse(model.model, answering) : null,
      embedding: embedder ? inUse(String(found.why.facts.model ?? embedder.model), embedding) : null,
      earlier,
      embeddingState: () => embeddingState(found),
    },
    why: [found.why, worded.why],
    close: async () => {
      await embedder?.close();
      await others.close();
    },
  };
}

function embeddingState({ why, download }: ChosenEmbedder): EmbeddingState {
  if (why.key === 'embedding.transformers-changed') return 'changed';
  if (why.key === 'embedding.transformers-missing') return 'missing';
  if (!download || download.state === 'done') return 'ready';
  return download.state === 'failing' || download.state === 'refused' ? download.state : 'downloading';
}

function inUse(name: string, settings: LocalConfig['embedding'] | LocalConfig['answering']): ModelInUse {
  return { name, host: 'url' in settings ? otherHost(settings.url) : null };
}

/** The host of an address when it is another machine than this one; null for this one. */
export function otherHost(url: string): string | null {
  const { hostname } = new URL(url);
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) ? null : hostname;
}
