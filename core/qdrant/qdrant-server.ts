import { QdrantClient } from '@qdrant/js-client-rest';
import { type Clock, systemClock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { type Access, accessToken, TOKEN_SECONDS } from './access-token.ts';

/** Where Qdrant is, and the key that its tokens are signed with. */
export interface QdrantAddress {
  readonly url: string;
  readonly apiKey: string;
}

/** Longest time for one request; a batch of points on a busy machine takes seconds. */
const REQUEST_MS = 60_000;

/** A Qdrant server: hands out clients whose tokens allow no more than what they are for. Used inside core/qdrant. */
export class QdrantServer {
  readonly #address: QdrantAddress;
  readonly #clock: Clock;
  readonly #clients = new Map<string, { client: QdrantClient; until: number }>();

  constructor(address: QdrantAddress, clock: Clock = systemClock) {
    this.#address = address;
    this.#clock = clock;
  }

  /** Works on one collection. Throws as `qdrantFault` says; a collection that is not there gives undefined. */
  async on<T>(collection: string, may: 'r' | 'rw', work: (client: QdrantClient) => Promise<T>): Promise<T | undefined> {
    return this.#call({ collection, may }, work, 'absent');
  }

  /** Works on the server as a whole: makes, lists and deletes collections. */
  async manage<T>(work: (client: QdrantClient) => Promise<T>): Promise<T> {
    return (await this.#call('manage', work)) as T;
  }

  /** Names of all collections that start so. */
  async collections(prefix: string): Promise<string[]> {
    const { collections } = await this.manage((client) => client.getCollections());
    return collections.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  }

  /** Deletes a collection and makes sure that it is gone. */
  async drop(collection: string): Promise<void> {
    await this.manage((client) => client.deleteCollection(collection));
    const { exists } = await this.manage((client) => client.collectionExists(collection));
    if (exists) throw new AppError('unavailable', 'Qdrant still has a collection that it was told to delete');
  }

  /** A request that the client library does not offer; `path` starts at the server's address. */
  async fetch(access: Access, path: string, init: RequestInit): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token(access)}` };
    let response: Response;
    try {
      response = await fetch(`${this.#address.url}${path}`, { ...init, headers, redirect: 'error' });
    } catch (thrown) {
      throw qdrantFault(thrown);
    }
    if (!response.ok) throw qdrantFault(response);
    return response;
  }

  async #call<T>(access: Access, work: (client: QdrantClient) => Promise<T>, absent?: 'absent') {
    try {
      return await work(this.#client(access));
    } catch (thrown) {
      if (absent && statusOf(thrown) === 404) return undefined;
      throw qdrantFault(thrown);
    }
  }

  #client(access: Access): QdrantClient {
    const key = access === 'manage' ? access : `${access.collection} ${access.may}`;
    const now = this.#clock();
    const known = this.#clients.get(key);
    if (known && known.until > now) return known.client;
    for (const [old, { until }] of this.#clients) if (until <= now) this.#clients.delete(old);
    const { protocol, hostname, port, pathname } = new URL(this.#address.url);
    const client = new QdrantClient({
      host: hostname,
      port: port === '' ? null : Number(port),
      https: protocol === 'https:',
      ...(pathname !== '/' && { prefix: pathname }),
      headers: { authorization: `Bearer ${this.#token(access)}` },
      timeout: REQUEST_MS,
      checkCompatibility: false,
    });
    // Half of a token's time: requests still have the other half.
    this.#clients.set(key, { client, until: now + (TOKEN_SECONDS / 2) * 1000 });
    return client;
  }

  #token(access: Access): string {
    return accessToken(this.#address.apiKey, access, this.#clock());
  }
}

/**
 * What went wrong at Qdrant, without anything of what was sent or answered: AppError `unavailable`, reasons
 * `index-refused` (the key is wrong, or `jwt_rbac` is off) and `index-unreachable`.
 */
export function qdrantFault(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const status = statusOf(thrown);
  if (status === 401 || status === 403) {
    return new AppError('unavailable', `Qdrant refuses the token (status ${status})`, {
      reason: 'index-refused',
      hint: 'Check that store.apiKeyFile holds the api_key of Qdrant and that Qdrant runs with jwt_rbac: true.',
    });
  }
  const what = status === undefined ? 'does not answer' : `answers with status ${status}`;
  return new AppError('unavailable', `Qdrant ${what}`, {
    reason: 'index-unreachable',
    hint: 'Start Qdrant, or correct store.url.',
  });
}

function statusOf(thrown: unknown): number | undefined {
  const status = (thrown as { status?: unknown } | null | undefined)?.status;
  if (typeof status === 'number') return status;
  // The client library gives some answers as text only.
  const said = thrown instanceof Error ? /^Unexpected Response: (\d{3})/.exec(thrown.message)?.[1] : undefined;
  return said === undefined ? undefined : Number(said);
}
