import { z } from 'zod';

const numbers = z.array(z.number());
const sparse = z
  .strictObject({ indices: z.array(z.number().int().min(0).max(4_294_967_295)), values: numbers })
  .refine(({ indices, values }) => indices.length === values.length, 'as many values as indices')
  .refine(({ indices }) => new Set(indices).size === indices.length, 'no index twice');
const id = z.union([z.number().int().min(0), z.guid()]);
const payloadSelector = z.union([z.boolean(), z.array(z.string())]);
const filter = z.strictObject({ must: z.array(z.strictObject({ has_id: z.array(id) })) });

/** The requests that this server understands, strictly: an unknown key is status 400. Shapes as in Qdrant's OpenAPI description. */
export const REQUESTS = {
  create: z.strictObject({
    vectors: z.record(z.string(), z.strictObject({ size: z.number().int().min(1), distance: z.literal('Cosine') })),
    sparse_vectors: z.record(z.string(), z.strictObject({ modifier: z.enum(['idf', 'none']) })),
    on_disk_payload: z.boolean().optional(),
  }),
  upsert: z.strictObject({
    points: z
      .array(
        z.strictObject({
          id,
          vector: z.record(z.string(), z.union([numbers, sparse])),
          payload: z.record(z.string(), z.unknown()),
        }),
      )
      .min(1),
  }),
  delete: z.strictObject({ points: z.array(id) }),
  count: z.strictObject({ exact: z.boolean().optional(), filter: filter.optional() }),
  scroll: z.strictObject({
    limit: z.number().int().min(1).optional(),
    offset: id.optional(),
    with_payload: payloadSelector.optional(),
    with_vector: z.boolean().optional(),
  }),
  search: z.strictObject({
    searches: z.array(
      z.strictObject({
        query: z.union([numbers, sparse]),
        using: z.string(),
        limit: z.number().int().min(1),
        with_payload: payloadSelector,
        with_vector: z.boolean(),
      }),
    ),
  }),
};

type Config = z.infer<typeof REQUESTS.create>;
type Point = z.infer<typeof REQUESTS.upsert>['points'][number];
type Search = z.infer<typeof REQUESTS.search>['searches'][number];
type Sparse = z.infer<typeof sparse>;

/** A request that fits its shape but not the collection: status 400. */
export class BadRequest extends Error {}

/** One collection in memory: exact search by cosine, and by sparse vectors with Qdrant's idf. */
export class PointStore {
  readonly config: Config;
  readonly points: Map<string, Point>;

  constructor(config: Config, points: readonly Point[] = []) {
    this.config = config;
    this.points = new Map(points.map((point) => [String(point.id), point]));
  }

  upsert({ points }: z.infer<typeof REQUESTS.upsert>): void {
    for (const point of points) {
      for (const [name, vector] of Object.entries(point.vector)) this.#check(name, vector);
      this.points.set(String(point.id), point);
    }
  }

  delete({ points }: z.infer<typeof REQUESTS.delete>): void {
    for (const id of points) this.points.delete(String(id));
  }

  count({ filter: by }: z.infer<typeof REQUESTS.count>): number {
    const wanted = by?.must.map(({ has_id }) => new Set(has_id.map(String)));
    return [...this.points.keys()].filter((id) => wanted?.every((ids) => ids.has(id)) ?? true).length;
  }

  /** In the order of ids, as Qdrant pages. */
  scroll({ limit = 10, offset, with_payload = true, with_vector = false }: z.infer<typeof REQUESTS.scroll>) {
    const ids = [...this.points.keys()].sort();
    const from = offset === undefined ? 0 : ids.findIndex((id) => id >= String(offset));
    const some = from < 0 ? [] : ids.slice(from, from + limit);
    return {
      points: some.map((id) => {
        const { payload, vector } = this.points.get(id)!;
        return { id, payload: chosen(payload, with_payload), ...(with_vector && { vector }) };
      }),
      next_page_offset: from < 0 ? null : (ids[from + limit] ?? null),
    };
  }

  search({ query, using, limit, with_payload }: Search) {
    this.#check(using, query);
    const scores = Array.isArray(query) ? this.#byCosine(using, query) : this.#bySparse(using, query);
    const best = scores.sort((a, b) => b.score - a.score).slice(0, limit);
    return {
      points: best.map(({ point, score }) => ({
        id: point.id,
        version: 0,
        score,
        payload: chosen(point.payload, with_payload),
      })),
    };
  }

  #check(name: string, vector: number[] | Sparse): void {
    const dense = this.config.vectors[name];
    const fits = Array.isArray(vector) ? dense?.size === vector.length : this.config.sparse_vectors[name] !== undefined;
    if (!fits) throw new BadRequest(`Not existing vector name or wrong dimension: ${name}`);
  }

  #byCosine(name: string, query: number[]) {
    return [...this.points.values()].flatMap((point) => {
      const vector = point.vector[name];
      if (!Array.isArray(vector)) return [];
      const dot = vector.reduce((sum, value, i) => sum + value * query[i]!, 0);
      return [{ point, score: dot / (Math.hypot(...vector) * Math.hypot(...query) || 1) }];
    });
  }

  /** idf as in Qdrant's documentation of the modifier: ln((N - n + 0.5) / (n + 0.5) + 1). */
  #bySparse(name: string, query: Sparse) {
    const stored = [...this.points.values()].flatMap((point) => {
      const vector = point.vector[name];
      if (!vector || Array.isArray(vector)) return [];
      return [{ point, values: new Map(vector.indices.map((index, i) => [index, vector.values[i]!])) }];
    });
    const idf = query.indices.map((index) => {
      const n = stored.filter(({ values }) => values.has(index)).length;
      return this.config.sparse_vectors[name]!.modifier === 'idf'
        ? Math.log((stored.length - n + 0.5) / (n + 0.5) + 1)
        : 1;
    });
    return stored.flatMap(({ point, values }) => {
      if (!query.indices.some((index) => values.has(index))) return [];
      const score = query.indices.reduce(
        (sum, index, i) => sum + (values.get(index) ?? 0) * query.values[i]! * idf[i]!,
        0,
      );
      return [{ point, score }];
    });
  }
}

function chosen(payload: Point['payload'], fields: boolean | readonly string[]) {
  if (fields === false) return null;
  if (fields === true) return payload;
  return Object.fromEntries(Object.entries(payload).filter(([key]) => fields.includes(key)));
}
