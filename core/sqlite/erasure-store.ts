import { randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Clock } from '../clock.ts';
import type { EraseTraces, Erasure, ErasureBook, ErasureKind, NewErasure } from '../erase/erasure.ts';
import { transact } from './transact.ts';

const COLUMNS = `id, reference, kind, cause, person, tenant, language, asked_at AS askedAt, due_at AS dueAt, state, steps,
  before, traces, attempts, next_at AS nextAt, receipt`;
const OPEN = "state IN ('waiting', 'running')";
const NO_TRACES: EraseTraces = { rooms: [], events: [] };

type Row = Omit<Erasure, 'steps' | 'before' | 'traces'> & { steps: string; before: string; traces: string | null };

/** Erasures in control.db: `ErasureBook` of core. Made by `openState`. */
export class ErasureStore implements ErasureBook {
  readonly #db: Database.Database;
  readonly #clock: Clock;

  constructor(db: Database.Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  plan(wish: NewErasure): Erasure {
    const { kind, cause, person, tenant, language, dueAt } = wish;
    return transact(this.#db, 'write', () => {
      const open = this.openOf(person, kind);
      if (open) {
        const steps = kind === 'documents' ? [] : open.steps;
        this.#db
          .prepare('UPDATE erasures SET due_at = min(due_at, ?), next_at = 0, steps = ? WHERE id = ?')
          .run(dueAt, asJson(steps), open.id);
      } else {
        this.#db
          .prepare(
            `INSERT INTO erasures (reference, kind, cause, person, tenant, language, asked_at, due_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          )
          .run(randomBytes(5).toString('hex'), kind, cause, person, tenant, language, this.#clock(), dueAt);
      }
      return this.openOf(person, kind)!;
    });
  }

  openOf(person: string, kind: ErasureKind = 'person'): Erasure | undefined {
    return this.#one(`${OPEN} AND person = ? AND kind = ?`, person, kind);
  }

  get(id: number): Erasure | undefined {
    return this.#one('id = ?', id);
  }

  receiptOf(reference: string): string | undefined {
    return this.#one('reference = ?', reference)?.receipt ?? undefined;
  }

  due(now: number): Erasure[] {
    const rows = this.#db
      .prepare(`SELECT ${COLUMNS} FROM erasures WHERE ${OPEN} AND due_at <= ? AND next_at <= ? ORDER BY id`)
      .all(now, now) as Row[];
    return rows.map(toErasure);
  }

  cancel(id: number): boolean {
    return transact(this.#db, 'write', () => {
      const cancelled = this.#db
        .prepare(
          "UPDATE erasures SET state = 'cancelled', person = NULL, tenant = NULL, traces = NULL WHERE id = ? AND state = 'waiting'",
        )
        .run(id);
      return cancelled.changes > 0;
    });
  }

  stepDone(id: number, step: string, found: Partial<Pick<Erasure, 'before' | 'traces' | 'receipt'>> = {}): void {
    transact(this.#db, 'write', () =>
      this.#db
        .prepare(
          `UPDATE erasures SET state = 'running', attempts = 0, next_at = 0, steps = json_insert(steps, '$[#]', ?),
             before = coalesce(?, before), traces = coalesce(?, traces), receipt = coalesce(?, receipt) WHERE id = ?`,
        )
        .run(step, asJson(found.before), asJson(found.traces), found.receipt ?? null, id),
    );
  }

  redo(id: number, steps: readonly string[]): void {
    transact(this.#db, 'write', () => {
      const done = this.get(id)?.steps.filter((step) => !steps.includes(step));
      this.#db.prepare('UPDATE erasures SET steps = ? WHERE id = ?').run(asJson(done ?? []), id);
    });
  }

  failed(id: number, nextAt: number): void {
    transact(this.#db, 'write', () =>
      this.#db.prepare('UPDATE erasures SET attempts = attempts + 1, next_at = ? WHERE id = ?').run(nextAt, id),
    );
  }

  finish(id: number): void {
    transact(this.#db, 'write', () => closeErasure(this.#db, id));
  }

  #one(where: string, ...values: (string | number)[]): Erasure | undefined {
    const row = this.#db.prepare(`SELECT ${COLUMNS} FROM erasures WHERE ${where}`).get(...values) as Row | undefined;
    return row && toErasure(row);
  }
}

/** Ends a record and takes out of it what names somebody. Runs inside the caller's transaction. */
export function closeErasure(db: Database.Database, id: number): void {
  db.prepare("UPDATE erasures SET state = 'done', person = NULL, tenant = NULL, traces = NULL WHERE id = ?").run(id);
}

function toErasure(row: Row): Erasure {
  return {
    ...row,
    steps: JSON.parse(row.steps) as string[],
    before: JSON.parse(row.before) as Erasure['before'],
    traces: row.traces === null ? NO_TRACES : (JSON.parse(row.traces) as EraseTraces),
  };
}

function asJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
