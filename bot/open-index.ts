import type { LocalConfig } from '../config/config.ts';
import type { Secrets } from '../config/load.ts';
import { gramsOf } from '../core/ask/grams.ts';
import type { OpenState } from '../core/control.ts';
import type { QdrantIndex } from '../core/qdrant/qdrant-index.ts';
import { watchedVault } from '../core/watched-vault.ts';

/** What the index of an entry file is opened with. `model` names the embedding model in use. */
export interface IndexSetup {
  readonly config: Pick<LocalConfig, 'store'>;
  readonly secrets: Pick<Secrets, 'storeApiKey'>;
  readonly state: OpenState;
  readonly model: string | undefined;
  readonly log: { warn(facts: object, message: string): void };
}

/**
 * Puts the index of `store.kind` beside a state. The state returned is the one to work with from then on: its vault tells
 * the index of each write. `index` is undefined when passages are looked up in the tenants' files themselves. The index
 * works until `cleanup` ends it; closing the state itself stays with who opened it.
 */
export async function openIndex(
  { config, secrets, state, model, log }: IndexSetup,
  cleanup: AsyncDisposableStack,
): Promise<{ state: OpenState; index: QdrantIndex | undefined }> {
  const { store } = config;
  if (store.kind === 'sqlite') return { state, index: undefined };
  // Its client is larger than all that most households load; who has no Qdrant starts without it.
  const qdrant = await import('../core/qdrant/qdrant-index.ts');
  const { vault, control } = state;
  const index = new qdrant.QdrantIndex({
    ...control,
    address: { url: store.url, apiKey: secrets.storeApiKey!.reveal() },
    vault,
    indexSecret: (tenant) => state.indexSecret(tenant),
    model,
    gramsOf,
    log,
  });
  cleanup.use(index.start());
  return { state: { ...state, vault: watchedVault(vault, (tenant) => index.noteWritten(tenant)) }, index };
}
