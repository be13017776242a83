import { gramsOf } from '../../../core/ask/grams.ts';
import type { OpenState } from '../../../core/control.ts';
import { QdrantIndex } from '../../../core/qdrant/qdrant-index.ts';
import type { Vault } from '../../../core/tenant.ts';
import { watchedVault } from '../../../core/watched-vault.ts';
import type { TestQdrant } from '../../lab/qdrant/start-qdrant.ts';
import { MODEL } from '../passage-index.contract.ts';

/** An index on a state and a server, as the entry files put it together; `worker: false` leaves bringing in line to the test. */
export function qdrantIndex(
  state: OpenState,
  server: Pick<TestQdrant, 'url' | 'apiKey'>,
  { worker = true, model = MODEL as string | undefined, settleMs = 60_000 } = {},
): AsyncDisposable & { vault: Vault; search: QdrantIndex } {
  const search = new QdrantIndex({
    ...state.control,
    address: server,
    vault: state.vault,
    indexSecret: state.indexSecret,
    model,
    gramsOf,
    pace: { settleMs, firstRestMs: 20, longestRestMs: 100 },
  });
  const running = worker ? search.start() : undefined;
  return {
    vault: watchedVault(state.vault, (tenant) => search.noteWritten(tenant)),
    search,
    async [Symbol.asyncDispose]() {
      await running?.[Symbol.asyncDispose]();
    },
  };
}
