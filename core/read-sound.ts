import type { TenantId } from './caller.ts';
import { unlessDamaged } from './damaged-store.ts';
import type { People } from './people.ts';
import type { TenantReader, Vault } from './tenant.ts';

/**
 * Reads a tenant's store for the product itself, for work that goes through all of them: one that is damaged is left out, and
 * gives undefined. Called by the counts of the bot.
 */
export function readSound<T>(
  { vault, people }: { readonly vault: Vault; readonly people: People },
  tenant: TenantId,
  fn: (reader: TenantReader) => T,
): T | undefined {
  return unlessDamaged(() => vault.read(people.systemCaller(tenant), fn));
}
