import type { AlertLog } from './alert.ts';
import type { Caller, TenantId } from './caller.ts';
import { AppError } from './errors.ts';
import type { Vault } from './tenant.ts';

const REASONS: ReadonlySet<string> = new Set(['store-unreadable', 'store-missing']);

const LOOKED_THROUGH = 1000;

/** True for the error of a file that nobody can read any more; who goes through all tenants leaves that one out. */
export function isDamaged(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && REASONS.has(thrown.reason ?? '');
}

/** What a use of somebody's file gives; undefined where that file is damaged, for work that must not stop at one. */
export function unlessDamaged<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch (thrown) {
    if (!isDamaged(thrown)) throw thrown;
    return undefined;
  }
}

/** True when it is this tenant's file that cannot be read: several may be open at once. */
export function isDamageOf(thrown: unknown, tenant: TenantId): boolean {
  return isDamaged(thrown) && String(thrown.facts.file).startsWith(`${tenant}.`);
}

/**
 * A vault that tells the admins of a file that cannot be read, once, and again only after it could be. The error goes on to
 * who asked. `openState` gives out no other.
 */
export function alertingVault(vault: Vault, alerts: Pick<AlertLog, 'raise' | 'clear' | 'recent'>): Vault {
  // A file is mostly mended while nothing runs: its first good use ends the alert of an earlier life.
  const told = new Set<TenantId>(openAlerts(alerts));
  const watched = <T>({ tenant }: Caller, use: () => T): T => {
    try {
      const result = use();
      if (told.delete(tenant)) alerts.clear(keyOf(tenant));
      return result;
    } catch (thrown) {
      if (isDamageOf(thrown, tenant) && !told.has(tenant)) {
        told.add(tenant);
        const facts = { file: `${tenant}.db` };
        alerts.raise({ code: 'store-damaged', severity: 'critical', key: keyOf(tenant), facts });
      }
      throw thrown;
    }
  };
  return {
    read: (caller, fn) => watched(caller, () => vault.read(caller, fn)),
    write: (caller, fn) => watched(caller, () => vault.write(caller, fn)),
  };
}

/** Tenants whose files were told of and are not known to be mended, among as many alerts as anybody looks through. */
function openAlerts(alerts: Pick<AlertLog, 'recent'>): TenantId[] {
  return alerts
    .recent(LOOKED_THROUGH)
    .filter(({ code, clearedAt }) => code === 'store-damaged' && clearedAt === null)
    .map(({ facts }) => String(facts.file).replace(/\.db$/, '') as TenantId);
}

function keyOf(tenant: TenantId): string {
  return `store-damaged ${tenant}`;
}
