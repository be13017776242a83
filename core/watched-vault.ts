import type { TenantId } from './caller.ts';
import type { Vault } from './tenant.ts';

/** A vault that tells after each write whose file it was. The entry files give it to everybody when an index follows the files. */
export function watchedVault(vault: Vault, onWritten: (tenant: TenantId) => void): Vault {
  return {
    read: (caller, fn) => vault.read(caller, fn),
    write(caller, fn) {
      const result = vault.write(caller, fn);
      onWritten(caller.tenant);
      return result;
    },
  };
}
