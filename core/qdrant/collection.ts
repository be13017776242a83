import { AppError } from '../errors.ts';
import type { SparseVector } from './keyed-words.ts';
import { DENSE, MARK, type Point, WORDS } from './point.ts';
import type { QdrantServer } from './qdrant-server.ts';

/** Points per page of a listing, and ids per deletion. */
const PAGE = 1_000;

/** A hit as Qdrant gives it. */
export interface ScoredPoint {
  readonly id: unknown;
  readonly score: number;
  readonly payload?: unknown;
}

/** One collection of one tenant: everything that is done to its points, under a token for this collection alone. */
export class Collection {
  readonly name: string;
  readonly #server: QdrantServer;

  constructor(server: QdrantServer, name: string) {
    this.#server = server;
    this.name = name;
  }

  /** Makes the collection where it is missing. `dimensions` of dense vectors; undefined: words only. */
  async ensure(dimensions: number | undefined): Promise<void> {
    const there = await this.#server.manage((client) => client.collectionExists(this.name));
    if (there.exists) return;
    await this.#server.manage((client) =>
      client.createCollection(this.name, {
        vectors: dimensions === undefined ? {} : { [DENSE]: { size: dimensions, distance: 'Cosine' } },
        sparse_vectors: { [WORDS]: { modifier: 'idf' } },
        on_disk_payload: true,
      }),
    );
  }

  /** Id and mark of every point; undefined when the collection is not there. */
  async marks(): Promise<Map<string, string> | undefined> {
    const marks = new Map<string, string>();
    let offset: string | number | undefined;
    do {
      const from = offset;
      const page = await this.#server.on(this.name, 'r', (client) =>
        client.scroll(this.name, {
          limit: PAGE,
          with_payload: [MARK],
          with_vector: false,
          ...(from !== undefined && { offset: from }),
        }),
      );
      if (!page) return undefined;
      for (const { id, payload } of page.points) marks.set(String(id), String(payload?.[MARK]));
      offset = (page.next_page_offset ?? undefined) as string | number | undefined;
    } while (offset !== undefined);
    return marks;
  }

  /** Stores points, in the place of those with the same ids. Returns when they are searchable. */
  async put(points: readonly Point[]): Promise<void> {
    const done = await this.#server.on(this.name, 'rw', (client) =>
      client.upsert(this.name, {
        wait: true,
        points: points.map(({ id, vector, payload }) => ({ id, vector: { ...vector }, payload: { ...payload } })),
      }),
    );
    if (done?.status !== 'completed') throw notDone();
  }

  /** Deletes points and makes sure that none of them is left. */
  async delete(ids: readonly string[]): Promise<void> {
    for (let at = 0; at < ids.length; at += PAGE) {
      const some = ids.slice(at, at + PAGE);
      const done = await this.#server.on(this.name, 'rw', (client) =>
        client.delete(this.name, { wait: true, points: some }),
      );
      if (done?.status !== 'completed') throw notDone();
      if ((await this.count(some)) !== 0) {
        throw new AppError('unavailable', 'Qdrant still has points that it was told to delete');
      }
    }
  }

  /** How many points there are, or how many of these. Counted, not estimated. */
  async count(ids?: readonly string[]): Promise<number> {
    const answer = await this.#server.on(this.name, 'r', (client) =>
      client.count(this.name, { exact: true, ...(ids && { filter: { must: [{ has_id: [...ids] }] } }) }),
    );
    return answer?.count ?? 0;
  }

  /** Best points by words and by dense vector, in one request, each list best first. Throws AppError `unavailable` when the collection is gone. */
  async search(query: {
    readonly words: SparseVector;
    readonly dense: Float32Array | undefined;
    readonly limit: number;
  }): Promise<{ words: ScoredPoint[]; dense: ScoredPoint[] }> {
    const { words, dense, limit } = query;
    const common = { limit, with_payload: true, with_vector: false };
    const searches = [
      ...(words.indices.length > 0 ? [{ ...common, query: words, using: WORDS }] : []),
      ...(dense ? [{ ...common, query: [...dense], using: DENSE }] : []),
    ];
    if (searches.length === 0) return { words: [], dense: [] };
    const answers = await this.#server.on(this.name, 'r', (client) => client.queryBatch(this.name, { searches }));
    if (!answers) throw new AppError('unavailable', 'Qdrant has lost a collection', { reason: 'index-behind' });
    const [first, second] = answers.map(({ points }) => points as ScoredPoint[]);
    return words.indices.length > 0 ? { words: first ?? [], dense: second ?? [] } : { words: [], dense: first ?? [] };
  }
}

function notDone(): AppError {
  return new AppError('unavailable', 'Qdrant did not finish a write', { reason: 'index-unreachable' });
}
