import type Database from 'better-sqlite3';
import type { Passage } from '../document.ts';
import { AppError } from '../errors.ts';
import type { EmbeddingDepth, PassageMark, PassageVector, SignalHit } from '../tenant.ts';

// sqlite-vec answers at most this many neighbours.
const MOST_NEIGHBOURS = 4_096;
// Vectors are kept in blocks of this many; the default of 1,024 would cost every small tenant 1.5 MB.
const CHUNK = 128;

interface Model {
  readonly id: number;
  readonly dimensions: number;
}

/** Dense vectors of one tenant file: one sqlite-vec table per embedding model. Part of tenant-store. */
export class VectorIndex {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** See `TenantWriter.putVectors`; a passage's earlier vector of this model is replaced. */
  put(name: string, vectors: readonly PassageVector[]): void {
    const first = vectors[0];
    if (!first) return;
    const model = this.#model(name) ?? this.#newModel(name, first.vector);
    const table = tableOf(model);
    const known = this.#db.prepare('SELECT 1 FROM passages WHERE id = ?');
    const mark = this.#db.prepare('INSERT OR IGNORE INTO embedded (model, passage) VALUES (?, ?)');
    const remove = this.#db.prepare(`DELETE FROM ${table} WHERE passage = ?`);
    const insert = this.#db.prepare(`INSERT INTO ${table} (passage, embedding) VALUES (?, ?)`);
    for (const { passage, vector } of vectors) {
      checkVector(vector, model.dimensions);
      if (!known.get(passage)) continue;
      // sqlite-vec takes its keys as integers only, which a JavaScript number is not.
      if (mark.run(model.id, passage).changes === 0) remove.run(BigInt(passage));
      insert.run(BigInt(passage), blob(vector));
    }
  }

  /** Removes the vectors of passages, of every model. sqlite-vec overwrites what it removes. */
  delete(passages: readonly number[]): void {
    const models = this.#db.prepare('SELECT id, dimensions FROM models').all() as Model[];
    for (const model of models) {
      const remove = this.#db.prepare(`DELETE FROM ${tableOf(model)} WHERE passage = ?`);
      for (const passage of passages) remove.run(BigInt(passage));
    }
  }

  /** See `PassageIndex.dense`. Throws AppError `invalid` when the question's vector is not of the model's size. */
  dense(name: string, query: Float32Array, limit: number): SignalHit[] {
    const model = this.#model(name);
    if (!model || limit < 1) return [];
    checkVector(query, model.dimensions);
    const rows = this.#db
      .prepare(
        `SELECT passage, 1 - distance AS score FROM ${tableOf(model)} WHERE embedding MATCH ? AND k = ? ORDER BY distance`,
      )
      .all(blob(query), Math.min(limit, MOST_NEIGHBOURS)) as { passage: number; score: number | null }[];
    // A vector without length has no direction: sqlite-vec gives it no distance.
    return rows.filter((row): row is SignalHit => row.score !== null);
  }

  /** See `TenantReader.embeddingDepth`. */
  depth(name: string): EmbeddingDepth {
    return this.#db
      .prepare(
        `SELECT (SELECT count(*) FROM embedded WHERE model = (SELECT id FROM models WHERE name = ?)) AS embedded,
          (SELECT count(*) FROM passages) AS passages`,
      )
      .get(name) as EmbeddingDepth;
  }

  /** Ids of passages that the model has not embedded, oldest document first. */
  waiting(name: string, limit: number): Passage['id'][] {
    return this.#db
      .prepare(
        `SELECT id FROM passages WHERE NOT EXISTS (
           SELECT 1 FROM embedded WHERE passage = passages.id AND model = (SELECT id FROM models WHERE name = ?)
         ) ORDER BY document, position LIMIT ?`,
      )
      .pluck()
      .all(name, limit) as number[];
  }

  /** See `TenantReader.passageMarks`. */
  marks(name: string | undefined): PassageMark[] {
    const rows = this.#db
      .prepare(
        `SELECT p.id AS passage, d.source, d.added_at AS addedAt, p.position, e.passage IS NOT NULL AS isEmbedded
         FROM passages p JOIN documents d ON d.number = p.document
           LEFT JOIN embedded e ON e.passage = p.id AND e.model = (SELECT id FROM models WHERE name = ?)
         ORDER BY p.document, p.position`,
      )
      .all(name ?? null) as (Omit<PassageMark, 'isEmbedded'> & { isEmbedded: number })[];
    return rows.map((row) => ({ ...row, isEmbedded: row.isEmbedded === 1 }));
  }

  /** See `TenantReader.vectors`. */
  vectors(name: string, ids: readonly number[]): PassageVector[] {
    const model = this.#model(name);
    if (!model) return [];
    const find = this.#db.prepare(`SELECT embedding FROM ${tableOf(model)} WHERE passage = ?`).pluck();
    return ids.flatMap((passage) => {
      const bytes = find.get(BigInt(passage)) as Uint8Array | undefined;
      // Copied, because a row's bytes may lie anywhere and a Float32Array starts at a multiple of four.
      return bytes ? [{ passage, vector: new Float32Array(Uint8Array.from(bytes).buffer) }] : [];
    });
  }

  #model(name: string): Model | undefined {
    return this.#db.prepare('SELECT id, dimensions FROM models WHERE name = ?').get(name) as Model | undefined;
  }

  #newModel(name: string, vector: Float32Array): Model {
    checkVector(vector, vector.length);
    const row = this.#db.prepare('INSERT INTO models (name, dimensions) VALUES (?, ?)').run(name, vector.length);
    const model = { id: Number(row.lastInsertRowid), dimensions: vector.length };
    this.#db.exec(
      `CREATE VIRTUAL TABLE ${tableOf(model)} USING vec0(
         passage INTEGER PRIMARY KEY, embedding FLOAT[${model.dimensions}] distance_metric=cosine, chunk_size=${CHUNK}
       )`,
    );
    return model;
  }
}

function tableOf(model: Model): string {
  return `vectors_${model.id}`;
}

function checkVector(vector: Float32Array, dimensions: number): void {
  if (vector.length === dimensions && dimensions > 0 && vector.every((value) => Number.isFinite(value))) return;
  throw new AppError('invalid', `a vector of ${vector.length} numbers does not fit this model's ${dimensions}`, {
    reason: 'vector-size',
    hint: 'The embedding model behind this name has changed. Give the new model a name of its own.',
    facts: { found: vector.length, expected: dimensions },
  });
}

function blob(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}
