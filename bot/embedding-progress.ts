import { servingModel } from '../core/ask/serving-embedder.ts';
import type { OpenState } from '../core/control.ts';
import { readSound } from '../core/read-sound.ts';

/** Passages of all people that the model has embedded, out of how many; `earlier` models serve somebody meanwhile. */
export interface EmbeddingProgress {
  readonly embedded: number;
  readonly passages: number;
  readonly earlier: readonly string[];
}

/** Counts and names of models, nothing else; undefined without a model. Opens every tenant: for `!status`. */
export function embeddingProgress(
  { vault, control: { people } }: Pick<OpenState, 'vault' | 'control'>,
  model: string | undefined,
): EmbeddingProgress | undefined {
  if (model === undefined) return undefined;
  let [embedded, passages] = [0, 0];
  const earlier = new Set<string>();
  for (const { tenant } of people.tenants()) {
    readSound({ vault, people }, tenant, (reader) => {
      const depth = reader.embeddingDepth(model);
      embedded += depth.embedded;
      passages += depth.passages;
      const serving = servingModel(reader, model);
      if (serving !== model) earlier.add(serving);
    });
  }
  return { embedded, passages, earlier: [...earlier] };
}
