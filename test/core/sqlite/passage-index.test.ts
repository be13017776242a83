import type { PassageSearch } from '../../../core/passage-search.ts';
import type { Vault } from '../../../core/tenant.ts';
import { describePassageIndex } from '../passage-index.contract.ts';

/** The tenant's own file, asked as an index elsewhere is. */
function ownFile(vault: Vault): PassageSearch {
  return {
    search: async (caller, { grams, dense, limit }) =>
      vault.read(caller, (reader) => {
        const lexical = reader.lexical(grams, limit);
        const near = dense ? reader.dense(dense.model, dense.vector, limit) : [];
        const ids = new Set([...lexical, ...near].map(({ passage }) => passage));
        return { lexical, dense: near, passages: reader.passages([...ids]) };
      }),
  };
}

describePassageIndex('passages in the tenant’s file', async ({ vault }) => ({
  vault,
  search: ownFile(vault),
  async [Symbol.asyncDispose]() {},
}));
