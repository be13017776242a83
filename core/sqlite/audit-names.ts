import { randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';

/** Matrix ids and names of tenants: what an audit row may hold that means somebody. */
const NAMES = /@[!-9;-~]+:[0-9A-Za-z.:[\]-]+|\b[0-9a-f]{32}\b/g;
const ALIASES = /\b(?:person|tenant):[0-9a-f]{12}\b/g;

/**
 * Aliases that stand for people and tenants in the audit trail. The trail is chained and never changed, so it holds the
 * aliases alone; when somebody is erased the alias stays and whom it meant is forgotten. Used by AuditStore, inside its
 * transactions.
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

  /** Forgets whom an alias means. */
  forget(name: string): void {
    this.#db.prepare('DELETE FROM audit_names WHERE name = ?').run(name);
  }

  #aliasOf(name: string): string | undefined {
    return this.#db.prepare('SELECT alias FROM audit_names WHERE name = ?').pluck().get(name) as string | undefined;
  }

  #newAlias(name: string): string {
    const alias = `${name.startsWith('@') ? 'person' : 'tenant'}:${randomBytes(6).toString('hex')}`;
    this.#db.prepare('INSERT INTO audit_names (alias, name) VALUES (?, ?)').run(alias, name);
    return alias;
  }
}
