import { closeSync, openSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { type KeyedFile, removeFile } from './copy-under-key.ts';
import { openEncrypted } from './open-encrypted.ts';

/** The table in which bot.db says which of its rows a backup takes along (bot/matrix/bot-migrations.ts). */
const TAKEN = 'taken_by_backups';

/**
 * Writes what a backup takes along of bot.db into a new file: every table as it is made, and the rows that bot.db names
 * itself. Its device, its encryption store and what it was in the middle of stay behind: a restored bot is a new device, and
 * must not say anything twice. `reader` holds a read transaction, so the copy is of that moment.
 */
export function copyBotStore(reader: Database.Database, to: KeyedFile): void {
  removeFile(to.path);
  // Made first, so that it is nobody else's from its first byte on, and reading needs no key in any text of SQL.
  closeSync(openSync(to.path, 'wx', 0o600));
  const copy = openEncrypted(to.path, to.key);
  try {
    copy.exec('BEGIN');
    for (const sql of schemaOf(reader)) copy.exec(sql);
    for (const { name, condition } of takenOf(reader)) copyRows(reader, copy, { name, condition });
    copy.pragma(`user_version = ${reader.pragma('user_version', { simple: true })}`);
    copy.exec('COMMIT');
    copy.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    copy.close();
  }
}

function schemaOf(reader: Database.Database): string[] {
  const made =
    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'table' DESC, rowid";
  return reader.prepare(made).pluck().all() as string[];
}

function takenOf(reader: Database.Database): { name: string; condition: string }[] {
  // A store from before this table takes nothing along.
  if (reader.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(TAKEN) === undefined) return [];
  return reader.prepare(`SELECT name, condition FROM ${TAKEN}`).all() as { name: string; condition: string }[];
}

function copyRows(
  reader: Database.Database,
  copy: Database.Database,
  { name, condition }: { readonly name: string; readonly condition: string },
): void {
  const rows = reader.prepare(`SELECT * FROM "${name}" WHERE ${condition}`).raw();
  const columns = rows.columns().map((column) => `"${column.name}"`);
  const insert = copy.prepare(
    `INSERT INTO "${name}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  for (const row of rows.iterate()) insert.run(...(row as unknown[]));
}
