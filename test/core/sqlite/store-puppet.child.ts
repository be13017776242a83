// Writes to one store as it is told, line by line, and says "ok" when it is done. Arguments: path, key in hex (or "none"),
// bytes of a page (of a plain one). Commands: "round N" (all rows get the value N, in one transaction), "checkpoint MODE", "hold" and
// "let-go" (a reader of this moment), "shrink", "lock" and "unlock" (as somebody who writes).
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';

const ROWS = 400;
const [path, key, pageBytes] = process.argv.slice(2) as [string, string, string];
const open = () => {
  if (key !== 'none') return openEncrypted(path, Uint8Array.from(Buffer.from(key, 'hex')));
  const plain = new Database(path);
  plain.pragma(`page_size = ${pageBytes}`);
  plain.pragma('journal_mode = WAL');
  return plain;
};
const db = open();
// Only what the test says is written back.
db.pragma('wal_autocheckpoint = 0');
db.exec('CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, value INTEGER NOT NULL, filler BLOB NOT NULL)');
const fill = db.prepare('INSERT OR REPLACE INTO rows (id, value, filler) VALUES (?, ?, randomblob(?))');
const holder = open();

const DO: Readonly<Record<string, (argument: string) => void>> = {
  round: (value) => {
    db.exec('BEGIN IMMEDIATE');
    for (let id = 0; id < ROWS; id++) fill.run(id, Number(value), 1500 + ((id * 37) % 900));
    db.exec('COMMIT');
  },
  checkpoint: (mode) => {
    db.pragma('busy_timeout = 0');
    db.pragma(`wal_checkpoint(${mode})`);
    db.pragma('busy_timeout = 5000');
  },
  hold: () => {
    holder.exec('BEGIN');
    holder.prepare('SELECT count(*) FROM rows').get();
  },
  'let-go': () => holder.exec('COMMIT'),
  shrink: () => {
    db.exec('DELETE FROM rows WHERE id > 3');
    db.exec('VACUUM');
  },
  lock: () => db.exec('BEGIN IMMEDIATE'),
  unlock: () => db.exec('COMMIT'),
};
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', argument = ''] = line.split(' ');
  DO[command]!(argument);
  process.stdout.write('ok\n');
}
