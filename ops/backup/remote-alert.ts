import type { AlertLog } from '../../core/alert.ts';
import { type Logger, reference } from '../../core/log.ts';
import { troubleOf } from './remotes/remote-fault.ts';

/**
 * The alert that a remote fails: one for each remote, whichever job found out. `raise` also puts into the log what went wrong. Used by the
 * jobs that send.
 */
export function remoteAlert(
  remote: string,
  { alerts, log }: { readonly alerts: Pick<AlertLog, 'raise' | 'clear'>; readonly log: Logger },
) {
  const key = `remote-failing:${remote}`;
  return {
    raise(thrown: unknown): void {
      const facts = { remote, trouble: troubleOf(thrown), reference: reference() };
      log.error({ err: thrown, ...facts }, 'a remote failed');
      alerts.raise({ code: 'remote-failing', severity: 'warning', key, facts });
    },
    clear(): void {
      alerts.clear(key);
    },
  };
}
