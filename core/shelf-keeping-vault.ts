import { isDamaged } from './damaged-store.ts';
import type { People } from './people.ts';
import type { Shares } from './shares.ts';
import { step } from './step.ts';
import type { TenantReader, Vault } from './tenant.ts';

/**
 * A vault that ends a share as soon as its document is not among its owner's current ones any more: forgotten, by whatever
 * way, or replaced by a newer version. `openState` gives out no other.
 */
export function shelfKeepingVault(vault: Vault, shares: Pick<Shares, 'lentFrom' | 'close'>): Vault {
  return {
    read: (caller, fn) => vault.read(caller, fn),
    write(caller, fn) {
      const lent = shares.lentFrom(caller.tenant);
      if (lent.length === 0) return vault.write(caller, fn);
      let isStill: (document: number) => boolean = () => true;
      const result = vault.write(caller, (writer) => {
        const value = fn(writer);
        isStill = currentIn(writer);
        return value;
      });
      step('lender-written');
      for (const { document, shelf } of lent) if (!isStill(document)) shares.close(shelf.tenant);
      return result;
    },
  };
}

/**
 * Ends what is over: shares whose time has come, whose document went (a crash may have come between the two), or that were
 * left half way. One tenant's trouble keeps nothing of others from ending: a damaged file is passed over (its admins hear of
 * it from the vault), anything else is thrown when all is done. Called by the bot's housekeeping.
 */
export function sweepShares({
  vault,
  shares,
  people,
}: {
  readonly vault: Vault;
  readonly shares: Shares;
  readonly people: People;
}): void {
  const failures: unknown[] = [];
  for (const { tenant, kind } of people.tenants()) {
    const lent = kind === 'person' ? shares.lentFrom(tenant) : [];
    if (lent.length === 0) continue;
    try {
      const isStill = vault.read(people.systemCaller(tenant), currentIn);
      for (const { document, shelf } of lent) if (!isStill(document)) shares.close(shelf.tenant);
    } catch (thrown) {
      if (!isDamaged(thrown)) failures.push(thrown);
    }
  }
  shares.sweep();
  if (failures.length > 0) throw failures[0];
}

function currentIn(reader: TenantReader): (document: number) => boolean {
  const numbers = new Set(reader.documents().map(({ number }) => number));
  return (document) => numbers.has(document);
}
