import type { Migration } from '../../core/sqlite/migrate.ts';

/** Forward-only changes of bot.db, in order. What is in a released version is never edited. */
export const BOT_MIGRATIONS: readonly Migration[] = [
  `
      CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

      -- What one /sync answer held for the crypto machine, until it was fed.
      CREATE TABLE crypto_inbox (batch INTEGER PRIMARY KEY, body TEXT NOT NULL);

      -- position orders handling: batch * 1,000,000 + place; a gap's events lie before their batch's timeline.
      CREATE TABLE events (
        event_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, position INTEGER NOT NULL, batch INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('new', 'waiting', 'done')),
        body TEXT, received_at INTEGER NOT NULL, waiting_since INTEGER, told INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;
      CREATE INDEX events_open ON events (state, position) WHERE state <> 'done';

      CREATE TABLE gaps (
        id INTEGER PRIMARY KEY, room_id TEXT NOT NULL, batch INTEGER NOT NULL, from_token TEXT NOT NULL,
        filled INTEGER NOT NULL DEFAULT 0, not_before INTEGER NOT NULL DEFAULT 0
      );
      CREATE TABLE invites (room_id TEXT PRIMARY KEY, inviter TEXT NOT NULL, received_at INTEGER NOT NULL) WITHOUT ROWID;

      CREATE TABLE rooms (
        room_id TEXT PRIMARY KEY, joined INTEGER NOT NULL, joined_at INTEGER, encrypted_at INTEGER, notes TEXT NOT NULL DEFAULT '{}'
      ) WITHOUT ROWID;
      CREATE TABLE members (
        room_id TEXT NOT NULL, user_id TEXT NOT NULL, membership TEXT NOT NULL, PRIMARY KEY (room_id, user_id)
      ) WITHOUT ROWID;

      CREATE TABLE outbox (
        id INTEGER PRIMARY KEY, transaction_id TEXT NOT NULL UNIQUE, room_id TEXT NOT NULL, audience TEXT NOT NULL,
        type TEXT NOT NULL, content TEXT, edit_of TEXT, source TEXT,
        state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dropped')),
        event_id TEXT, created_at INTEGER NOT NULL, tried_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0
      );
      CREATE INDEX outbox_open ON outbox (id) WHERE state = 'pending';
      CREATE INDEX outbox_source ON outbox (source);

      CREATE TABLE crypto_databases (name TEXT PRIMARY KEY, version INTEGER NOT NULL, stores TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE crypto_records (
        name TEXT NOT NULL, store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (name, store, key)
      ) WITHOUT ROWID;
  `,
  `
      -- Which event each encrypted message came as (replay-guard.ts).
      CREATE TABLE seen_messages (fingerprint BLOB PRIMARY KEY, event_id TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
      -- Files that wait for their password. content is what downloading them again takes; NULL once that is over.
      CREATE TABLE locked_files (
        event_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, person TEXT NOT NULL, sent_at INTEGER NOT NULL,
        asked_at INTEGER NOT NULL, content TEXT
      ) WITHOUT ROWID;
      -- Messages that held a password (never what they said): an edit of one is no question.
      CREATE TABLE password_messages (event_id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
      -- Whose it is, also when it was handled and its body forgotten. NULL for events from before this was noted.
      ALTER TABLE events ADD COLUMN sender TEXT;
  `,
  `
      -- The file that a wrong password was meant for: a reply to our words about it holds the next one.
      ALTER TABLE password_messages ADD COLUMN file TEXT;
      -- Which reactions marked which question's answer as bad, so that taking one back drops what was kept.
      CREATE TABLE thumbs_down (reaction TEXT PRIMARY KEY, question TEXT NOT NULL) WITHOUT ROWID;
      CREATE INDEX thumbs_down_question ON thumbs_down (question);
  `,
  `
      -- 1: its person said that the question below this file is not to be answered.
      ALTER TABLE events ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
  `,
  `
      -- What the bot uploaded for whom, so that it can be taken back when the person is erased.
      CREATE TABLE uploads (mxc TEXT PRIMARY KEY, person TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX uploads_of ON uploads (person);
  `,
  `
      -- Exports by the message that asked (export-book.ts): which numbers go into which part, and the password's salt, both
      -- while parts are sent only.
      CREATE TABLE exports (
        event_id TEXT PRIMARY KEY, person TEXT NOT NULL, room_id TEXT NOT NULL, asked_at INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped')), salt BLOB, plan TEXT, ended_at INTEGER
      ) WITHOUT ROWID;
      CREATE INDEX exports_person ON exports (person, asked_at);
  `,
  `
      -- Who was in the room when the event was written (JSON); NULL where the server did not tell, as in a filled gap.
      ALTER TABLE events ADD COLUMN members TEXT;
  `,
  `
      -- Which rows a backup takes along (core/sqlite/copy-bot-store.ts); what is not named here stays behind. Never the device
      -- and its keys: a restored bot is a new one. Nor what was half done: whoever wrote then is told.
      CREATE TABLE taken_by_backups (name TEXT PRIMARY KEY, condition TEXT NOT NULL) WITHOUT ROWID;
      INSERT INTO taken_by_backups (name, condition) VALUES
        ('taken_by_backups', '1'), ('facts', 'key IN (''sync-batch'', ''identity-keys'')'), ('events', 'state = ''done'''),
        ('rooms', '1'), ('outbox', 'state <> ''pending'''), ('seen_messages', '1'), ('password_messages', '1'),
        ('thumbs_down', '1'), ('uploads', '1'), ('exports', 'state <> ''running''');
  `,
];
