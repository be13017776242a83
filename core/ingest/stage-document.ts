import { setImmediate } from 'node:timers/promises';
import type { Caller } from '../caller.ts';
import type { TenantWriter, Vault } from '../tenant.ts';
import type { PreparedDocument } from './prepare-document.ts';

/** Documents up to this many passages are stored at once: that takes a few milliseconds. */
const SMALL = 500;

/**
 * Stores a document that was read: `store` is called inside one `vault.write` and calls `keepDocument`, with what else
 * belongs to it. A large document is brought into the tenant's file step by step before, unseen, so that others are served
 * in between and `store` has little left to do. Whatever ends this early leaves nothing that anybody sees; the rest of it goes
 * at once, or after a crash when the file is opened. Throws what `store` and the vault throw.
 */
export async function stageDocument<T>(
  vault: Vault,
  { caller, prepared }: { caller: Caller; prepared: PreparedDocument },
  store: (writer: TenantWriter) => T,
): Promise<T> {
  if (prepared.passages.length <= SMALL) return vault.write(caller, store);
  const { source } = prepared.document;
  const steps = async (step: (writer: TenantWriter) => boolean) => {
    while (!vault.write(caller, step)) await setImmediate();
    await setImmediate();
  };
  try {
    await steps((writer) => writer.wasForgotten(source) || writer.stageDocument(source, prepared));
    return vault.write(caller, store);
  } finally {
    await steps((writer) => writer.dropStaged(source));
  }
}
