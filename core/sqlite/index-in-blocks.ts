import type Database from 'better-sqlite3';
import { gramsOf } from '../ask/grams.ts';
import { packWords } from '../ask/pack-words.ts';
import { VectorIndex } from './vector-index.ts';
import { WordIndex } from './word-index.ts';

/**
 * Schema step of tenants/<id>.db: word indexes become posting blocks and vectors plain rows, in place of FTS5 and
 * sqlite-vec. What was indexed is indexed again from the stored passages; vectors are taken over. Listed in tenant-migrations.ts.
 */
export function indexInBlocks(db: Database.Database): void {
  db.exec(`
  -- Blocks of up to 256 passages of a document, which follow one another; lengths: grams of each passage, u16.
  CREATE TABLE word_blocks (
    first_passage INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    lengths BLOB NOT NULL
  ) STRICT;
  CREATE INDEX word_blocks_by_document ON word_blocks (document);
  -- The grams of a block in 1,024 runs, its word pieces in one block (core/ask/posting-block.ts). key: word-index.ts.
  CREATE TABLE gram_runs (
    key INTEGER PRIMARY KEY,
    packed BLOB NOT NULL
  ) STRICT;
  CREATE TABLE piece_blocks (
    first_passage INTEGER PRIMARY KEY REFERENCES word_blocks (first_passage) ON DELETE CASCADE,
    packed BLOB NOT NULL
  ) STRICT;

  -- Vectors at 2 bits a number (vector-codes.ts), those of passages 256 b to 256 b + 255 in row b, behind a bit for each.
  CREATE TABLE vector_codes (
    model INTEGER NOT NULL REFERENCES models (id),
    block INTEGER NOT NULL,
    marked INTEGER NOT NULL,
    codes BLOB NOT NULL,
    PRIMARY KEY (model, block)
  ) STRICT;
  `);
  indexWords(db);
  takeOverVectors(db);
  db.exec('DROP TABLE passage_grams; DROP TABLE passage_pieces; DROP TABLE embedded');
}

function indexWords(db: Database.Database): void {
  const words = new WordIndex(db);
  const rows = db.prepare(
    `SELECT p.id, d.name || char(10) || p.heading || char(10) || p.text AS words, w.pieces FROM passages p
     JOIN documents d ON d.number = p.document JOIN passage_pieces w ON w.passage = p.id
     WHERE p.document = ? ORDER BY p.position`,
  );
  for (const document of db.prepare('SELECT number FROM documents ORDER BY number').pluck().all() as number[]) {
    const passages = rows.all(document) as { id: number; words: string; pieces: Uint8Array }[];
    if (passages.length === 0) continue;
    words.insert(
      document,
      passages[0]!.id,
      packWords(passages.map((own) => ({ grams: gramsOf(own.words).join(' '), pieces: unpackPieces(own.pieces) }))),
    );
  }
}

function takeOverVectors(db: Database.Database): void {
  const vectors = new VectorIndex(db);
  const models = db.prepare('SELECT id, name FROM models').all() as { id: number; name: string }[];
  db.exec('DELETE FROM embedded; DELETE FROM models');
  for (const { id, name } of models) {
    const rows = db.prepare(`SELECT passage, embedding FROM vectors_${id}`).all() as {
      passage: number;
      embedding: Buffer;
    }[];
    vectors.put(
      name,
      rows.map(({ passage, embedding }) => ({ passage, vector: new Float32Array(Uint8Array.from(embedding).buffer) })),
    );
    db.exec(`DROP TABLE vectors_${id}`);
  }
}

/** Lists of ascending numbers as this step finds them: distances to the number before, less one, in LEB128. */
function unpackPieces(packed: Uint8Array): Uint32Array {
  const pieces: number[] = [];
  let [before, distance, shift] = [-1, 0, 0];
  for (const byte of packed) {
    distance += (byte & 0x7f) * 2 ** shift;
    shift += 7;
    if (byte >= 0x80) continue;
    before += distance + 1;
    pieces.push(before);
    [distance, shift] = [0, 0];
  }
  return Uint32Array.from(pieces);
}
