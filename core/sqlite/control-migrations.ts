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
  -- Each new key of a tenant makes a new file; the generation tells which file the key opens. key_made_at is NULL for
  -- keys from before this step.
  ALTER TABLE tenants ADD COLUMN key_generation INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE tenants ADD COLUMN key_made_at INTEGER;

  -- Tenants that are to get a new key. A row goes with the change itself, so a killed change is taken up again.
  CREATE TABLE key_requests (
    tenant TEXT PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    asked_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Of what erasures mark and sign with (core/erase/erase-keys.ts). One row, made with the store and never changed.
  CREATE TABLE erase_secret (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL
  ) STRICT;

  -- Erasures (core/erase/erasure.ts). What names somebody is NULL once one is done. receipt: signed, names nobody.
  CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    reference TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('documents', 'person')),
    cause TEXT NOT NULL CHECK (cause IN ('self', 'removed', 'ordered')),
    person TEXT,
    tenant TEXT,
    language TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'cancelled')),
    steps TEXT NOT NULL DEFAULT '[]',
    before TEXT NOT NULL DEFAULT '{}',
    traces TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL DEFAULT 0,
    receipt TEXT
  ) STRICT;
  CREATE UNIQUE INDEX open_erasures ON erasures (person, kind) WHERE state IN ('waiting', 'running');

  -- Who is gone, as keyed marks. Also in state/tombstones, which outlives the restore of an older control.db.
  CREATE TABLE tombstones (
    tenant TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    at INTEGER NOT NULL,
    reference TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tombstones_by_person ON tombstones (person);

  -- Whom the aliases in the audit trail mean; the row goes with its person, the trail stays whole (audit-store.ts).
  CREATE TABLE audit_names (
    alias TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- A tenant is a person, a family room, or a shelf: one lent document.
  ALTER TABLE tenants ADD COLUMN kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'room', 'shelf'));

  -- empty_since: when the last known person was seen to be gone; NULL while somebody is there.
  CREATE TABLE family_rooms (
    tenant TEXT PRIMARY KEY REFERENCES tenants (id),
    room TEXT NOT NULL UNIQUE,
    empty_since INTEGER
  ) STRICT, WITHOUT ROWID;

  -- Who lent which document to whom; its name stands in the shelf's own file alone. Each person counts their shares for
  -- themselves, so that no number tells how much others share. The row outlives its tenant until the file is gone too.
  CREATE TABLE shares (
    shelf TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    owner_number INTEGER NOT NULL,
    reader TEXT NOT NULL,
    reader_number INTEGER NOT NULL,
    document INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    until INTEGER,
    state TEXT NOT NULL CHECK (state IN ('making', 'open', 'ended'))
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE share_numbers (
    person TEXT PRIMARY KEY,
    last INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
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
  `
  -- Whom an alias means is bound to it by a hash. Older aliases, of no released version, stand for nobody.
  DROP TABLE audit_names;
  CREATE TABLE audit_names (alias TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, salt BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Removed, and may still take along what is kept of them (People.letTakeAlong).
  ALTER TABLE people ADD COLUMN takes_along INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- What ended of those who stay: shares, and papers that were forgotten. Keyed marks of the tenant (of a share: its shelf)
  -- and of the message that brought the paper. Also in state/tombstones, which outlives the restore of an older control.db.
  CREATE TABLE endings (
    kind TEXT NOT NULL CHECK (kind IN ('share', 'paper')),
    source TEXT NOT NULL,
    tenant TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (kind, source)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- By which identity (public master key) each person is known, and the other one that is shown and was not confirmed.
  CREATE TABLE identities (
    person TEXT PRIMARY KEY,
    known TEXT NOT NULL,
    waiting TEXT
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Backup generations (core/backup/generation.ts). session_key opens one archive alone; NULL once that was proven.
  CREATE TABLE backups (
    name TEXT PRIMARY KEY,
    made_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    plain_bytes INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    session_key BLOB,
    proven_at INTEGER,
    proof TEXT NOT NULL DEFAULT '{}'
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE backup_copies (
    name TEXT NOT NULL REFERENCES backups (name),
    place TEXT NOT NULL,
    verified_at INTEGER NOT NULL,
    PRIMARY KEY (name, place)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- counts_at: what schedules count from instead of started_at, where the clock was set back after the run.
  -- progress: how far it has come (JSON). cancel_asked: 1 when somebody wishes that it ends.
  ALTER TABLE job_runs ADD COLUMN dry INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE job_runs ADD COLUMN counts_at INTEGER;
  ALTER TABLE job_runs ADD COLUMN progress TEXT;
  ALTER TABLE job_runs ADD COLUMN cancel_asked INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX runs_under_way ON job_runs (id) WHERE outcome = 'running';

  -- What people ask of the runner (core/job.ts). source: the message that asked; it asks once. run: the run that serves it.
  -- edits, told: what the bot has said about it.
  CREATE TABLE job_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL,
    job TEXT NOT NULL,
    dry INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'started', 'refused', 'withdrawn')),
    refusal TEXT,
    run INTEGER,
    repeats INTEGER NOT NULL DEFAULT 0,
    edits INTEGER NOT NULL DEFAULT 0,
    told INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX waiting_requests ON job_requests (id) WHERE state = 'waiting';
  CREATE INDEX untold_requests ON job_requests (id) WHERE told = 0;
  CREATE INDEX requests_by_run ON job_requests (run);

  -- Wishes to cancel, with what each met when it was made.
  CREATE TABLE job_cancels (
    source TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    job TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    running INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- When jobs run by themselves, as the runner sees it.
  CREATE TABLE job_plans (
    job TEXT PRIMARY KEY,
    schedule TEXT NOT NULL,
    next_at INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What becomes of an alert: last raise, flapping (core/alert.ts), what admins did about it, and what was told of it.
  ALTER TABLE alerts ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN flapping INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE alerts ADD COLUMN quiet_since INTEGER;
  ALTER TABLE alerts ADD COLUMN acknowledged_at INTEGER;
  ALTER TABLE alerts ADD COLUMN snoozed_until INTEGER;
  ALTER TABLE alerts ADD COLUMN flapping_told_at INTEGER;
  ALTER TABLE alerts ADD COLUMN reminded_at INTEGER;
  ALTER TABLE alerts ADD COLUMN over_told_at INTEGER;
  -- Those of before are no news.
  UPDATE alerts SET last_at = raised_at, over_told_at = cleared_at;
  -- By which second ways an alert was sent.
  CREATE TABLE alert_ways (
    alert INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    way TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (alert, way)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Figures of the house by day (daily-figures.ts), of nobody in particular. daily_answers: how many took how long (answer-times.ts).
  CREATE TABLE daily_figures (
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (day, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE daily_answers (
    day TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, bucket)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- When a second way was told that an alert is over; those of before are no news.
  ALTER TABLE alert_ways ADD COLUMN over_at INTEGER;
  UPDATE alert_ways SET over_at = at;
  `,
  `
  -- Keys of the HTTP API (core/api-key.ts). hash: of the secret part, keyed with api_secret. source: the message that asked.
  -- is_over: its person was removed, or the household was restored from a backup.
  CREATE TABLE api_secret (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret BLOB NOT NULL
  ) STRICT;
  CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    hash BLOB NOT NULL,
    source TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    used_at INTEGER,
    uses INTEGER NOT NULL DEFAULT 0,
    is_over INTEGER NOT NULL DEFAULT 0,
    UNIQUE (person, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE api_key_numbers (
    person TEXT PRIMARY KEY,
    last INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Uses that the audit trail has not counted yet.
  CREATE TABLE api_key_uses (
    key TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    act TEXT NOT NULL,
    outcome TEXT NOT NULL,
    count INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (key, act, outcome)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The first use of its kind stands in the trail at once; since: from then on others are counted. first, last: of those, where any is.
  ALTER TABLE api_key_uses ADD COLUMN first INTEGER;
  ALTER TABLE api_key_uses ADD COLUMN last INTEGER;
  UPDATE api_key_uses SET first = since, last = coalesce((SELECT used_at FROM api_keys WHERE id = key), since);
  `,
];
