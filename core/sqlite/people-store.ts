import type Database from 'better-sqlite3';
import { Caller, LANGUAGES, type Language, type PersonId, type TenantId } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { People, Person, TenantInUse } from '../people.ts';
import { personId } from '../person-id.ts';
import { endApiKeysOf } from './api-key-rows.ts';
import { endSharesOf } from './share-rows.ts';
import type { TenantKeyStore } from './tenant-key-store.ts';
import { transact } from './transact.ts';

type Row = Omit<Person, 'identityChanged'> & { readonly identityChanged: number };
type NewPerson = Parameters<People['add']>[0];

const COLUMNS = `id, role, language, tenant, added_at AS addedAt, greeted_at AS greetedAt,
  EXISTS (SELECT 1 FROM identities i WHERE i.person = people.id AND i.waiting IS NOT NULL) AS identityChanged`;

/** The people of the household in control.db: `People` of core. Made by `openState`. */
export class PeopleStore implements People {
  readonly #db: Database.Database;
  readonly #tenants: TenantKeyStore;
  readonly #clock: Clock;
  readonly #wasErased: (person: string) => boolean;

  /** `wasErased` tells who does not come back by the settings file. */
  constructor(
    db: Database.Database,
    tenants: TenantKeyStore,
    { clock, wasErased }: { clock: Clock; wasErased: (person: string) => boolean },
  ) {
    this.#db = db;
    this.#tenants = tenants;
    this.#clock = clock;
    this.#wasErased = wasErased;
  }

  list(): Person[] {
    const rows = this.#db
      .prepare(`SELECT ${COLUMNS} FROM people WHERE removed_at IS NULL ORDER BY added_at, id`)
      .all() as Row[];
    return rows.map(toPerson);
  }

  find(id: string): Person | undefined {
    const row = this.#db.prepare(`SELECT ${COLUMNS} FROM people WHERE id = ? AND removed_at IS NULL`).get(id) as
      | Row
      | undefined;
    return row && toPerson(row);
  }

  leaver(id: string): Person | undefined {
    const row = this.#db
      .prepare(`SELECT ${COLUMNS} FROM people WHERE id = ? AND removed_at IS NOT NULL AND takes_along = 1`)
      .get(id) as Row | undefined;
    return row && toPerson(row);
  }

  leavingCallerFor(sender: string): Caller | undefined {
    const person = this.leaver(sender);
    return person && new Caller({ ...person, role: 'member', person: person.id });
  }

  letTakeAlong(id: string): boolean {
    return transact(this.#db, 'write', () => {
      const changed = this.#db
        .prepare('UPDATE people SET takes_along = 1 WHERE id = ? AND removed_at IS NOT NULL')
        .run(id);
      return changed.changes > 0;
    });
  }

  callerFor(sender: string): Caller | undefined {
    const person = this.find(sender);
    return person && new Caller({ ...person, person: person.id });
  }

  tenants(): TenantInUse[] {
    return this.#tenants.doors.inUse();
  }

  systemCaller(tenant: TenantId): Caller {
    return new Caller({ person: 'system' as PersonId, tenant, role: 'system', language: 'en' });
  }

  /** See `People`. Throws AppError `invalid` (reasons `person-id`, `person-role`, `language`). */
  add(person: NewPerson): boolean {
    const id = checked(person);
    return transact(this.#db, 'write', () => {
      const known = this.#db.prepare('SELECT removed_at AS removedAt FROM people WHERE id = ?').get(id) as
        | { removedAt: number | null }
        | undefined;
      if (!known) {
        this.#insert(id, person);
        return true;
      }
      this.#db
        .prepare('UPDATE people SET role = ?, removed_at = NULL, takes_along = 0 WHERE id = ?')
        .run(person.role, id);
      return known.removedAt !== null;
    });
  }

  /** See `People`. All or none of them; throws as `add` does. */
  seed(people: readonly NewPerson[]): void {
    const wanted = people.map((person) => ({ id: checked(person), person }));
    transact(this.#db, 'write', () => {
      const known = this.#db.prepare('SELECT 1 FROM people WHERE id = ?');
      for (const { id, person } of wanted) if (!known.get(id) && !this.#wasErased(id)) this.#insert(id, person);
    });
  }

  remove(id: string): boolean {
    return transact(this.#db, 'write', () => {
      const removed = this.#db
        .prepare('UPDATE people SET removed_at = ? WHERE id = ? AND removed_at IS NULL')
        .run(this.#clock(), id);
      this.#db.prepare('UPDATE people SET takes_along = 0 WHERE id = ?').run(id);
      endSharesOf(this.#db, id);
      endApiKeysOf(this.#db, id);
      return removed.changes > 0;
    });
  }

  markGreeted(id: PersonId, at: number): void {
    transact(this.#db, 'write', () => this.#db.prepare('UPDATE people SET greeted_at = ? WHERE id = ?').run(at, id));
  }

  setLanguage(id: PersonId, language: Language): void {
    transact(this.#db, 'write', () =>
      this.#db.prepare('UPDATE people SET language = ? WHERE id = ?').run(language, id),
    );
  }

  #insert(id: PersonId, person: NewPerson): void {
    this.#db
      .prepare('INSERT INTO people (id, role, language, tenant, added_at) VALUES (?, ?, ?, ?, ?)')
      .run(id, person.role, person.language, this.#tenants.create('person'), this.#clock());
  }
}

function toPerson(row: Row): Person {
  return { ...row, identityChanged: row.identityChanged === 1 };
}

function checked(person: NewPerson): PersonId {
  const id = personId(person.id);
  if (person.role !== 'member' && person.role !== 'admin') {
    throw new AppError('invalid', 'a person is a member or an admin', { reason: 'person-role' });
  }
  if (!LANGUAGES.includes(person.language)) {
    throw new AppError('invalid', 'this language has no wording', { reason: 'language' });
  }
  return id;
}
