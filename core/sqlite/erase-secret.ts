import type Database from 'better-sqlite3';
import { EraseKeys } from '../erase/erase-keys.ts';
import { deriveKey } from '../keys/derive.ts';
import { wipe } from '../keys/wipe.ts';
import { transact } from './transact.ts';

/**
 * The keys of erasures. Their secret is derived from the master key once and stays in control.db from then on: a new
 * master key does not change whom the tombstones mean. An older control.db without it gets the same one again.
 */
export function openEraseKeys(db: Database.Database, masterKey: Uint8Array): EraseKeys {
  const derived = deriveKey(masterKey, 'erasing');
  const stored = () =>
    db.prepare('SELECT secret FROM erase_secret WHERE id = 1').pluck().get() as Uint8Array | undefined;
  const make = () => void db.prepare('INSERT OR IGNORE INTO erase_secret (id, secret) VALUES (1, ?)').run(derived);
  if (!stored()) transact(db, 'write', make);
  const secret = stored()!;
  const keys = new EraseKeys(secret);
  wipe(derived, secret);
  return keys;
}
