import { z } from 'zod';
import type { Described, Endpoint } from './endpoint.ts';
import { answerShape, documentShape, errorShape, questionShape, uploadShape } from './shapes.ts';

/** What may go wrong with every request, by status. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'The request is not as described here',
  401: 'No key, or none that opens anything',
  403: 'The key was not made for this',
  404: 'There is nothing of that name for this key: not there, and not yours, look alike',
  405: 'The address takes other methods',
  408: 'The request stopped coming',
  409: 'It does not fit with what is there',
  413: 'It is more than may be taken',
  415: 'Of a kind that cannot be read',
  429: 'Too much at once, or too many wrong keys: `Retry-After` says how long to wait',
  500: 'A fault of the server',
  503: 'Locked, starting, or busy: `Retry-After` says when to try again',
};

const NAMED = {
  Document: documentShape,
  Upload: uploadShape,
  Answer: answerShape,
  Question: questionShape,
  Error: errorShape,
};

/** A description of the API in JSON (OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.0), made of the very shapes that check requests. */
export function openApi(endpoints: readonly Endpoint[], version: string): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kinkeeper',
      version,
      description:
        'For scanners, scripts and a phone’s share menu. Each key belongs to one person and reaches that person’s papers alone; `!apikey new` in the chat makes one.',
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(NAMED).map(([name, shape]) => [name, jsonOf(shape, 'output')])),
      securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'kinkeeper_…' } },
    },
  };
}

function operation({ method, path, summary, scope, params, query, headers, body, answers }: Endpoint) {
  const parameters = [
    ...parametersOf(params, 'path'),
    ...parametersOf(query, 'query'),
    // What HTTP says of itself is no parameter: https://spec.openapis.org/oas/v3.1.0#fixed-fields-9
    ...parametersOf(headers, 'header').filter(({ name }) => name !== 'accept'),
  ];
  const all = Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)] as const);
  const errors = Object.entries(ERRORS).map(
    ([status, description]) => [status, responseOf({ description, shape: errorShape })] as const,
  );
  return {
    operationId: `${method.toLowerCase()}${path
      .replace(/^\/v1/, '')
      .replaceAll(/[{}]/g, '')
      .replaceAll(/\/(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...{ summary, description: `The key needs the right \`${scope}\`.`, parameters },
    ...(body !== 'none' && { requestBody: { required: true, content: bodyOf(body) } }),
    responses: Object.fromEntries([...all, ...errors]),
  };
}

function parametersOf(shape: z.ZodObject, place: 'path' | 'query' | 'header') {
  const { properties = {}, required = [] } = jsonOf(shape, 'input') as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: place, required: required.includes(name), schema },
    ...(description !== undefined && { description }),
  }));
}

function bodyOf(body: 'file' | z.ZodObject) {
  if (body !== 'file') return { 'application/json': { schema: referenceOf(body) ?? jsonOf(body, 'input') } };
  const text = { type: 'string' };
  const form = {
    type: 'object',
    properties: { file: { type: 'string', format: 'binary' }, note: text, password: text },
  };
  return {
    'multipart/form-data': {
      schema: { ...form, required: ['file'] },
      encoding: { file: { contentType: 'application/octet-stream' } },
    },
    'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
  };
}

function responseOf({ description, shape, media = {} }: Described) {
  const json = shape && { 'application/json': { schema: referenceOf(shape) ?? jsonOf(shape, 'output') } };
  const others = Object.entries(media).map(([type, what]) => [type, { schema: mediaSchema(what) }]);
  return { description, content: { ...json, ...Object.fromEntries(others) } };
}

function mediaSchema(what: z.ZodType | 'binary' | 'text') {
  if (what === 'binary') return { type: 'string', format: 'binary' };
  return what === 'text' ? { type: 'string' } : jsonOf(what, 'output');
}

/** By its name, where a shape has one. */
function referenceOf(shape: z.ZodType): { readonly $ref: string } | undefined {
  const found = Object.entries(NAMED).find(([, one]) => one === shape);
  return found && { $ref: `#/components/schemas/${found[0]}` };
}

/** A shape in JSON Schema. */
function jsonOf(shape: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _schema, ...json } = z.toJSONSchema(shape, { io });
  return json;
}
