import type Database from 'better-sqlite3';
import type { BackupCopy, BackupPlace, BackupProof, Generation, Generations } from '../backup/generation.ts';
import { emptyLog } from './open-encrypted.ts';
import { transact } from './transact.ts';

const COLUMNS = `name, made_at AS madeAt, bytes, sha256, plain_bytes AS plainBytes, entries, proven_at AS provenAt, proof`;

type GenerationRow = Omit<Generation, 'copies' | 'proof'> & { proof: string };

/** The backups of this household in control.db: `Generations` of core. */
export class GenerationStore implements Generations {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  all(): Generation[] {
    const there = 'EXISTS (SELECT 1 FROM backup_copies c WHERE c.name = backups.name)';
    return this.#generations(`SELECT ${COLUMNS} FROM backups WHERE ${there} ORDER BY made_at DESC, name DESC`);
  }

  find(name: string): Generation | undefined {
    return this.#generations(`SELECT ${COLUMNS} FROM backups WHERE name = ?`, name)[0];
  }

  add(made: Omit<Generation, 'provenAt' | 'proof' | 'copies'>, sessionKey: Uint8Array): void {
    const { name, madeAt, bytes, sha256, plainBytes, entries } = made;
    transact(this.#db, 'write', () =>
      this.#db
        .prepare(
          'INSERT INTO backups (name, made_at, bytes, sha256, plain_bytes, entries, session_key) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(name, madeAt, bytes, sha256, plainBytes, entries, sessionKey),
    );
  }

  adopt({ name, madeAt, bytes, sha256 }: Pick<Generation, 'name' | 'madeAt' | 'bytes' | 'sha256'>): void {
    transact(this.#db, 'write', () =>
      this.#db
        .prepare(
          `INSERT INTO backups (name, made_at, bytes, sha256, plain_bytes, entries) VALUES (?, ?, ?, ?, 0, 0)
           ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes, sha256 = excluded.sha256 WHERE sha256 = ''`,
        )
        .run(name, madeAt, bytes, sha256),
    );
  }

  noteListed(place: BackupPlace, listed: readonly Pick<Generation, 'name' | 'madeAt' | 'bytes'>[]): number {
    return transact(this.#db, 'write', () => {
      this.#db.prepare('DELETE FROM backup_copies WHERE place = ? AND verified_at = 0').run(place);
      const adopt = this.#db.prepare(
        `INSERT OR IGNORE INTO backups (name, made_at, bytes, sha256, plain_bytes, entries)
         VALUES (@name, @madeAt, @bytes, '', 0, 0)`,
      );
      const note = this.#db.prepare(
        `INSERT OR IGNORE INTO backup_copies (name, place, verified_at)
         SELECT name, @place, 0 FROM backups WHERE name = @name AND bytes = @bytes`,
      );
      let adopted = 0;
      for (const { name, madeAt, bytes } of listed) {
        adopted += adopt.run({ name, madeAt, bytes }).changes;
        note.run({ name, place, bytes });
      }
      this.#dropUnknown();
      return adopted;
    });
  }

  forgetListed(places: readonly BackupPlace[]): void {
    const others = 'verified_at = 0 AND place NOT IN (SELECT value FROM json_each(?))';
    const asked = JSON.stringify(places);
    const are = this.#db.prepare(`SELECT 1 FROM backup_copies WHERE ${others} LIMIT 1`).get(asked);
    if (are === undefined) return;
    transact(this.#db, 'write', () => {
      this.#db.prepare(`DELETE FROM backup_copies WHERE ${others}`).run(asked);
      this.#dropUnknown();
    });
  }

  sessionKey(name: string): Uint8Array | undefined {
    const key = this.#db.prepare('SELECT session_key FROM backups WHERE name = ?').pluck().get(name);
    return (key as Uint8Array | null | undefined) ?? undefined;
  }

  noteCopy(name: string, { place, verifiedAt }: BackupCopy): void {
    transact(this.#db, 'write', () =>
      this.#db
        .prepare('INSERT OR REPLACE INTO backup_copies (name, place, verified_at) VALUES (?, ?, ?)')
        .run(name, place, verifiedAt),
    );
  }

  dropCopy(name: string, place: BackupPlace): void {
    const forgotten = transact(this.#db, 'write', () => {
      this.#db.prepare('DELETE FROM backup_copies WHERE name = ? AND place = ?').run(name, place);
      return this.#db
        .prepare(
          `UPDATE backups SET session_key = NULL WHERE name = ? AND session_key IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM backup_copies c WHERE c.name = backups.name)`,
        )
        .run(name);
    });
    if (forgotten.changes > 0) emptyLog(this.#db);
  }

  markProven(name: string, at: number, proof: BackupProof): void {
    transact(this.#db, 'write', () => {
      this.#db
        .prepare('UPDATE backups SET proven_at = ?, proof = ? WHERE name = ?')
        .run(at, JSON.stringify(proof), name);
      // Older ones are not drilled any more.
      this.#db
        .prepare('UPDATE backups SET session_key = NULL WHERE made_at <= (SELECT made_at FROM backups WHERE name = ?)')
        .run(name);
    });
    // The log still holds the pages with the keys.
    emptyLog(this.#db);
  }

  /** Of what nobody here has read and no list names any more, nothing stays. */
  #dropUnknown(): void {
    this.#db.exec(
      `DELETE FROM backups WHERE sha256 = '' AND NOT EXISTS (SELECT 1 FROM backup_copies c WHERE c.name = backups.name)`,
    );
  }

  #generations(sql: string, ...values: string[]): Generation[] {
    const rows = this.#db.prepare(sql).all(...values) as GenerationRow[];
    const copies = this.#db.prepare(
      'SELECT place, verified_at AS verifiedAt FROM backup_copies WHERE name = ? ORDER BY place',
    );
    return rows.map((row) => ({
      ...row,
      proof: JSON.parse(row.proof) as BackupProof,
      copies: copies.all(row.name) as BackupCopy[],
    }));
  }
}
