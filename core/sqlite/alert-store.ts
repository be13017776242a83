import type Database from 'better-sqlite3';
import type { Alert, AlertFacts, AlertLog, NewAlert } from '../alert.ts';
import type { Clock } from '../clock.ts';
import { transact } from './transact.ts';

const COLUMNS = `id, code, severity, key, facts, raised_at AS raisedAt, delivered_at AS deliveredAt,
  cleared_at AS clearedAt, repeats`;

type AlertRow = Omit<Alert, 'facts'> & { facts: string };

/** Alerts in control.db: `AlertLog` of core. An alert without a key is news every time. */
export class AlertStore implements AlertLog {
  readonly #db: Database.Database;
  readonly #clock: Clock;

  constructor(db: Database.Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  raise(alert: NewAlert): void {
    const { code, severity, key = '', facts = {} } = alert;
    transact(this.#db, 'write', () => {
      if (key !== '' && this.#repeat(key, facts)) return;
      this.#db
        .prepare('INSERT INTO alerts (code, severity, key, facts, raised_at) VALUES (?, ?, ?, ?, ?)')
        .run(code, severity, key, JSON.stringify(facts), this.#clock());
    });
  }

  clear(key: string): boolean {
    if (key === '') return false;
    return transact(this.#db, 'write', () => {
      const cleared = this.#db
        .prepare('UPDATE alerts SET cleared_at = ? WHERE key = ? AND cleared_at IS NULL')
        .run(this.#clock(), key);
      return cleared.changes > 0;
    });
  }

  undelivered(): Alert[] {
    return this.#alerts(`SELECT ${COLUMNS} FROM alerts WHERE delivered_at IS NULL ORDER BY id`);
  }

  markDelivered(id: number): void {
    transact(this.#db, 'write', () =>
      this.#db.prepare('UPDATE alerts SET delivered_at = ? WHERE id = ?').run(this.#clock(), id),
    );
  }

  recent(limit: number): Alert[] {
    return this.#alerts(`SELECT ${COLUMNS} FROM alerts ORDER BY id DESC LIMIT ?`, limit);
  }

  removeBefore(time: number): number {
    return transact(
      this.#db,
      'write',
      () =>
        this.#db
          .prepare(
            `DELETE FROM alerts WHERE raised_at < ? AND delivered_at IS NOT NULL AND (cleared_at IS NOT NULL OR key = '')`,
          )
          .run(time).changes,
    );
  }

  // A repeat is not news, but its facts are the newest ones.
  #repeat(key: string, facts: AlertFacts): boolean {
    const repeated = this.#db
      .prepare('UPDATE alerts SET repeats = repeats + 1, facts = ? WHERE key = ? AND cleared_at IS NULL')
      .run(JSON.stringify(facts), key);
    return repeated.changes > 0;
  }

  #alerts(sql: string, ...values: number[]): Alert[] {
    const rows = this.#db.prepare(sql).all(...values) as AlertRow[];
    return rows.map((row) => ({ ...row, facts: JSON.parse(row.facts) as AlertFacts }));
  }
}
