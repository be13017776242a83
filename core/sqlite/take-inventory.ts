import type Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import type { CountedWithin, Inventory } from '../erase/erasing.ts';
import { migrate } from './migrate.ts';
import { openEncrypted } from './open-encrypted.ts';
import { TENANT_MIGRATIONS } from './tenant-migrations.ts';
import { markedUpTo } from './vector-index.ts';
import { BUCKET_KEYS } from './word-index.ts';

/** What is counted, each by one query over the raw tables; @document, @passage and @events limit it where they are not NULL. */
const COUNTS = {
  documents: `(SELECT count(*) FROM documents WHERE ${upTo('number', '@document')})
    + (SELECT count(*) FROM replaced_documents WHERE ${upTo('number', '@document')})`,
  passages: `(SELECT count(*) FROM passages WHERE ${upTo('id', '@passage')} OR ${upTo('document', '@document')})
    + (SELECT count(*) FROM replaced_passages WHERE ${upTo('document', '@document')})
    + (SELECT count(*) FROM staged_passages WHERE ${upTo('id', '@passage')})`,
  // What finds them: by words, by pieces of words, by meaning.
  indexed: `(SELECT count(*) FROM gram_runs WHERE ${upTo(`key % ${BUCKET_KEYS}`, '@passage')})
    + (SELECT count(*) FROM piece_blocks WHERE ${upTo('first_passage', '@passage')})
    + (SELECT count(*) FROM word_blocks WHERE ${upTo('first_passage', '@passage')})`,
  vectors: `(SELECT coalesce(sum(marked_up_to(block, codes, @passage)), 0) FROM vector_codes)`,
  turns: `(SELECT count(*) FROM turns WHERE ${among('event')})`,
  badAnswers: `(SELECT count(*) FROM bad_answers WHERE ${among('event')})`,
  settings: '(SELECT count(*) FROM settings)',
} as const;

function upTo(column: string, limit: string): string {
  return `(${limit} IS NULL OR ${column} <= ${limit})`;
}

function among(column: string): string {
  return `(@events IS NULL OR ${column} IN (SELECT value FROM json_each(@events)))`;
}

const EVENTS = `SELECT source FROM document_sources UNION SELECT source FROM documents UNION SELECT source FROM replaced_documents
  UNION SELECT source FROM forgotten_sources UNION SELECT source FROM source_rooms UNION SELECT source FROM staged_documents
  UNION SELECT event FROM turns UNION SELECT event FROM bad_answers`;

/** Counts one tenant's file past its vault, or what of it lies `within` limits. Used before and after an erasure; the file must not be open elsewhere in this process. */
export function takeInventory(path: string, key: Uint8Array, within?: CountedWithin): Inventory {
  let db: Database.Database | undefined;
  try {
    db = openEncrypted(path, key, { mustExist: true });
    sqliteVec.load(db);
    migrate(db, TENANT_MIGRATIONS);
    const columns = Object.entries(COUNTS).map(([name, sql]) => `${sql} AS ${name}`);
    db.function('marked_up_to', (block, codes, passage) =>
      markedUpTo(codes as Uint8Array, block as number, passage as number | null),
    );
    const { document = null, passage = null } = within?.upTo ?? {};
    const limits = { document, passage, events: within ? JSON.stringify(within.events) : null };
    const counts = db.prepare(`SELECT ${columns.join(', ')}`).get(limits) as Record<keyof typeof COUNTS, number>;
    return { counts, events: db.prepare(EVENTS).pluck().all() as string[] };
  } finally {
    db?.close();
  }
}
