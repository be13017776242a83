import type Database from 'better-sqlite3';
import { type AuditEntry, type AuditLog, type AuditRow, CHECKPOINT, concerns } from '../audit.ts';
import type { AuditAnchor } from '../audit-anchor.ts';
import { AppError } from '../errors.ts';
import { sameBytes } from '../keys/same-bytes.ts';
import {
  BEGINNING,
  brokenAt,
  type ChainEnd,
  chainHash,
  checkpointEnd,
  checkpointTarget,
  followChain,
  type StoredRow,
} from './audit-chain.ts';
import { AuditNames } from './audit-names.ts';
import { sqliteFault } from './sqlite-fault.ts';
import { transact } from './transact.ts';

const COLUMNS = 'id, at, actor, action, target, outcome, hash';
const ENTRY = 'at, actor, action, target, outcome';
const ROWS_AT_ONCE = 500;

/**
 * The audit trail in control.db: `AuditLog` of core. Every row's hash covers the row before, and the table's counter
 * tells when rows at the end are gone. Rows hold aliases of people and tenants (audit-names.ts). It shows tampering by who
 * can write rows; against who holds the master key, and can make a whole chain anew, stand the anchors that are kept
 * elsewhere (core/audit-anchor.ts).
 */
export class AuditStore implements AuditLog {
  readonly #db: Database.Database;
  readonly #names: AuditNames;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#names = new AuditNames(db);
  }

  append(entry: AuditEntry): void {
    transact(this.#db, 'write', () => this.appendWithin(entry));
  }

  /** As `append`, inside the caller's write transaction: for other stores of control.db. */
  appendWithin(entry: AuditEntry): void {
    if (entry.action === CHECKPOINT)
      throw new AppError('internal', 'a checkpoint is written with the rows it stands for');
    this.#insert(this.#hidden(entry));
  }

  recent(limit: number): AuditEntry[] {
    const newest = this.#db.prepare<[number], AuditEntry>(`SELECT ${ENTRY} FROM audit ORDER BY id DESC LIMIT ?`);
    return this.#readable(() => newest.all(limit).map((row) => this.#shown(row)));
  }

  concerning(who: Parameters<typeof concerns>[1], limit: number): AuditEntry[] {
    return this.#readable(() => this.#concerning(who, limit));
  }

  #concerning(who: Parameters<typeof concerns>[1], limit: number): AuditEntry[] {
    const found: AuditEntry[] = [];
    let before = Number.MAX_SAFE_INTEGER;
    while (found.length < limit) {
      const rows = this.#before(before);
      if (rows.length === 0) break;
      found.push(...rows.map(({ row: _row, ...entry }) => this.#shown(entry)).filter((entry) => concerns(entry, who)));
      before = rows.at(-1)!.row;
    }
    return found.slice(0, limit);
  }

  rowsAfter(row: number, limit: number): AuditRow[] {
    const named = ({ id, hash, ...entry }: StoredRow): AuditRow => {
      const { actor, target } = this.#shown(entry);
      return { row: id, ...entry, hash: hex(hash), named: { actor, target } };
    };
    return this.#readable(() => this.#after(row, limit).map(named));
  }

  verify(): number {
    return transact(this.#db, 'read', () => this.#whole().row);
  }

  extent(): { first: number; last: number } {
    const last = this.#issued();
    const first = this.#db.prepare('SELECT min(id) FROM audit').pluck().get() as number | null;
    return { first: first ?? last + 1, last };
  }

  anchor(at: number): AuditAnchor {
    const { row, hash } = transact(this.#db, 'read', () => this.#whole());
    return { rows: row, hash: hex(hash), at };
  }

  compare({ rows, hash }: AuditAnchor): 'fits' | 'too-old' {
    return transact(this.#db, 'read', () => {
      const { row: last } = this.#whole();
      if (last < rows) throw brokenAt(last + 1);
      const start = this.#start();
      if (rows < start.row) return 'too-old';
      const there = rows === start.row ? start.hash : this.#after(rows - 1, 1)[0]!.hash;
      if (!sameBytes(there, Buffer.from(hash, 'hex'))) throw brokenAt(rows);
      return 'fits';
    });
  }

  removeBefore(time: number, at: number): number {
    return transact(this.#db, 'write', () => {
      const { row: last } = this.#whole();
      const young = this.#db.prepare('SELECT min(id) FROM audit WHERE at >= ?').pluck().get(time) as number | null;
      const upTo = (young ?? last + 1) - 1;
      const start = this.#start();
      // Checkpoints say nothing of anybody: for their own sake no new one is written.
      const old = this.#db.prepare('SELECT 1 FROM audit WHERE id <= ? AND action <> ? LIMIT 1').get(upTo, CHECKPOINT);
      if (old === undefined) return 0;
      const target = checkpointTarget({ row: upTo, hash: this.#after(upTo - 1, 1)[0]!.hash });
      this.#insert({ at, actor: 'system', action: CHECKPOINT, target, outcome: 'done' });
      this.#db.prepare('DELETE FROM audit WHERE id <= ?').run(upTo);
      return upTo - start.row;
    });
  }

  /** Names what a damaged page throws; not a transaction, because it is read inside of others' as well. */
  #readable<T>(read: () => T): T {
    try {
      return read();
    } catch (thrown) {
      throw sqliteFault(thrown, this.#db.name);
    }
  }

  #hidden(entry: AuditEntry): AuditEntry {
    return { ...entry, actor: this.#names.hide(entry.actor), target: this.#names.hide(entry.target) };
  }

  #shown(entry: AuditEntry): AuditEntry {
    return { ...entry, actor: this.#names.show(entry.actor), target: this.#names.show(entry.target) };
  }

  #insert(entry: AuditEntry): void {
    const last = this.#db.prepare(`SELECT ${COLUMNS} FROM audit ORDER BY id DESC LIMIT 1`).get() as
      | StoredRow
      | undefined;
    // After the last number ever given: what follows rows that were cut off must not close their gap.
    const id = Math.max(last?.id ?? 0, this.#issued()) + 1;
    const hash = chainHash(last?.hash ?? BEGINNING.hash, id, entry);
    this.#db
      .prepare(`INSERT INTO audit (${COLUMNS}) VALUES (:id, :at, :actor, :action, :target, :outcome, :hash)`)
      .run({ ...entry, id, hash });
  }

  /** Where the chain ends; throws when it is not whole. */
  #whole(): ChainEnd {
    try {
      return this.#followed(this.#start());
    } catch (thrown) {
      throw this.#brokenInside(thrown) ?? thrown;
    }
  }

  /**
   * A beginning that does not fit may be the fault of the checkpoint that says where it is: then the chain breaks at the
   * checkpoint's row, as soon as the first row is believed. undefined when it does not.
   */
  #brokenInside(thrown: unknown): unknown {
    const [first] = this.#after(0, 1);
    const isBeginning = thrown instanceof AppError && first !== undefined && Number(thrown.facts.row) <= first.id;
    if (!isBeginning) return undefined;
    try {
      this.#followed({ row: first.id, hash: first.hash });
      return undefined;
    } catch (inside) {
      const row = inside instanceof AppError ? Number(inside.facts.row) : 0;
      const isThere = this.#after(row - 1, 1)[0]?.id === row;
      // The row right after breaks also when the first row's own hash was changed; a row that is gone can only have been
      // the checkpoint when there is none.
      return row > first.id + 1 && (isThere || this.#newestCheckpoint() === undefined) ? inside : undefined;
    }
  }

  #followed(start: ChainEnd): ChainEnd {
    let end = start;
    for (let rows = this.#after(end.row); rows.length > 0; rows = this.#after(end.row)) end = followChain(end, rows);
    // Also a counter that is gone: then rows may be gone with it.
    if (end.row !== this.#issued()) throw brokenAt(end.row + 1);
    const changed = this.#names.changed();
    if (changed !== undefined) throw brokenAt(this.#firstOf(changed));
    return end;
  }

  /** Where the rows that are still there begin. A checkpoint is one of them, so that the chain covers it as well. */
  #start(): ChainEnd {
    const newest = this.#newestCheckpoint();
    const named = newest === undefined ? BEGINNING : checkpointEnd(newest);
    if (named === undefined) throw brokenAt(1);
    const first = this.#after(0, 1)[0];
    // Rows that a checkpoint says were removed: put back by whoever wanted them read again.
    if (first !== undefined && first.id <= named.row) throw brokenAt(first.id);
    return named;
  }

  /** The first row that an alias stands in; 1 for one that stands in none. */
  #firstOf(alias: string): number {
    const first = this.#db.prepare('SELECT min(id) FROM audit WHERE instr(actor, :alias) OR instr(target, :alias)');
    return (first.pluck().get({ alias }) as number | null) ?? 1;
  }

  #newestCheckpoint(): string | undefined {
    return this.#db
      .prepare(`SELECT target FROM audit WHERE action = '${CHECKPOINT}' ORDER BY id DESC LIMIT 1`)
      .pluck()
      .get() as string | undefined;
  }

  /** Newest first. */
  #before(id: number): (AuditEntry & { row: number })[] {
    return this.#db
      .prepare(`SELECT id AS row, ${ENTRY} FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?`)
      .all(id, ROWS_AT_ONCE) as (AuditEntry & { row: number })[];
  }

  #after(id: number, limit = ROWS_AT_ONCE): StoredRow[] {
    return this.#db
      .prepare(`SELECT ${COLUMNS} FROM audit WHERE id > ? ORDER BY id LIMIT ?`)
      .all(id, limit) as StoredRow[];
  }

  #issued(): number {
    const row = this.#db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'audit'`).get() as
      | { seq: number }
      | undefined;
    return row?.seq ?? 0;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
