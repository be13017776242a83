import type { Database } from 'better-sqlite3';
import type { CrossSigningSecrets } from './secret-storage.ts';

/** The fact of bot.db that backups take along (bot-migrations.ts). */
const FACT = 'identity-keys';

/** The private halves of the bot's identity as bot.db keeps them beside the crypto store; undefined before the identity was made. */
export function readIdentityKeys(db: Database): CrossSigningSecrets | undefined {
  const value = db.prepare('SELECT value FROM facts WHERE key = ?').pluck().get(FACT);
  return typeof value === 'string' ? (JSON.parse(value) as CrossSigningSecrets) : undefined;
}

/**
 * Keeps them. The crypto store is never resumed after a restore, and may be lost: with these a new device becomes the same bot
 * again, which the family's clients know and may have verified.
 */
export function keepIdentityKeys(db: Database, keys: CrossSigningSecrets): void {
  db.prepare('INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
    FACT,
    JSON.stringify(keys),
  );
}
