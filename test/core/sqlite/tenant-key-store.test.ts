import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { CONTROL_MIGRATIONS } from '../../../core/sqlite/control-migrations.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';
import { temporaryFolder } from './temporary-state.ts';

test('a removed key is overwritten where it lay, also by a SQLite that leaves freed rows as they are', () => {
  const place = temporaryFolder();
  const file = join(place.folder, 'control.db');
  const db = new Database(file);
  db.pragma('secure_delete = OFF');
  migrate(db, CONTROL_MIGRATIONS);
  const keys = new TenantKeyStore(db, new Uint8Array(32).fill(3));
  const tenant = keys.create('room');
  const wrapped = db.prepare('SELECT wrapped_key FROM tenants').pluck().get() as Buffer;
  expect(readFileSync(file).includes(wrapped)).toBe(true);
  keys.remove(tenant);
  expect(keys.has(tenant)).toBe(false);
  expect(readFileSync(file).includes(wrapped)).toBe(false);
  db.close();
  place.remove();
});
