import type Database from 'better-sqlite3';
import { execa } from 'execa';
import { AppError } from '../../core/errors.ts';
import type { PostgresAddress } from '../backup/homeserver/postgres-address.ts';

/** More than a household's homeserver writes between a backup and a loss; its positions are 64 bits wide. */
const AHEAD = 1_000_000;

/** The streams of Synapse whose positions stand in the tokens of clients, and the sequence that each counts by in PostgreSQL. */
const STREAMS = {
  events: 'events_stream_seq',
  to_device: 'device_inbox_sequence',
  device_lists_stream: 'device_lists_sequence',
  account_data: 'account_data_sequence',
  receipts: 'receipts_sequence',
  presence_stream: 'presence_stream_sequence',
  push_rules_stream: 'push_rules_stream_sequence',
  un_partial_stated_room_stream: 'un_partial_stated_room_stream_sequence',
  thread_subscriptions: 'thread_subscriptions_sequence',
  sticky_events: 'sticky_events_sequence',
  profile_updates: 'profile_updates_sequence',
} as const;

const TABLE = 'stream_positions';

/**
 * Moves the positions of a restored Synapse ahead of all that it had given out before the loss. A client that stayed signed in asks for what
 * is newer than the last position it knows: below that, keys that are sent to it are taken for delivered and thrown away, and messages are
 * passed over. Called before the homeserver starts on that database; a repeat moves them once more, which harms nothing. Does nothing where
 * there is no such table.
 */
export function moveAheadInSqlite(db: Database.Database): void {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(TABLE);
  if (isThere === undefined) return;
  const move = db.prepare(
    `INSERT INTO ${TABLE} (stream_name, instance_name, stream_id) VALUES (?, 'master', ?)
     ON CONFLICT (stream_name, instance_name) DO UPDATE SET stream_id = stream_id + excluded.stream_id`,
  );
  db.transaction(() => {
    for (const name of Object.keys(STREAMS)) move.run(name, AHEAD);
  })();
}

const MOVE_SEQUENCES = `DO $$
  DECLARE one record;
  BEGIN
    FOR one IN SELECT schemaname, sequencename, coalesce(last_value, 0) AS at FROM pg_catalog.pg_sequences
      WHERE sequencename IN (${Object.values(STREAMS)
        .map((name) => `'${name}'`)
        .join(', ')})
    LOOP
      PERFORM setval(format('%I.%I', one.schemaname, one.sequencename)::regclass, one.at + ${AHEAD});
    END LOOP;
  END $$`;

/** The same in PostgreSQL, for the sequences that are there. Throws AppError `unavailable` (reason `homeserver-database`). */
export async function moveAheadInPostgres(address: PostgresAddress): Promise<void> {
  const { failed } = await execa(
    'psql',
    ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--command', MOVE_SEQUENCES],
    { env: { ...address }, stdin: 'ignore', reject: false },
  );
  if (!failed) return;
  throw new AppError('unavailable', "the positions of the homeserver's database could not be moved ahead", {
    reason: 'homeserver-database',
    hint: 'Is PostgreSQL still running, and does the user own the database? Run the same `kinkeeper restore` once more: it goes on where it was.',
  });
}
