import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { AuditEntry, AuditLog } from '../audit.ts';
import { AppError } from '../errors.ts';
import { sameBytes } from '../keys/same-bytes.ts';
import { AuditNames } from './audit-names.ts';
import { transact } from './transact.ts';

interface AuditRow extends AuditEntry {
  readonly id: number;
  readonly hash: Uint8Array;
}

const COLUMNS = 'id, at, actor, action, target, outcome, hash';
const FIRST = new Uint8Array(32);
const ROWS_AT_ONCE = 500;

/**
 * The audit trail in control.db: `AuditLog` of core. Every row's hash covers the row before, and the table's counter
 * tells when rows at the end are gone. Rows hold aliases of people and tenants (audit-names.ts). It shows tampering by who can write rows, not by who holds the master key.
 */
export class AuditStore implements AuditLog {
  readonly #db: Database.Database;
  readonly #names: AuditNames;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#names = new AuditNames(db);
  }

  append(named: AuditEntry): void {
    transact(this.#db, 'write', () => {
      const entry = { ...named, actor: this.#names.hide(named.actor), target: this.#names.hide(named.target) };
      const last = this.#db.prepare(`SELECT ${COLUMNS} FROM audit ORDER BY id DESC LIMIT 1`).get() as
        | AuditRow
        | undefined;
      const id = (last?.id ?? 0) + 1;
      const hash = chain(last?.hash ?? FIRST, id, entry);
      this.#db
        .prepare('INSERT INTO audit (id, at, actor, action, target, outcome, hash) VALUES (?, ?, ?, ?, ?, ?, ?)')
        .run(id, entry.at, entry.actor, entry.action, entry.target, entry.outcome, hash);
    });
  }

  recent(limit: number): AuditEntry[] {
    const rows = this.#db
      .prepare('SELECT at, actor, action, target, outcome FROM audit ORDER BY id DESC LIMIT ?')
      .all(limit) as AuditEntry[];
    return rows.map((row) => ({ ...row, actor: this.#names.show(row.actor), target: this.#names.show(row.target) }));
  }

  verify(): number {
    return transact(this.#db, 'read', () => {
      let before = FIRST;
      let count = 0;
      for (let rows = this.#after(0); rows.length > 0; rows = this.#after(count)) {
        for (const row of rows) {
          if (row.id !== count + 1 || !sameBytes(chain(before, row.id, row), row.hash)) throw brokenAt(count + 1);
          before = Uint8Array.from(row.hash);
          count = row.id;
        }
      }
      if (count !== this.#issued()) throw brokenAt(count + 1);
      return count;
    });
  }

  #after(id: number): AuditRow[] {
    return this.#db
      .prepare(`SELECT ${COLUMNS} FROM audit WHERE id > ? ORDER BY id LIMIT ?`)
      .all(id, ROWS_AT_ONCE) as AuditRow[];
  }

  #issued(): number {
    const row = this.#db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'audit'`).get() as
      | { seq: number }
      | undefined;
    return row?.seq ?? 0;
  }
}

function chain(before: Uint8Array, id: number, entry: AuditEntry): Uint8Array {
  const row = JSON.stringify([id, entry.at, entry.actor, entry.action, entry.target, entry.outcome]);
  return createHash('sha256').update(before).update(row).digest();
}

function brokenAt(row: number): AppError {
  return new AppError('internal', `the audit trail does not fit at row ${row}`, {
    reason: 'audit-broken',
    hint: 'Somebody changed or removed rows of control.db. Compare with the newest backup.',
    facts: { row },
  });
}
