import type { Migration } from './migrate.ts';

/** Schema of control.db, oldest step first. Times are milliseconds since 1970. */
export const CONTROL_MIGRATIONS: readonly Migration[] = [
  `
  -- One tenant per person. wrapped_key: the tenant's own random key, sealed with the tenant id as context.
  -- made_at: when the tenant's file was first made; from then on a missing file is a fault, not a new tenant.
  CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    wrapped_key BLOB NOT NULL,
    made_at INTEGER
  ) STRICT;

  CREATE TABLE people (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('member', 'admin')),
    language TEXT NOT NULL,
    tenant TEXT NOT NULL UNIQUE REFERENCES tenants (id),
    added_at INTEGER NOT NULL,
    greeted_at INTEGER,
    removed_at INTEGER
  ) STRICT;

  CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    key TEXT NOT NULL,
    facts TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    delivered_at INTEGER,
    cleared_at INTEGER,
    repeats INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX open_alerts ON alerts (key) WHERE cleared_at IS NULL AND key <> '';
  CREATE INDEX undelivered_alerts ON alerts (id) WHERE delivered_at IS NULL;

  CREATE TABLE job_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL,
    cause TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome TEXT NOT NULL DEFAULT 'running',
    reference TEXT,
    figures TEXT NOT NULL DEFAULT '{}'
  ) STRICT;
  CREATE INDEX runs_by_job ON job_runs (job, id);

  CREATE TABLE heartbeats (
    process TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    figures TEXT NOT NULL
  ) STRICT;

  CREATE TABLE facts (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;

  -- Append-only: hash is SHA-256 over the hash of the row before and this row (audit-store.ts).
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    outcome TEXT NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
  CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
  `,
  `
  -- Rows go only below the newest checkpoint, which stands for them: its target begins with the number of the last one.
  CREATE INDEX audit_checkpoints ON audit (id) WHERE action = 'audit.checkpoint';
  DROP TRIGGER audit_no_delete;
  CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    WHEN OLD.id > coalesce(
      (SELECT CAST(target AS INTEGER) FROM audit WHERE action = 'audit.checkpoint' ORDER BY id DESC LIMIT 1), 0)
    BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
  `,
];
