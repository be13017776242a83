import type { AlertLog } from '../core/alert.ts';
import type { TenantId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import type { TenantKeys } from '../core/keys/tenant-keys.ts';
import { type Logger, reference } from '../core/log.ts';

const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 3_600_000;
const FAILED = 'key-change-failed';

interface KeyDeskParts {
  readonly keys: TenantKeys;
  readonly alerts: Pick<AlertLog, 'raise' | 'clear'>;
  /** Told after each change: what is kept elsewhere under the old key has to follow. */
  readonly onChanged: (tenant: TenantId) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Sees to tenants that wait for a new key, asked for in the ops room or at the shell: one after the other, beside everything
 * else. What fails is reported and tried again at growing distances; a kill or a stop loses nothing. Used by the bot.
 */
export class KeyDesk {
  readonly #parts: KeyDeskParts;
  readonly #stop = new AbortController();
  #working: Promise<void> | undefined;
  #notBefore = 0;
  #failures = 0;

  constructor(parts: KeyDeskParts) {
    this.#parts = parts;
  }

  /** Called about once a second. */
  tick(): void {
    if (this.#working || this.#stop.signal.aborted || this.#parts.clock() < this.#notBefore) return;
    if (this.#parts.keys.waiting().length === 0) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Stops between two moments of a change; the next start goes on. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { keys, alerts, onChanged, clock, log } = this.#parts;
    let count = 0;
    try {
      for (let [tenant] = keys.waiting(); tenant !== undefined; [tenant] = keys.waiting()) {
        const change = await keys.rotate(tenant, this.#stop.signal);
        // Gone: a share that ended, somebody who is erased.
        if (change === undefined) continue;
        log.info({ ...change }, 'a tenant has a new key');
        onChanged(tenant);
        count += 1;
      }
      this.#failures = 0;
      alerts.clear(FAILED);
      if (count > 0) alerts.raise({ code: 'keys-changed', severity: 'info', facts: { count } });
    } catch (thrown) {
      if (this.#stop.signal.aborted) return;
      this.#failures += 1;
      this.#notBefore = clock() + Math.min(FIRST_REST_MS * 2 ** (this.#failures - 1), LONGEST_REST_MS);
      const ref = reference();
      log.error({ err: thrown, reference: ref }, 'a key could not be changed');
      alerts.raise({ code: FAILED, severity: 'warning', key: FAILED, facts: { reference: ref } });
    }
  }
}
