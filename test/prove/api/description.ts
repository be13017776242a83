import { z } from 'zod';
import type { Schema } from './make-value.ts';

/** One operation as the description tells it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: Schema;
  }[];
  /** By media type. */
  readonly bodies: Readonly<Record<string, Schema>>;
  readonly responses: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

interface Raw {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface RawOperation {
  readonly parameters?: Operation['parameters'];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

/** Reads a description: the cases are made of it, and answers are held against it, without a look at the product's own shapes. */
export function readDescription(text: string): {
  operations: Operation[];
  fits: (schema: Schema, value: unknown) => boolean;
} {
  const { paths, components } = JSON.parse(text) as Raw;
  const whole = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(whole);
    if (typeof schema !== 'object' || schema === null) return schema;
    const { $ref } = schema as Schema;
    if ($ref !== undefined) return whole(components.schemas[$ref.replace('#/components/schemas/', '')]);
    return Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, whole(one)]));
  };
  const contents = (content: Content = {}) =>
    Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, whole(schema) as Schema]));
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      ...{ method: method.toUpperCase(), path, parameters },
      bodies: contents(requestBody?.content),
      responses: Object.fromEntries(
        Object.entries(responses).map(([status, { content }]) => [status, contents(content)]),
      ),
    })),
  );
  const known = new Map<Schema, z.ZodType>();
  const fits = (schema: Schema, value: unknown) => {
    const shape = known.get(schema) ?? z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    known.set(schema, shape);
    return shape.safeParse(value).success;
  };
  return { operations, fits };
}
