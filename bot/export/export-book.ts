import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { ExportPlan } from '../../core/export/plan-export.ts';

/** Ended ones are remembered as long as a server may repeat itself. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

/** An export that was asked for. `plan` is undefined until it is made. */
export interface BookedExport {
  readonly event: string;
  readonly askedAt: number;
  readonly state: 'running' | 'done' | 'stopped';
  /** What its password is made of (export-password.ts), so as secret as that; empty when the export has ended. */
  readonly seed: Uint8Array;
  readonly plan: ExportPlan | undefined;
}

interface Row {
  readonly event_id: string;
  readonly asked_at: number;
  readonly state: BookedExport['state'];
  readonly salt: Uint8Array | null;
  readonly plan: string | null;
}

/** Exports under way and the latest ones, in bot.db: numbers, times and a seed (column `salt`); never a word of what they hold. */
export class ExportBook {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Books an export under the event that asked for it; one that is booked already stays as it is. */
  begin(export_: { readonly event: string; readonly person: string; readonly room: string }): BookedExport {
    this.#db.prepare("DELETE FROM exports WHERE state <> 'running' AND asked_at < ?").run(this.#now() - REMEMBERED_MS);
    this.#db
      .prepare(
        `INSERT INTO exports (event_id, person, room_id, asked_at, state, salt) VALUES (?, ?, ?, ?, 'running', ?)
         ON CONFLICT DO NOTHING`,
      )
      .run(export_.event, export_.person, export_.room, this.#now(), randomBytes(16));
    return this.find(export_.event)!;
  }

  find(event: string): BookedExport | undefined {
    const row = this.#db.prepare('SELECT * FROM exports WHERE event_id = ?').get(event) as Row | undefined;
    return row && booked(row);
  }

  /** The person's latest export that runs or was sent, of another event; undefined when there is none. */
  latestOf(person: string, besides: string): BookedExport | undefined {
    const row = this.#db
      .prepare(
        `SELECT * FROM exports WHERE person = ? AND event_id <> ? AND state <> 'stopped' ORDER BY asked_at DESC LIMIT 1`,
      )
      .get(person, besides) as Row | undefined;
    return row && booked(row);
  }

  /** Keeps what goes into which part, so that a restart goes on with the same parts. */
  setPlan(event: string, plan: ExportPlan): void {
    this.#db.prepare('UPDATE exports SET plan = ? WHERE event_id = ?').run(JSON.stringify(plan), event);
  }

  /** Ends an export; its password cannot be made again. Part of the transaction that marks its event as handled. */
  end(event: string, state: 'done' | 'stopped'): void {
    this.#db
      .prepare('UPDATE exports SET state = ?, ended_at = ?, salt = NULL, plan = NULL WHERE event_id = ?')
      .run(state, this.#now(), event);
  }
}

function booked({ event_id, asked_at, state, salt, plan }: Row): BookedExport {
  return {
    ...{ event: event_id, askedAt: asked_at, state, seed: salt ?? new Uint8Array() },
    plan: plan === null ? undefined : (JSON.parse(plan) as ExportPlan),
  };
}
