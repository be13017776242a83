import type Database from 'better-sqlite3';
import type { Heartbeat, Heartbeats } from '../job.ts';
import { transact } from './transact.ts';

/** The latest heartbeat of each process in control.db: `Heartbeats` of core. */
export class HeartbeatStore implements Heartbeats {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  beat(heartbeat: Heartbeat): void {
    transact(this.#db, 'write', () =>
      this.#db
        .prepare('INSERT OR REPLACE INTO heartbeats (process, at, figures) VALUES (?, ?, ?)')
        .run(heartbeat.process, heartbeat.at, JSON.stringify(heartbeat.figures)),
    );
  }

  of(process: Heartbeat['process']): Heartbeat | undefined {
    const row = this.#db.prepare('SELECT process, at, figures FROM heartbeats WHERE process = ?').get(process) as
      | (Omit<Heartbeat, 'figures'> & { figures: string })
      | undefined;
    return row && { ...row, figures: JSON.parse(row.figures) as Heartbeat['figures'] };
  }
}
