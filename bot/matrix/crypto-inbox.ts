import type { Database } from 'better-sqlite3';
import { checkpoint } from './checkpoint.ts';
import { listOf, type SyncAnswer } from './events.ts';

/** The part of a sync answer that the crypto machine is fed, in the order it came. */
export interface CryptoBatch {
  readonly batch: number;
  readonly toDevice: readonly unknown[];
  readonly changed: readonly string[];
  readonly left: readonly string[];
  readonly oneTimeKeys: Readonly<Record<string, number>>;
  readonly fallbackKeys: readonly string[] | null;
}

/** The parts of stored sync answers that the crypto machine has not been fed. Part of the inbox, in its transactions. */
export class CryptoInbox {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The oldest batch that the crypto machine has not been fed. */
  next(): CryptoBatch | undefined {
    const row = this.#db.prepare('SELECT batch, body FROM crypto_inbox ORDER BY batch LIMIT 1').get() as
      | { batch: number; body: string }
      | undefined;
    return row && { ...(JSON.parse(row.body) as Omit<CryptoBatch, 'batch'>), batch: row.batch };
  }

  markFed(batch: number): void {
    this.#db.prepare('DELETE FROM crypto_inbox WHERE batch = ?').run(batch);
    checkpoint('crypto-marked');
  }

  /** Stores what one sync answer brought. */
  store(batch: number, answer: SyncAnswer): void {
    const body: Omit<CryptoBatch, 'batch'> = {
      toDevice: listOf(answer.to_device?.events),
      changed: listOf(answer.device_lists?.changed).filter(isString),
      left: listOf(answer.device_lists?.left).filter(isString),
      oneTimeKeys: countsOf(answer.device_one_time_keys_count),
      fallbackKeys: Array.isArray(answer.device_unused_fallback_key_types)
        ? answer.device_unused_fallback_key_types.filter(isString)
        : null,
    };
    this.#db.prepare('INSERT INTO crypto_inbox (batch, body) VALUES (?, ?)').run(batch, JSON.stringify(body));
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** Counts by name; anything else that a server may put there is left out. */
function countsOf(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, count]) => Number.isSafeInteger(count) && count >= 0));
}
