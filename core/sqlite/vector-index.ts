import type Database from 'better-sqlite3';
import { BestHits } from '../ask/best-hits.ts';
import type { Passage } from '../document.ts';
import { AppError } from '../errors.ts';
import type { EmbeddingDepth, PassageMark, PassageVector, SignalHit } from '../tenant.ts';
import { CodeScorer, codeBytes, writeCode } from './vector-codes.ts';

/** Passages whose shortened vectors lie in one row. */
const ROW = 256;
const MARKS = ROW / 8;
const ROWS_AT_ONCE = 32;
/** Whole vectors fetched at a time: under half a megabyte. */
const WHOLE_AT_ONCE = 256;
/** Candidates by shortened vectors that are scored exactly; whoever has fewer passages gets nothing but exact scores. */
const CANDIDATES = 1000;
const CANDIDATES_PER_HIT = 5;

interface Model {
  readonly id: number;
  readonly dimensions: number;
}

/**
 * Dense vectors of one tenant file. Whole vectors lie one to a row; beside them, shortened to 2 bits a number, 256 to a
 * row: a question reads all of the short ones and the whole ones of the best candidates. Part of tenant-store.
 */
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
    const known = this.#db.prepare('SELECT 1 FROM passages WHERE id = ?');
    const insert = this.#db.prepare(`INSERT OR REPLACE INTO ${tableOf(model)} (passage, vector) VALUES (?, ?)`);
    const stored: PassageVector[] = [];
    for (const { passage, vector } of vectors) {
      checkVector(vector, model.dimensions);
      if (!known.get(passage)) continue;
      insert.run(passage, blob(vector));
      stored.push({ passage, vector });
    }
    this.#changeCodes(
      model,
      stored.map(({ passage }) => passage),
      (codes, at, i) => writeCode(codes, at, stored[i]!.vector),
    );
  }

  /** Removes the vectors of passages, of every model. */
  delete(passages: readonly number[]): void {
    const models = this.#db.prepare('SELECT id, dimensions FROM models').all() as Model[];
    for (const model of models) this.#deleteOf(model, passages);
  }

  #deleteOf(model: Model, passages: readonly number[]): void {
    const remove = this.#db.prepare(`DELETE FROM ${tableOf(model)} WHERE passage = ?`);
    const gone = passages.filter((passage) => remove.run(passage).changes > 0);
    this.#changeCodes(model, gone, undefined);
  }

  /** See `PassageIndex.dense`. Throws AppError `invalid` when the question's vector is not of the model's size. */
  dense(name: string, query: Float32Array, limit: number): SignalHit[] {
    const model = this.#model(name);
    if (!model || limit < 1) return [];
    checkVector(query, model.dimensions);
    const best = new BestHits(limit);
    const candidates = this.#candidates(model, query, Math.max(CANDIDATES, limit * CANDIDATES_PER_HIT));
    for (let at = 0; at < candidates.length; at += WHOLE_AT_ONCE) {
      this.#offerWhole(model, { query, ids: candidates.subarray(at, at + WHOLE_AT_ONCE), best });
    }
    return best.sorted();
  }

  /** Scores some passages by their whole vectors, fetched in one value: a row to each would cost more than its arithmetic. */
  #offerWhole(model: Model, { query, ids, best }: { query: Float32Array; ids: Float64Array; best: BestHits }): void {
    const [passages, bytes] = this.#db
      .prepare(
        `SELECT group_concat(passage, ' '), CAST(group_concat(vector, '') AS BLOB)
         FROM (SELECT passage, vector FROM json_each(?) JOIN ${tableOf(model)} ON passage = value)`,
      )
      .raw()
      .get(`[${ids.join()}]`) as [string | null, Uint8Array | null];
    if (passages === null || bytes === null) return;
    // Copied where the bytes lie unevenly: a Float32Array starts at a multiple of four.
    const even = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
    const vectors = new Float32Array(even.buffer, even.byteOffset, even.length / 4);
    const own = query.reduce((sum, value) => sum + value * value, 0);
    for (const [i, passage] of passages.split(' ').entries()) {
      const score = cosine(query, own, vectors.subarray(i * query.length, (i + 1) * query.length));
      // A vector without length has no direction.
      if (Number.isFinite(score)) best.offer(Number(passage), score);
    }
  }

  /** See `TenantReader.embeddingDepth`. */
  depth(name: string): EmbeddingDepth {
    return this.#db
      .prepare(
        `SELECT (SELECT coalesce(sum(marked), 0) FROM vector_codes WHERE model = (SELECT id FROM models WHERE name = ?)) AS embedded,
          (SELECT count(*) FROM passages) AS passages`,
      )
      .get(name) as EmbeddingDepth;
  }

  /** See `TenantReader.documentDepth`. */
  documentDepth(name: string, document: number): EmbeddingDepth {
    const model = this.#model(name);
    const isEmbedded = model ? `id IN (SELECT passage FROM ${tableOf(model)})` : '0';
    return this.#db
      .prepare(
        `SELECT count(*) AS passages, coalesce(sum(${isEmbedded}), 0) AS embedded FROM passages WHERE document = ?`,
      )
      .get(document) as EmbeddingDepth;
  }

  /** Ids of passages that the model has not embedded, oldest document first. */
  waiting(name: string, limit: number): Passage['id'][] {
    const model = this.#model(name);
    const embedded = model ? `WHERE id NOT IN (SELECT passage FROM ${tableOf(model)})` : '';
    return this.#db
      .prepare(`SELECT id FROM passages ${embedded} ORDER BY document, position LIMIT ?`)
      .pluck()
      .all(limit) as number[];
  }

  /** See `TenantReader.embeddingModels`. */
  models(): string[] {
    return this.#db.prepare('SELECT name FROM models ORDER BY id').pluck().all() as string[];
  }

  /** See `TenantWriter.dropVectors`. */
  drop(name: string, limit: number): number {
    const model = this.#model(name);
    if (!model) return 0;
    const some = this.#db
      .prepare(`SELECT passage FROM ${tableOf(model)} ORDER BY passage LIMIT ?`)
      .pluck()
      .all(limit) as number[];
    this.#deleteOf(model, some);
    const isLeft = this.#db.prepare(`SELECT 1 FROM ${tableOf(model)} LIMIT 1`).get() !== undefined;
    if (!isLeft) {
      this.#db.exec(`DROP TABLE ${tableOf(model)}`);
      this.#db.prepare('DELETE FROM models WHERE id = ?').run(model.id);
    }
    return some.length;
  }

  /** The ids of the best passages by their shortened vectors, ascending. */
  #candidates(model: Model, query: Float32Array, count: number): Float64Array {
    const scorer = new CodeScorer(query);
    const size = codeBytes(model.dimensions);
    const best = new BestHits(count);
    const next = this.#db.prepare(
      'SELECT block, codes FROM vector_codes WHERE model = ? AND block > ? ORDER BY block LIMIT ?',
    );
    for (let last = -1; ; ) {
      const rows = next.all(model.id, last, ROWS_AT_ONCE) as { block: number; codes: Uint8Array }[];
      for (const { block, codes } of rows) {
        for (let slot = 0; slot < ROW; slot++) {
          if (!isMarked(codes, slot)) continue;
          const score = scorer.score(codes, MARKS + slot * size);
          if (score > best.floor) best.offer(block * ROW + slot, score);
        }
      }
      if (rows.length < ROWS_AT_ONCE) return best.ids();
      last = rows.at(-1)!.block;
    }
  }

  /** Writes (or with undefined clears) the shortened vectors of passages, row by row. */
  #changeCodes(
    model: Model,
    passages: readonly number[],
    write: ((codes: Uint8Array, at: number, index: number) => void) | undefined,
  ): void {
    const size = codeBytes(model.dimensions);
    const rows = new Map<number, number[]>();
    for (const [index, passage] of passages.entries()) {
      const block = Math.floor(passage / ROW);
      rows.set(block, [...(rows.get(block) ?? []), index]);
    }
    for (const [block, indexes] of rows) {
      const codes = this.#codes(model, block) ?? new Uint8Array(MARKS + ROW * size);
      for (const index of indexes) {
        const slot = passages[index]! % ROW;
        mark(codes, slot, write !== undefined);
        if (write) write(codes, MARKS + slot * size, index);
        else codes.fill(0, MARKS + slot * size, MARKS + (slot + 1) * size);
      }
      this.#storeCodes(model, block, codes);
    }
  }

  #codes(model: Model, block: number): Uint8Array | undefined {
    return this.#db
      .prepare('SELECT codes FROM vector_codes WHERE model = ? AND block = ?')
      .pluck()
      .get(model.id, block) as Uint8Array | undefined;
  }

  #storeCodes(model: Model, block: number, codes: Uint8Array): void {
    const marked = markedUpTo(codes, block, null);
    if (marked === 0) this.#db.prepare('DELETE FROM vector_codes WHERE model = ? AND block = ?').run(model.id, block);
    else
      this.#db
        .prepare('INSERT OR REPLACE INTO vector_codes (model, block, marked, codes) VALUES (?, ?, ?, ?)')
        .run(model.id, block, marked, codes);
  }

  /** See `TenantReader.passageMarks`. */
  marks(name: string | undefined): PassageMark[] {
    const model = name === undefined ? undefined : this.#model(name);
    const isEmbedded = model ? `p.id IN (SELECT passage FROM ${tableOf(model)})` : '0';
    const rows = this.#db
      .prepare(
        `SELECT p.id AS passage, d.source, d.added_at AS addedAt, p.position, ${isEmbedded} AS isEmbedded
         FROM passages p JOIN documents d ON d.number = p.document ORDER BY p.document, p.position`,
      )
      .all() as (Omit<PassageMark, 'isEmbedded'> & { isEmbedded: number })[];
    return rows.map((row) => ({ ...row, isEmbedded: row.isEmbedded === 1 }));
  }

  /** See `TenantReader.vectors`. */
  vectors(name: string, ids: readonly number[]): PassageVector[] {
    const model = this.#model(name);
    if (!model) return [];
    const find = this.#db.prepare(`SELECT vector FROM ${tableOf(model)} WHERE passage = ?`).pluck();
    return ids.flatMap((passage) => {
      const bytes = find.get(passage) as Uint8Array | undefined;
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
    this.#db.exec(`CREATE TABLE ${tableOf(model)} (passage INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT`);
    return model;
  }
}

function tableOf(model: Model): string {
  return `whole_vectors_${model.id}`;
}

/** How many vectors a row holds of passages up to one, or of all with null. For take-inventory.ts. */
export function markedUpTo(codes: Uint8Array, block: number, passage: number | null): number {
  const slots = passage === null ? ROW : Math.max(0, Math.min(ROW, passage - block * ROW + 1));
  let marked = 0;
  for (let slot = 0; slot < slots; slot++) if (isMarked(codes, slot)) marked += 1;
  return marked;
}

function isMarked(codes: Uint8Array, slot: number): boolean {
  return (codes[slot >> 3]! & (1 << (slot & 7))) !== 0;
}

function mark(codes: Uint8Array, slot: number, on: boolean): void {
  if (on) codes[slot >> 3]! |= 1 << (slot & 7);
  else codes[slot >> 3]! &= ~(1 << (slot & 7));
}

/** `own` is the query's own square, the same for every vector. */
function cosine(query: Float32Array, own: number, vector: Float32Array): number {
  let [dot, other] = [0, 0];
  for (let i = 0; i < query.length; i++) {
    dot += query[i]! * vector[i]!;
    other += vector[i]! * vector[i]!;
  }
  return dot / Math.sqrt(own * other);
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
