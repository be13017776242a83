import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { moveAheadInSqlite } from '../../../ops/restore/stream-positions.ts';

// That devices read on afterwards is tried with a real homeserver (test/e2e/devices.test.ts); this is for households that have written more.

test('positions only ever go ahead, however far they were, and those of others stay', () => {
  const db = new Database(':memory:');
  moveAheadInSqlite(db);
  db.exec(`CREATE TABLE stream_positions (stream_name TEXT NOT NULL, instance_name TEXT NOT NULL, stream_id BIGINT NOT NULL);
    CREATE UNIQUE INDEX one ON stream_positions (stream_name, instance_name);
    INSERT INTO stream_positions VALUES ('events', 'master', 7000000), ('backfill', 'master', 12)`);
  moveAheadInSqlite(db);
  const at = (name: string) =>
    db.prepare('SELECT stream_id FROM stream_positions WHERE stream_name = ?').pluck().get(name);
  expect([at('events'), at('to_device'), at('backfill')]).toEqual([8_000_000, 1_000_000, 12]);
  moveAheadInSqlite(db);
  expect([at('events'), at('to_device')]).toEqual([9_000_000, 2_000_000]);
});
