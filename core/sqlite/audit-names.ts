import { createHash, randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';

/** Matrix ids and names of tenants: what an audit row may hold that means somebody. */
const NAMES = /@[!-9;-~]+:[0-9A-Za-z.:[\]-]+|\b[0-9a-f]{32}\b/g;
const ALIASES = /\b(?:person|tenant):[0-9a-f]{24}\b/g;

/**
 * Aliases that stand for people and tenants in the audit trail. The trail is chained and never changed, so it holds the
 * aliases alone; when somebody is erased the alias stays and whom it meant is forgotten. An alias is a hash of its name and
 * of a salt that lies beside it: it cannot be made to mean somebody else, and without the salt it tells nothing. Used by
 * AuditStore, inside its transactions.
 */
export class AuditNames {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** A text with every name replaced by its alias, which is made at the first use. */
  hide(text: string): string {
    return text.replace(NAMES, (name) => this.#aliasOf(name) ?? this.#newAlias(name));
  }

  /** A text with every alias replaced by its name, where that is still known. */
  show(text: string): string {
    return text.replace(ALIASES, (alias) => {
      const name = this.#db.prepare('SELECT name FROM audit_names WHERE alias = ?').pluck().get(alias);
      return typeof name === 'string' ? name : alias;
    });
  }

  /** The first alias that was not made of the name beside it; undefined when all were. */
  changed(): string | undefined {
    const rows = this.#db.prepare<[], NamedAlias>('SELECT alias, name, salt FROM audit_names ORDER BY alias').all();
    return rows.find(({ alias, name, salt }) => alias !== aliasFor(name, salt))?.alias;
  }

  /** Forgets whom an alias means. */
  forget(name: string): void {
    this.#db.prepare('DELETE FROM audit_names WHERE name = ?').run(name);
  }

  #aliasOf(name: string): string | undefined {
    return this.#db.prepare('SELECT alias FROM audit_names WHERE name = ?').pluck().get(name) as string | undefined;
  }

  #newAlias(name: string): string {
    const salt = randomBytes(16);
    const alias = aliasFor(name, salt);
    this.#db.prepare('INSERT INTO audit_names (alias, name, salt) VALUES (?, ?, ?)').run(alias, name, salt);
    return alias;
  }
}

interface NamedAlias {
  readonly alias: string;
  readonly name: string;
  readonly salt: Uint8Array;
}

function aliasFor(name: string, salt: Uint8Array): string {
  const hash = createHash('sha256').update(salt).update(name).digest('hex');
  return `${name.startsWith('@') ? 'person' : 'tenant'}:${hash.slice(0, 24)}`;
}
