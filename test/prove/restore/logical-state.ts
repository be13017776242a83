import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { TenantId } from '../../../core/caller.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { tenantFile } from '../../../core/sqlite/tenant-files.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';
import { PASSPHRASE } from '../isolation/house.ts';
import { WRITERS_NOW } from './writing.ts';

/** A hash of the rows of every table of every store: `control.db/people`, `<tenant>/passages`, ... */
export type LogicalState = ReadonlyMap<string, string>;

/** Rows that change while a writer counts, or that the backup or the restore writes itself; compared in another way, or not at all. */
const WITHOUT: Readonly<Record<string, string>> = {
  'control.db/facts': "key NOT LIKE 'count-%' AND key <> 'restored'",
  'control.db/audit': "action <> 'backup.restored'",
  'control.db/endings': `at <> ${WRITERS_NOW}`,
  'control.db/backups': '0',
  'control.db/backup_copies': '0',
  'bot.db/facts': "key <> 'sync-batch'",
};

/** Stores of a folder that nobody has open, opened past the product with every key. `look` gets each by its name. */
export async function withStores(folder: string, look: (name: string, db: Database.Database) => void): Promise<void> {
  const masterKey = await unlockMasterKey(join(folder, 'keys.json'), PASSPHRASE);
  const open = (file: string, key: Uint8Array, name: string) => {
    const db = openEncrypted(file, key, { mustExist: true });
    try {
      look(name, db);
      return name === 'control.db' ? openables(db, deriveKey(masterKey, 'tenant-keys')) : [];
    } finally {
      db.close();
    }
  };
  const tenants = open(join(folder, 'control.db'), deriveKey(masterKey, 'control.db'), 'control.db');
  open(join(folder, 'bot.db'), deriveKey(masterKey, 'bot.db'), 'bot.db');
  for (const { tenant, generation, key } of tenants)
    open(tenantFile(join(folder, 'tenants'), tenant, generation), key, tenant);
}

function openables(control: Database.Database, wrap: Uint8Array) {
  const keys = new TenantKeyStore(control, wrap);
  return keys.openable().map(([tenant, generation]): { tenant: TenantId; generation: number; key: Uint8Array } => ({
    ...{ tenant, generation, key: keys.key(tenant) },
  }));
}

/** Every row of every table; of bot.db what a backup takes along. `leaveOut` names tenants that somebody writes to. */
export async function logicalState(folder: string, leaveOut: ReadonlySet<string>): Promise<LogicalState> {
  const state = new Map<string, string>();
  await withStores(folder, (name, db) => {
    if (leaveOut.has(name)) return;
    const tables = name === 'bot.db' ? takenTables(db) : allTables(db);
    for (const { table, where } of tables) {
      const rule = [where, WITHOUT[`${name}/${table}`] ?? '1'].join(' AND ');
      state.set(`${name}/${table}`, hashOf(db.prepare(`SELECT * FROM "${table}" WHERE ${rule}`).raw().all()));
    }
  });
  return state;
}

function allTables(db: Database.Database) {
  const sql =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%'";
  return (db.prepare(sql).pluck().all() as string[]).map((table) => ({ table, where: '1' }));
}

function takenTables(db: Database.Database) {
  const sql = 'SELECT name AS "table", \'(\' || condition || \')\' AS "where" FROM taken_by_backups';
  return db.prepare(sql).all() as { table: string; where: string }[];
}

function hashOf(rows: readonly unknown[]): string {
  const lines = rows.map((row) =>
    JSON.stringify(row, (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)),
  );
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}
