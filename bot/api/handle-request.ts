import type { IncomingMessage } from 'node:http';
import type { OpenedKey } from '../../core/api-key.ts';
import { errorCode } from '../../core/errors.ts';
import type { ApiDesk } from './api-desk.ts';
import { checked, checkedTexts, invalidField } from './check-request.ts';
import type { Endpoint, Reply } from './endpoint.ts';
import type { ErrorWords } from './error-words.ts';
import type { ApiGuard } from './guard.ts';
import { HttpError } from './http-error.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { readBody } from './read-body.ts';

type Sending = Parameters<Extract<Reply, { stream: unknown }>['stream']>[0];

const JSON_BYTES = 64 * 1024;

/** What an address meant. */
export interface Matched {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** One request on its way to its endpoint. */
export interface Incoming extends Matched {
  readonly request: IncomingMessage;
  readonly desk: ApiDesk;
  readonly opened: OpenedKey;
  readonly words: ErrorWords;
  readonly memory: MemoryBudget;
  readonly leaving: AbortSignal;
}

/**
 * Finds the endpoint of a method and an address. Throws HttpError `not-found` (`api-no-path`), and `method-not-allowed`
 * (`api-method`) with what it takes.
 */
export function matchEndpoint(endpoints: readonly Endpoint[], method: string, url: URL): Matched {
  const found = endpoints.flatMap((endpoint) => {
    const params = paramsIn(endpoint.path, url.pathname);
    return params ? [{ endpoint, params, query: url.searchParams }] : [];
  });
  if (found.length === 0) throw new HttpError('not-found', 'no such address', { reason: 'api-no-path' });
  const match = found.find(({ endpoint }) => endpoint.method === method);
  if (match) return match;
  const allow = found.map(({ endpoint }) => endpoint.method);
  const facts = { method, methods: allow.join(', ') };
  throw new HttpError('method-not-allowed', 'another method', { reason: 'api-method', facts, allow });
}

/**
 * Checks a request and has its endpoint answer it, once its key is known; each use is counted, with how it ended. Throws
 * what is to be put into words.
 */
export async function handleRequest(guard: ApiGuard, incoming: Incoming): Promise<Reply> {
  const { endpoint, opened, desk } = incoming;
  guard.pace(opened.id, endpoint.scope);
  const note = (outcome: 'done' | 'refused' | 'failed') => desk.keys.noteUse(opened.id, endpoint.scope, outcome);
  const fail = (thrown: unknown): never => {
    note(['internal', 'unavailable'].includes(errorCode(thrown)) ? 'failed' : 'refused');
    // What fails because its person is gone by now says no more than that.
    stillOpen(incoming);
    throw thrown;
  };
  try {
    if (!opened.key.scopes.includes(endpoint.scope)) {
      const facts = { scope: endpoint.scope, may: opened.key.scopes.join(', ') };
      throw new HttpError('forbidden', 'the key was not made for this', { reason: 'api-key-scope', facts });
    }
    const reply = await answer(incoming);
    stillOpen(incoming);
    if (!('stream' in reply)) {
      note('done');
      return reply;
    }
    const sendStill = (send: Sending) => (name: string, data: unknown) => {
      stillOpen(incoming);
      send(name, data);
    };
    return { stream: (send) => reply.stream(sendStill(send)).then(() => note('done'), fail) };
  } catch (thrown) {
    return fail(thrown);
  }
}

/** A key that was ended while its request was under way gets nothing more to see. Throws HttpError `unauthenticated` (`api-key-ended`). */
function stillOpen({ desk, opened }: Incoming): void {
  if (desk.keys.opens(opened.id)) return;
  throw new HttpError('unauthenticated', 'ended meanwhile', { reason: 'api-key-ended' });
}

async function answer(incoming: Incoming): Promise<Reply> {
  const { endpoint, request, opened, query, ...rest } = incoming;
  const repeated = [...new Set(query.keys())].find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) throw invalidField(endpoint.query, { place: 'query', name: repeated, problem: 'twice' });
  return endpoint.run({
    ...{ ...rest, ...opened, request },
    params: checkedTexts(endpoint.params, rest.params, 'path'),
    query: checkedTexts(endpoint.query, Object.fromEntries(query), 'query'),
    headers: checkedTexts(endpoint.headers, request.headers, 'header'),
    body: typeof endpoint.body === 'string' ? undefined : checked(endpoint.body, await readJson(request), 'body'),
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpError('unsupported', 'no JSON', { reason: 'api-json-type' });
  }
  const body = await readBody(request, { most: JSON_BYTES });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new HttpError('invalid', 'no JSON', { reason: 'api-not-json' });
  }
}

function paramsIn(path: string, given: string): Record<string, string> | undefined {
  const [want, have] = [path.split('/'), given.split('/')];
  if (want.length !== have.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of want.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== have[at]) return undefined;
    if (name !== undefined) params[name] = decoded(have[at]!);
  }
  return params;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
