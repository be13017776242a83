import type Database from 'better-sqlite3';
import { NOW } from '../../core/sqlite/temporary-state.ts';

/** When writers write: what they end can be told from what was ended before. */
export const WRITERS_NOW = NOW + 1;

/** Who a writer writes for; each writer has two. */
export function writersPeople(writer: number): readonly [string, string] {
  return [`@first${writer}:home.test`, `@second${writer}:home.test`];
}

export function sourceOf(n: number): string {
  return `$turn-${n}`;
}

/** The words of the paper of a turn. */
export function textOf(writer: number, n: number): string {
  return `turn ${n} of writer ${writer} ${'and so on '.repeat(n % 40)}`;
}

/** At every fifth turn the paper of two turns before is forgotten. */
export function forgottenAt(n: number): number | undefined {
  return n % 5 === 0 ? n - 2 : undefined;
}

/** How many papers were forgotten in `n` turns. */
export function forgottenBy(n: number): number {
  return Math.floor(n / 5);
}

/** What the first person's store has to hold after `n` turns: the replay of the journal up to there. */
export function replayed(writer: number, n: number): string[] {
  const papers = new Map<number, string>();
  for (let turn = 1; turn <= n; turn++) {
    papers.set(turn, textOf(writer, turn));
    papers.delete(forgottenAt(turn) ?? 0);
  }
  return [...papers].map(([turn, text]) => `${sourceOf(turn)} ${text}`);
}

/** What it holds, read from its rows. */
export function held(db: Database.Database): string[] {
  const sql = 'SELECT d.source, p.text FROM documents d JOIN passages p ON p.document = d.number ORDER BY d.number';
  return (db.prepare(sql).raw().all() as string[][]).map(([source, text]) => `${source} ${text}`);
}

export function countIn(db: Database.Database): number {
  return Number(db.prepare("SELECT value FROM settings WHERE key = 'n'").pluck().get() ?? 0);
}
