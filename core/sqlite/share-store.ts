import type Database from 'better-sqlite3';
import { Caller, type PersonId, type TenantId } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { People } from '../people.ts';
import type { Lending, Share, Shares } from '../shares.ts';
import { step } from '../step.ts';
import { emptyLog } from './open-encrypted.ts';
import { endSharesOf } from './share-rows.ts';
import type { TenantKeyStore } from './tenant-key-store.ts';
import type { TombstoneStore } from './tombstone-store.ts';
import { transact } from './transact.ts';
import type { FileVault } from './vault.ts';

/** What shares are kept with. */
export interface ShareStoreParts {
  readonly tenants: TenantKeyStore;
  readonly people: People;
  readonly vault: Pick<FileVault, 'discard' | 'discardOrphans'>;
  readonly clock: Clock;
  readonly tombstones: Pick<TombstoneStore, 'noteEnded'>;
}

interface Row {
  readonly shelf: TenantId;
  readonly owner: PersonId;
  readonly ownerNumber: number;
  readonly reader: PersonId;
  readonly readerNumber: number;
  readonly document: number;
  readonly madeAt: number;
  readonly until: number | null;
}

/** So many documents one person may lend another: each is a file of its own that every question of the reader opens. */
const MOST_BETWEEN_TWO = 25;

const COLUMNS = `shelf, owner, owner_number AS ownerNumber, reader, reader_number AS readerNumber, document,
  made_at AS madeAt, until`;

/** Who lent what to whom, in control.db: `Shares` of core. Made by `openState`. */
export class ShareStore implements Shares {
  readonly #db: Database.Database;
  readonly #parts: ShareStoreParts;
  /** The log may hold pages with keys that were destroyed: somebody was reading, or a crash came between. */
  #logToEmpty = true;

  constructor(db: Database.Database, parts: ShareStoreParts) {
    this.#db = db;
    this.#parts = parts;
  }

  of(caller: Caller): Share[] {
    if (!this.#isOwnPlace(caller)) return [];
    return this.#open('(owner = @person OR reader = @person)', { person: caller.person })
      .map((row) => shareOf(row, caller))
      .sort((a, b) => a.number - b.number);
  }

  lentFrom(tenant: TenantId): Share[] {
    const rows = this.#open('owner = (SELECT id FROM people WHERE tenant = @tenant AND removed_at IS NULL)', {
      tenant,
    });
    const owner = rows[0] && this.#parts.people.callerFor(rows[0].owner);
    return owner ? rows.map((row) => shareOf(row, owner)) : [];
  }

  begin(caller: Caller, lending: Lending): { readonly shelf: Caller; open(): Share } {
    const { document, reader, until } = lending;
    const row = transact(this.#db, 'write', (): Row => {
      const between = this.of(caller).filter((one) => one.side === 'owner' && one.reader === reader);
      if (between.length >= MOST_BETWEEN_TWO) {
        throw new AppError('conflict', 'too much is lent to this person', { reason: 'share-full' });
      }
      if (between.some((one) => one.document === document))
        throw new AppError('conflict', 'this is lent already', { reason: 'share-known' });
      const [ownerNumber, readerNumber] = [this.#nextNumber(caller.person), this.#nextNumber(reader)];
      const shelf = this.#parts.tenants.create('shelf');
      const madeAt = this.#parts.clock();
      this.#db
        .prepare(
          `INSERT INTO shares (shelf, owner, owner_number, reader, reader_number, document, made_at, until, state)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'making')`,
        )
        .run(shelf, caller.person, ownerNumber, reader, readerNumber, document, madeAt, until);
      return { shelf, owner: caller.person, ownerNumber, reader, readerNumber, document, madeAt, until };
    });
    step('share-begun');
    const open = () => {
      transact(this.#db, 'write', () =>
        this.#db.prepare("UPDATE shares SET state = 'open' WHERE shelf = ? AND state = 'making'").run(row.shelf),
      );
      step('share-opened');
      return shareOf(row, caller);
    };
    return { shelf: this.#parts.people.systemCaller(row.shelf), open };
  }

  end(caller: Caller, number: number): Share | undefined {
    const share = this.of(caller).find((one) => one.number === number);
    if (share) this.close(share.shelf.tenant);
    return share;
  }

  close(shelf: TenantId): void {
    // The key first: from then on the file is noise, whatever happens before it is gone.
    const hadOne = transact(this.#db, 'write', () => {
      const removed = this.#db.prepare('DELETE FROM shares WHERE shelf = ?').run(shelf);
      if (removed.changes > 0) {
        this.#parts.tombstones.noteEnded(shelf, this.#parts.clock());
        this.#parts.tenants.remove(shelf);
      }
      return removed.changes > 0;
    });
    if (!hadOne) return;
    step('share-key-destroyed');
    // Nobody waits for a reader of another process: the next sweep empties it then.
    this.#logToEmpty = !emptyLog(this.#db, { atOnce: true });
    step('share-log-emptied');
    this.#parts.vault.discard(shelf);
    step('share-file-removed');
  }

  countOf(person: string): number {
    return this.#shelvesOf(person).length;
  }

  hadAny(person: string): boolean {
    return this.#db.prepare('SELECT 1 FROM share_numbers WHERE person = ?').get(person) !== undefined;
  }

  endAllOf(person: string): void {
    transact(this.#db, 'write', () => endSharesOf(this.#db, person));
    for (const shelf of this.#shelvesOf(person)) this.close(shelf);
    // A crash may have come between a key and its file.
    this.#parts.vault.discardOrphans();
  }

  sweep(): void {
    // Filling a shelf is one stretch of work: whatever is still being made was left by a crash or a failure.
    const over = this.#db
      .prepare(
        `SELECT shelf FROM shares s WHERE state <> 'open' OR until <= ?
         OR (SELECT count(*) FROM people p WHERE p.id IN (s.owner, s.reader) AND p.removed_at IS NULL) < 2`,
      )
      .pluck()
      .all(this.#parts.clock()) as TenantId[];
    for (const shelf of over) this.close(shelf);
    this.#parts.vault.discardOrphans();
    if (this.#logToEmpty) this.#logToEmpty = !emptyLog(this.#db, { atOnce: true });
  }

  /** Shares belong to a person's own place: in a family room there are none. */
  #isOwnPlace(caller: Caller): boolean {
    return this.#parts.people.find(caller.person)?.tenant === caller.tenant;
  }

  #open(whose: string, values: Readonly<Record<string, string>>): Row[] {
    const rows = this.#db
      .prepare(`SELECT ${COLUMNS} FROM shares WHERE ${whose} AND state = 'open' ORDER BY made_at, shelf`)
      .all(values) as Row[];
    return rows.filter(({ shelf }) => this.#parts.tenants.active(shelf) !== undefined);
  }

  #shelvesOf(person: string): TenantId[] {
    return this.#db
      .prepare('SELECT shelf FROM shares WHERE owner = @person OR reader = @person ORDER BY shelf')
      .pluck()
      .all({ person }) as TenantId[];
  }

  #nextNumber(person: string): number {
    return this.#db
      .prepare(
        `INSERT INTO share_numbers (person, last) VALUES (?, 1)
         ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last`,
      )
      .pluck()
      .get(person) as number;
  }
}

/** A share as the caller sees it, with a caller for its shelf. */
function shareOf(row: Row, caller: Caller): Share {
  const { shelf, owner, ownerNumber, reader, readerNumber, document, madeAt, until } = row;
  const side = caller.person === owner ? 'owner' : 'reader';
  const { person, role, language } = caller;
  return {
    ...{ owner, reader, document, madeAt, until, side },
    number: side === 'owner' ? ownerNumber : readerNumber,
    shelf: new Caller({ person, tenant: shelf, role, language }),
  };
}
