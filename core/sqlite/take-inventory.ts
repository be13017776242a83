import type Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import type { Inventory } from '../erase/erasing.ts';
import { migrate } from './migrate.ts';
import { openEncrypted } from './open-encrypted.ts';
import { TENANT_MIGRATIONS } from './tenant-migrations.ts';

/** What is counted, each by one query over the raw tables. */
const COUNTS = {
  documents: '(SELECT count(*) FROM documents) + (SELECT count(*) FROM replaced_documents)',
  passages:
    '(SELECT count(*) FROM passages) + (SELECT count(*) FROM replaced_passages) + (SELECT count(*) FROM staged_passages)',
  // What finds them: by words, by pieces of words, by meaning.
  indexed:
    '(SELECT count(*) FROM gram_runs) + (SELECT count(*) FROM piece_blocks) + (SELECT count(*) FROM word_blocks)',
  vectors: '(SELECT coalesce(sum(marked), 0) FROM vector_codes)',
  turns: '(SELECT count(*) FROM turns)',
  badAnswers: '(SELECT count(*) FROM bad_answers)',
  settings: '(SELECT count(*) FROM settings)',
} as const;

const EVENTS = `SELECT source FROM document_sources UNION SELECT source FROM documents UNION SELECT source FROM replaced_documents
  UNION SELECT source FROM forgotten_sources UNION SELECT source FROM source_rooms UNION SELECT source FROM staged_documents
  UNION SELECT event FROM turns UNION SELECT event FROM bad_answers`;

/** Counts one tenant's file past its vault. Used before and after an erasure; the file must not be open elsewhere in this process. */
export function takeInventory(path: string, key: Uint8Array): Inventory {
  let db: Database.Database | undefined;
  try {
    db = openEncrypted(path, key, { mustExist: true });
    sqliteVec.load(db);
    migrate(db, TENANT_MIGRATIONS);
    const columns = Object.entries(COUNTS).map(([name, sql]) => `${sql} AS ${name}`);
    const counts = db.prepare(`SELECT ${columns.join(', ')}`).get() as Record<keyof typeof COUNTS, number>;
    return { counts, events: db.prepare(EVENTS).pluck().all() as string[] };
  } finally {
    db?.close();
  }
}
