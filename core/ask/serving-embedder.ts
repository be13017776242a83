import type { Caller } from '../caller.ts';
import type { Embedder } from '../question.ts';
import type { TenantReader, Vault } from '../tenant.ts';

/** Who embeds questions. `earlier` gives the embedder of a model used before this one; undefined when it cannot be run here. */
export interface Embedders {
  readonly embedder?: Embedder | undefined;
  readonly earlier?: ((model: string) => Promise<Embedder | undefined>) | undefined;
}

/**
 * Name of the model whose vectors questions are compared with: `model`, but after a switch the one before it, as long as
 * that one knows more of the passages. Never a mixture: vectors of two models have nothing to do with each other, and the
 * few passages that a new model has come to would stand out for being the few.
 */
export function servingModel(reader: TenantReader, model: string): string {
  const own = reader.embeddingDepth(model);
  if (own.embedded === own.passages) return model;
  const others = reader.embeddingModels().filter((name) => name !== model);
  const depths = others.map((name) => ({ name, embedded: reader.embeddingDepth(name).embedded }));
  const best = depths.sort((a, b) => b.embedded - a.embedded)[0];
  return best && best.embedded >= own.embedded && best.embedded > 0 ? best.name : model;
}

/**
 * The embedder for a question of this caller; undefined when there is none, or when it is not to be had here: then the
 * built-in signals find until the new model has come to its end. Called by answerQuestion.
 */
export async function servingEmbedder(
  caller: Caller,
  { vault, embedder, earlier }: Embedders & { readonly vault: Vault },
): Promise<Embedder | undefined> {
  if (!embedder) return undefined;
  const serving = vault.read(caller, (reader) => servingModel(reader, embedder.model));
  return serving === embedder.model ? embedder : earlier?.(serving);
}
