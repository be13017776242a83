import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CONTROL_MIGRATIONS } from '../../../core/sqlite/control-migrations.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { temporaryFolder } from './temporary-state.ts';

const FIRST = 'CREATE TABLE notes (text TEXT)';
const SECOND = `ALTER TABLE notes ADD COLUMN at INTEGER; INSERT INTO notes VALUES ('second', 2)`;
let place: ReturnType<typeof temporaryFolder>;
let db: Database.Database;

beforeEach(() => {
  place = temporaryFolder();
  db = openEncrypted(join(place.folder, 'store.db'), randomBytes(32));
});
afterEach(() => {
  db.close();
  place.remove();
});

const version = () => db.pragma('user_version', { simple: true });
const count = () => db.prepare('SELECT count(*) FROM notes').pluck().get();

test('every step runs once, in order, however often it is asked for', () => {
  migrate(db, [FIRST]);
  expect(version()).toBe(1);
  migrate(db, [FIRST, SECOND]);
  migrate(db, [FIRST, SECOND]);
  expect(version()).toBe(2);
  expect(count()).toBe(1);
});

test('a step that fails half way leaves the version before it', () => {
  expect(() => migrate(db, [FIRST, `INSERT INTO notes VALUES ('half'); INSERT INTO absent VALUES (1)`])).toThrow();
  expect(version()).toBe(1);
  expect(count()).toBe(0);
  expect(db.inTransaction).toBe(false);
});

test('a database of a newer version is refused unchanged', () => {
  migrate(db, [FIRST, SECOND]);
  expect(() => migrate(db, [FIRST])).toThrow(expect.objectContaining({ code: 'unavailable', reason: 'store-newer' }));
  expect(version()).toBe(2);
});

test('audit rows can be neither changed nor removed', () => {
  migrate(db, CONTROL_MIGRATIONS);
  db.exec(`INSERT INTO audit (at, actor, action, target, outcome, hash) VALUES (1, 'a', 'b', 'c', 'done', x'00')`);
  expect(() => db.exec(`UPDATE audit SET actor = 'z'`)).toThrow(/never changed/);
  expect(() => db.exec('DELETE FROM audit')).toThrow(/never removed/);
});
