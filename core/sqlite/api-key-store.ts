import { createHmac, randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import {
  type ApiAct,
  type ApiKey,
  type ApiKeys,
  type ApiScope,
  MOST_API_KEYS,
  type NewApiKey,
  type OpenedKey,
} from '../api-key.ts';
import { apiKeyText, newApiKeyParts, readApiKey } from '../api-key-text.ts';
import type { AuditEntry } from '../audit.ts';
import type { Caller } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { sameBytes } from '../keys/same-bytes.ts';
import type { People } from '../people.ts';
import type { AuditStore } from './audit-store.ts';
import { transact } from './transact.ts';

interface Row {
  readonly id: string;
  readonly person: string;
  readonly number: number;
  readonly name: string;
  readonly scopes: string;
  readonly hash: Uint8Array;
  readonly madeAt: number;
  readonly endsAt: number;
  readonly usedAt: number | null;
  readonly uses: number;
  readonly isOver: number;
}

interface Counted {
  readonly id: string;
  readonly person: string;
  readonly number: number;
  readonly outcome: AuditEntry['outcome'];
  readonly acts: string;
  readonly first: number;
  readonly last: number;
}

const COLUMNS = `id, person, number, name, scopes, hash, made_at AS madeAt, ends_at AS endsAt, used_at AS usedAt, uses,
  is_over AS isOver`;
/** Compared with where there is no such key: a look-up that finds nothing takes as long. */
const NO_HASH = new Uint8Array(32);

/**
 * The keys of the HTTP API in control.db: `ApiKeys` of core. A key is found by the part of it that tells nothing; of the
 * other part a keyed hash is kept, compared in constant time. Made by `openState`.
 */
export class ApiKeyStore implements ApiKeys {
  readonly #db: Database.Database;
  readonly #people: Pick<People, 'callerFor' | 'find'>;
  readonly #audit: Pick<AuditStore, 'appendWithin'>;
  readonly #clock: Clock;

  constructor(
    db: Database.Database,
    parts: { people: Pick<People, 'callerFor' | 'find'>; audit: Pick<AuditStore, 'appendWithin'>; clock: Clock },
  ) {
    this.#db = db;
    this.#people = parts.people;
    this.#audit = parts.audit;
    this.#clock = parts.clock;
  }

  make({ person }: Caller, { name, scopes, endsAt, source }: NewApiKey): { key: ApiKey; text: string } {
    const parts = newApiKeyParts();
    return transact(this.#db, 'write', () => {
      // Asked for again by the same message: nobody has seen the first one's text for sure.
      this.#db.prepare('DELETE FROM api_keys WHERE person = ? AND source = ?').run(person, source);
      const isSame = (row: Row) => row.name.toLowerCase() === name.toLowerCase();
      // After a restore, or when its time is over, people make the same one anew.
      for (const row of this.#rowsOf(person)) if (isSame(row) && this.#shown(row).isEnded) this.#remove(row);
      const own = this.#rowsOf(person);
      if (own.some(isSame)) {
        throw new AppError('conflict', 'there is a key of this name', { reason: 'api-key-name', facts: { name } });
      }
      if (own.length >= MOST_API_KEYS) {
        const facts = { most: MOST_API_KEYS };
        throw new AppError('conflict', 'this person has very many keys', { reason: 'api-key-full', facts });
      }
      const row = { id: parts.id, person, number: this.#nextNumber(person), name, scopes: scopes.join(' ') };
      this.#db
        .prepare(
          `INSERT INTO api_keys (id, person, number, name, scopes, hash, source, made_at, ends_at)
           VALUES (@id, @person, @number, @name, @scopes, @hash, @source, @madeAt, @endsAt)`,
        )
        .run({ ...row, hash: this.#hash(parts.id, parts.secret), source, madeAt: this.#clock(), endsAt });
      return { key: this.#shown(this.#row(parts.id)!), text: apiKeyText(parts) };
    });
  }

  of({ person }: Caller): ApiKey[] {
    return this.#rowsOf(person).map((row) => this.#shown(row));
  }

  revoke({ person }: Caller, number: number): ApiKey | undefined {
    return transact(this.#db, 'write', () => {
      const row = this.#rowsOf(person).find((one) => one.number === number);
      if (row === undefined) return undefined;
      this.#remove(row);
      return this.#shown(row);
    });
  }

  open(text: string): OpenedKey | 'unknown' | 'ended' {
    const parts = readApiKey(text);
    if (typeof parts === 'string') return 'unknown';
    const row = this.#row(parts.id);
    const fits = sameBytes(this.#hash(parts.id, parts.secret), row?.hash ?? NO_HASH);
    if (row === undefined || !fits) return 'unknown';
    const caller = this.#people.callerFor(row.person);
    const key = this.#shown(row);
    return caller === undefined || key.isEnded ? 'ended' : { id: row.id, caller, key };
  }

  opens(id: string): boolean {
    const row = this.#row(id);
    return row !== undefined && !this.#shown(row).isEnded && this.#people.callerFor(row.person) !== undefined;
  }

  noteUse(id: string, act: ApiAct, outcome: AuditEntry['outcome']): void {
    transact(this.#db, 'write', () => {
      const at = this.#clock();
      const known = this.#db.prepare('UPDATE api_keys SET used_at = ?, uses = uses + 1 WHERE id = ?').run(at, id);
      if (known.changes === 0) return;
      const counted = this.#db
        .prepare(
          `UPDATE api_key_uses SET count = count + 1, first = coalesce(first, @at), last = @at
           WHERE key = @id AND act = @act AND outcome = @outcome`,
        )
        .run({ id, act, outcome, at });
      if (counted.changes > 0) return;
      this.#db
        .prepare('INSERT INTO api_key_uses (key, act, outcome, count, since) VALUES (?, ?, ?, 0, ?)')
        .run(id, act, outcome, at);
      const { person, number } = this.#row(id)!;
      this.#write({ id, person, number, outcome, acts: `${act}:1`, first: at, last: at });
    });
  }

  settle(before: number): void {
    const isDue = this.#db.prepare('SELECT 1 FROM api_key_uses WHERE since < ? LIMIT 1').get(before);
    if (isDue === undefined) return;
    transact(this.#db, 'write', () => {
      // It was quiet since the last one: the next is written at once again.
      this.#db.prepare('DELETE FROM api_key_uses WHERE since < ? AND count = 0').run(before);
      this.#settle('id IN (SELECT key FROM api_key_uses WHERE since < ?)', before);
    });
  }

  endAll(): number {
    return transact(
      this.#db,
      'write',
      () => this.#db.prepare('UPDATE api_keys SET is_over = 1 WHERE is_over = 0').run().changes,
    );
  }

  /** Inside a transaction, so that what is counted stands in the trail once. */
  #settle(where: string, value: string | number): void {
    const rows = this.#db
      .prepare(
        `SELECT id, person, number, outcome, group_concat(act || ':' || count, ',' ORDER BY act) AS acts,
           min(first) AS first, max(last) AS last
         FROM api_keys JOIN api_key_uses ON key = id
         WHERE count > 0 AND ${where} GROUP BY id, outcome ORDER BY person, number, outcome`,
      )
      .all(value) as Counted[];
    for (const row of rows) this.#write(row);
    const begin = this.#db.prepare(
      'UPDATE api_key_uses SET count = 0, first = NULL, last = NULL, since = ? WHERE key = ? AND count > 0',
    );
    for (const id of new Set(rows.map((row) => row.id))) begin.run(this.#clock(), id);
  }

  /** A row of the trail, with the span of its uses as ISO 8601 writes one. Of who is gone there is nobody to name any more. */
  #write({ person, number, outcome, acts, first, last }: Counted): void {
    const tenant = this.#db.prepare('SELECT tenant FROM people WHERE id = ?').pluck().get(person) as string | undefined;
    if (tenant === undefined) return;
    const span = [first, last].map((at) => new Date(at).toISOString()).join('/');
    const target = `${tenant}/${number} ${acts} ${span}`;
    this.#audit.appendWithin({ at: this.#clock(), actor: person, action: 'api.used', target, outcome });
  }

  #remove({ id }: Row): void {
    this.#settle('id = ?', id);
    this.#db.prepare('DELETE FROM api_keys WHERE id = ?').run(id);
  }

  #shown({ number, name, scopes, madeAt, endsAt, usedAt, uses, isOver }: Row): ApiKey {
    const isEnded = isOver === 1 || endsAt <= this.#clock();
    return { number, name, scopes: scopes.split(' ') as ApiScope[], madeAt, endsAt, usedAt, uses, isEnded };
  }

  #row(id: string): Row | undefined {
    return this.#db.prepare(`SELECT ${COLUMNS} FROM api_keys WHERE id = ?`).get(id) as Row | undefined;
  }

  #rowsOf(person: string): Row[] {
    return this.#db.prepare(`SELECT ${COLUMNS} FROM api_keys WHERE person = ? ORDER BY number`).all(person) as Row[];
  }

  #nextNumber(person: string): number {
    return this.#db
      .prepare(
        `INSERT INTO api_key_numbers (person, last) VALUES (?, 1)
         ON CONFLICT (person) DO UPDATE SET last = last + 1 RETURNING last`,
      )
      .pluck()
      .get(person) as number;
  }

  #hash(id: string, secret: string): Uint8Array {
    return createHmac('sha256', this.#secret()).update(`${id}.${secret}`).digest();
  }

  /** Random and of this household alone. It outlasts a new master key, which would end every key otherwise. */
  #secret(): Uint8Array {
    const read = this.#db.prepare('SELECT secret FROM api_secret WHERE id = 1').pluck();
    const stored = read.get() as Uint8Array | undefined;
    if (stored !== undefined) return stored;
    this.#db.prepare('INSERT OR IGNORE INTO api_secret (id, secret) VALUES (1, ?)').run(randomBytes(32));
    return read.get() as Uint8Array;
  }
}
