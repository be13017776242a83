import Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import { expect, test } from 'vitest';
import { gramsOf } from '../../../core/ask/grams.ts';
import type { TenantId } from '../../../core/caller.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { TENANT_MIGRATIONS } from '../../../core/sqlite/tenant-migrations.ts';
import { TenantStore } from '../../../core/sqlite/tenant-store.ts';

test('what an older version had indexed is found after the steps to blocks and languages', () => {
  const db = new Database(':memory:');
  sqliteVec.load(db);
  migrate(db, TENANT_MIGRATIONS.slice(0, 1));
  db.exec(`
    INSERT INTO documents VALUES (2, '$a', 'lease.pdf', 'pdf', 9, 1, 5, 2), (4, '$b', 'empty.txt', 'txt', 9, 1, 5, 0);
    INSERT INTO passages VALUES (7, 2, 0, '1', 'Rent', 0, 9, 'The rent is 900 euros.'), (8, 2, 1, '2', '', 0, 9, 'Keys: three.');
    INSERT INTO passage_pieces VALUES (7, x'05008a01'), (8, x'e0a70b');
    INSERT INTO models VALUES (3, 'm', 4);
    INSERT INTO embedded VALUES (3, 7);
    CREATE VIRTUAL TABLE vectors_3 USING vec0(passage INTEGER PRIMARY KEY, embedding FLOAT[4] distance_metric=cosine, chunk_size=128);
    INSERT INTO vectors_3 VALUES (7, '[0, 0.6, 0.8, 0]');
  `);
  migrate(db, TENANT_MIGRATIONS);
  const store = new TenantStore(db, 'a'.repeat(32) as TenantId);
  const found = (text: string) => store.lexical(gramsOf(text), 5).map((hit) => hit.passage);
  expect(found('rents')).toEqual([7]);
  expect(found('lease')).toEqual([8, 7]);
  expect(store.passages([7, 8]).map(({ language }) => language)).toEqual(['en', '']);
  expect([...store.pieceLists()]).toEqual([
    { passage: 7, pieces: Uint32Array.of(5, 6, 145) },
    { passage: 8, pieces: Uint32Array.of(185_312) },
  ]);
  expect(store.dense('m', Float32Array.of(0, 1, 0, 0), 5)).toEqual([{ passage: 7, score: expect.closeTo(0.6, 5) }]);
  expect(store.embeddingDepth('m')).toEqual({ embedded: 1, passages: 2 });
  expect(db.prepare(`SELECT name FROM sqlite_schema WHERE sql LIKE '%VIRTUAL%'`).all()).toEqual([]);
  db.close();
});
