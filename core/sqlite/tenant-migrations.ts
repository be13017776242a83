import { indexInBlocks } from './index-in-blocks.ts';
import type { Migration } from './migrate.ts';
import { noteLanguages } from './note-languages.ts';

/**
 * Schema of tenants/<id>.db, oldest step first. Times are milliseconds since 1970. Tables of whole vectors
 * are made when a model stores its first one (vector-index.ts).
 */
export const TENANT_MIGRATIONS: readonly Migration[] = [
  `
  -- AUTOINCREMENT: numbers and passage ids are never used again, not even after the newest document was forgotten.
  CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    passages INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    page TEXT,
    heading TEXT NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX passages_in_order ON passages (document, position);

  -- Full text over character 4-grams made by core/ask/grams.ts. Contentless: the grams of a passage are not kept twice.
  CREATE VIRTUAL TABLE passage_grams USING fts5(
    grams, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0 tokenchars '^$'"
  );

  -- Word pieces of a passage (piece-list.ts). Apart from the text, because every question reads all of them.
  CREATE TABLE passage_pieces (
    passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    pieces BLOB NOT NULL
  ) STRICT;

  CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    dimensions INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE embedded (
    model INTEGER NOT NULL REFERENCES models (id),
    passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
    PRIMARY KEY (model, passage)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX embedded_by_passage ON embedded (passage);

  CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX turns_by_room ON turns (room, id);

  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Sources (event ids) whose document was forgotten and must not come back by a repeat.
  CREATE TABLE forgotten_sources (
    source TEXT PRIMARY KEY
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What a turn's answer rested on, for a complaint about it: passage ids as a JSON list; the model, NULL without one.
  ALTER TABLE turns ADD COLUMN passages TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE turns ADD COLUMN model TEXT;

  -- Answers that their person marked as bad: what was asked, said and shown then.
  CREATE TABLE bad_answers (
    event TEXT PRIMARY KEY,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    passages TEXT NOT NULL,
    model TEXT,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- The room that a source came in, for a link to its message.
  CREATE TABLE source_rooms (
    source TEXT PRIMARY KEY,
    room TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  indexInBlocks,
  `
  -- SHA-256 of the file. Plain, because it never leaves this file, which is encrypted as a whole: a key would hide it from nobody.
  ALTER TABLE documents ADD COLUMN digest TEXT;
  ALTER TABLE documents ADD COLUMN note TEXT NOT NULL DEFAULT '';
  CREATE INDEX documents_by_digest ON documents (digest);

  -- Every message that brought a document; document may also be the number of a replaced one.
  CREATE TABLE document_sources (
    source TEXT PRIMARY KEY,
    document INTEGER NOT NULL,
    added_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX document_sources_by_document ON document_sources (document);
  INSERT INTO document_sources (source, document, added_at) SELECT source, number, added_at FROM documents;

  -- Earlier versions. Apart from the current documents, so that no index and no query finds them.
  CREATE TABLE replaced_documents (
    number INTEGER PRIMARY KEY,
    replaced_by INTEGER NOT NULL,
    replaced_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    added_at INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    digest TEXT,
    note TEXT NOT NULL
  ) STRICT;
  CREATE TABLE replaced_passages (
    document INTEGER NOT NULL REFERENCES replaced_documents (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    page TEXT,
    heading TEXT NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (document, position)
  ) STRICT, WITHOUT ROWID;
  `,
  noteLanguages,
  `
  -- What was written below a file, by the message. Of older documents nobody knows which one it was: the first that stands.
  ALTER TABLE document_sources ADD COLUMN note TEXT NOT NULL DEFAULT '';
  UPDATE document_sources SET note = coalesce(
    (SELECT note FROM documents AS d WHERE d.number = document AND d.source = document_sources.source),
    (SELECT note FROM replaced_documents AS r WHERE r.number = document AND r.source = document_sources.source), '');
  `,
  `
  -- Large documents on their way in (staged-documents.ts): found by nothing until they are whole. bucket: of grams, next.
  CREATE TABLE staged_documents (
    source TEXT PRIMARY KEY,
    first_passage INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    stored INTEGER NOT NULL DEFAULT 0,
    bucket INTEGER NOT NULL DEFAULT 0,
    adopted INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE staged_passages (
    id INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    page TEXT,
    heading TEXT NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Who sent it: in a family room, who may make it forgotten. NULL for older ones, and for those of somebody who was erased.
  ALTER TABLE source_rooms ADD COLUMN sender TEXT;
  `,
];
