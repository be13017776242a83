import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import type { ApiAct, OpenedKey } from '../../core/api-key.ts';
import type { ApiDesk } from './api-desk.ts';
import type { ErrorWords } from './error-words.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** How a request is answered. */
export type Reply =
  | { readonly status: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly status: number;
      readonly bytes: Uint8Array;
      readonly type: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Server-sent events; what it throws becomes the last event. */
  | { readonly stream: (send: (event: string, data: unknown) => void) => Promise<void> };

/** A checked request. */
export interface Call<Params, Query, Headers, Body> extends OpenedKey {
  readonly desk: ApiDesk;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  /** The JSON that came; undefined where none is expected. */
  readonly body: Body;
  readonly request: IncomingMessage;
  readonly memory: MemoryBudget;
  /** Aborts when nobody listens any more. */
  readonly leaving: AbortSignal;
  readonly words: ErrorWords;
}

/** What is answered under a status: JSON of a shape, or something else. */
export interface Described {
  readonly description: string;
  readonly shape?: z.ZodType;
  /** More or other media types, and what they hold. */
  readonly media?: Readonly<Record<string, z.ZodType | 'binary' | 'text'>>;
}

/** An address of the API as a value: what checks a request also describes it. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `{name}` for each of `params`. */
  readonly path: string;
  /** What a key has to be made for, and as what a use counts. */
  readonly scope: ApiAct;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Names in lower case. */
  readonly headers: z.ZodObject;
  /** `file`: a form with a file, or the file itself, read by the endpoint. */
  readonly body: 'none' | 'file' | z.ZodObject;
  readonly answers: Readonly<Record<number, Described>>;
  readonly run: (call: Call<unknown, unknown, unknown, unknown>) => Promise<Reply>;
}

type Spec<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Headers extends z.ZodObject,
  Body extends 'none' | 'file' | z.ZodObject,
> = Omit<Endpoint, 'params' | 'query' | 'headers' | 'body' | 'run'> & {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  readonly run: (
    call: Call<z.infer<Params>, z.infer<Query>, z.infer<Headers>, Body extends z.ZodObject ? z.infer<Body> : undefined>,
  ) => Promise<Reply>;
};

/** Makes an endpoint of its spec: the pipeline hands it what these very shapes have checked. */
export function defineEndpoint<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Headers extends z.ZodObject,
  const Body extends 'none' | 'file' | z.ZodObject,
>(spec: Spec<Params, Query, Headers, Body>): Endpoint {
  return spec as unknown as Endpoint;
}
