import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { BOT_MIGRATIONS } from '../../../bot/matrix/bot-migrations.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';

/** The key of every bot.db in these tests. */
export const BOT_KEY = new Uint8Array(32).fill(7);

/** Opens (or makes) the real, encrypted bot.db in a folder. */
export function openBotDb(folder: string): Database {
  const db = openEncrypted(join(folder, 'bot.db'), BOT_KEY);
  migrate(db, BOT_MIGRATIONS);
  return db;
}

/** A throw-away folder with a bot.db. */
export function temporaryBotDb(): { folder: string; db: Database; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-bot-'));
  const db = openBotDb(folder);
  const remove = () => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, db, remove };
}
