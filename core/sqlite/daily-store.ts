import type Database from 'better-sqlite3';
import { bucketOf } from '../answer-times.ts';
import { DAILY_LEVELS, type DailyFigures, type DayFigures, dayOf } from '../daily-figures.ts';
import { transact } from './transact.ts';

const FILES = 'files';

/** Figures of the house by day in control.db: `DailyFigures` of core. */
export class DailyStore implements DailyFigures {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  note(at: number, levels: DayFigures['levels']): void {
    const put = this.#db.prepare('INSERT OR REPLACE INTO daily_figures (day, name, value) VALUES (?, ?, ?)');
    transact(this.#db, 'write', () => {
      for (const name of DAILY_LEVELS) if (levels[name] !== undefined) put.run(dayOf(at), name, levels[name]);
    });
  }

  noteAnswer(at: number, seconds: number): void {
    this.#count('INSERT INTO daily_answers (day, bucket, count)', 'count', [dayOf(at), bucketOf(seconds)]);
  }

  noteFile(at: number): void {
    this.#count('INSERT INTO daily_figures (day, name, value)', 'value', [dayOf(at), FILES]);
  }

  between(first: string, last: string): DayFigures[] {
    return transact(this.#db, 'read', () => {
      const figures = this.#rows<{ day: string; name: string; value: number }>('daily_figures', first, last);
      const answers = this.#rows<{ day: string; bucket: number; count: number }>('daily_answers', first, last);
      const days = [...new Set([...figures, ...answers].map(({ day }) => day))].sort();
      return days.map((day) => {
        const own = new Map(figures.filter((row) => row.day === day).map(({ name, value }) => [name, value]));
        return {
          day,
          levels: Object.fromEntries(DAILY_LEVELS.flatMap((name) => (own.has(name) ? [[name, own.get(name)!]] : []))),
          files: own.get(FILES) ?? 0,
          answers: new Map(answers.filter((row) => row.day === day).map(({ bucket, count }) => [bucket, count])),
        };
      });
    });
  }

  removeBefore(time: number): number {
    return transact(this.#db, 'write', () => {
      const gone = ['daily_figures', 'daily_answers'].flatMap((table) =>
        this.#db.prepare(`DELETE FROM ${table} WHERE day < ? RETURNING day`).pluck().all(dayOf(time)),
      );
      return new Set(gone).size;
    });
  }

  /** One more of what a column counts. */
  #count(insert: string, column: 'count' | 'value', key: readonly [string, string | number]): void {
    const more = `ON CONFLICT DO UPDATE SET ${column} = ${column} + 1`;
    transact(this.#db, 'write', () => this.#db.prepare(`${insert} VALUES (?, ?, 1) ${more}`).run(...key));
  }

  #rows<Row>(table: string, first: string, last: string): Row[] {
    return this.#db.prepare(`SELECT * FROM ${table} WHERE day BETWEEN ? AND ?`).all(first, last) as Row[];
  }
}
