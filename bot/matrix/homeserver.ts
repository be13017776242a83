import { MatrixClient } from 'matrix-bot-sdk';
import { type MatrixEvent, objectField, type SyncAnswer } from './events.ts';
import { HomeserverError, translateError } from './homeserver-error.ts';
import { readCapped } from './transport.ts';

/** How long `/sync` waits at the server for news, in milliseconds. */
const SYNC_WAIT_MS = 30_000;

/** What `/sync` is asked for: full member lists (a direct chat is told by them), no presence, no receipts. */
const SYNC_FILTER = JSON.stringify({
  presence: { types: [] },
  account_data: { types: [] },
  room: {
    timeline: { limit: 100 },
    state: { lazy_load_members: false },
    ephemeral: { types: [] },
    account_data: { types: [] },
  },
});

/** What a login gives. */
export interface Session {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
interface Call {
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

/**
 * The client-server API as far as we use it, over matrix-bot-sdk's HTTP client. Every failure is a HomeserverError; an
 * answer that is not a JSON object counts as one too (a proxy cut it short), so nothing half-read gets further.
 */
export class Homeserver {
  readonly url: string;
  #client: MatrixClient;
  #signal: AbortSignal;
  #renewal: Promise<unknown> | undefined;

  constructor(url: string, signal: AbortSignal, accessToken = '') {
    this.url = url.replace(/\/+$/, '');
    this.#client = new MatrixClient(this.url, accessToken);
    this.#signal = signal;
  }

  /** The same homeserver, speaking with a session's token. */
  withSession(session: Session): Homeserver {
    return new Homeserver(this.url, this.#signal, session.accessToken);
  }

  /**
   * Speaks with the token that a login to the same device gives, from then on; as before where it gives none. A server may end the old token
   * with the login: what is under way with it waits for the new one then, and is asked again.
   */
  renewBy(logIn: (anonymous: Homeserver) => Promise<Session | undefined>): Promise<Session | undefined> {
    const renewal = logIn(new Homeserver(this.url, this.#signal)).then((session) => {
      if (session) this.#client = new MatrixClient(this.url, session.accessToken);
      return session;
    });
    this.#renewal = renewal.catch(() => undefined);
    return renewal;
  }

  /** Does what asks the server; once more where the old token was refused because a new one took its place. */
  async #asked<T>(what: string, ask: (client: MatrixClient) => Promise<T>): Promise<T> {
    const client = this.#client;
    try {
      return await ask(client);
    } catch (thrown) {
      if (thrown instanceof RangeError) throw thrown;
      const error = translateError(thrown, what);
      if (error.errcode !== 'M_UNKNOWN_TOKEN') throw error;
      await this.#renewal;
      if (client === this.#client) throw error;
      return this.#asked(what, ask);
    }
  }

  /** One request of the client-server API below `/_matrix`; resolves to the JSON object of the answer. */
  async call<T = Record<string, unknown>>(method: Method, path: string, call: Call = {}): Promise<T> {
    const answer: unknown = await this.#asked(`${method} ${nameOf(path)}`, (client) =>
      client.doRequest(method, `/_matrix${path}`, call.query ?? null, call.body ?? null, call.timeoutMs ?? 60_000),
    );
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
      throw notWhole(`${method} ${nameOf(path)}`);
    return answer as T;
  }

  /** As a new device, or as one that the account has. */
  async login(user: string, password: string, known?: string): Promise<Session> {
    const device = known === undefined ? { initial_device_display_name: 'Kinkeeper' } : { device_id: known };
    const answer = await this.call<{ user_id: string; device_id: string; access_token: string }>(
      'POST',
      '/client/v3/login',
      {
        body: {
          type: 'm.login.password',
          identifier: { type: 'm.id.user', user },
          password,
          ...device,
        },
      },
    );
    const [userId, deviceId, accessToken] = [answer.user_id, answer.device_id, answer.access_token].map((field) =>
      text(field, 'login'),
    );
    return { userId: userId!, deviceId: deviceId!, accessToken: accessToken! };
  }

  whoAmI(): Promise<{ user_id: string; device_id?: string }> {
    return this.call('GET', '/client/v3/account/whoami');
  }

  /** Long-polls for news, at most `waitMs`. Without `since` it is a first sync and answers at once. */
  async sync(since: string | undefined, waitMs: number = SYNC_WAIT_MS): Promise<SyncAnswer> {
    const wait = since === undefined ? 0 : waitMs;
    const answer = await this.call<SyncAnswer>('GET', '/client/v3/sync', {
      query: { filter: SYNC_FILTER, timeout: wait, ...(since === undefined ? {} : { since }) },
      timeoutMs: wait + 60_000,
    });
    text(answer.next_batch, 'sync');
    return answer;
  }

  /** Sends an event under our own transaction id: the server answers a repeat with the first event's id. */
  async send(room: string, type: string, options: { transaction: string; content: unknown }): Promise<string> {
    const path = `/client/v3/rooms/${enc(room)}/send/${enc(type)}/${enc(options.transaction)}`;
    const answer = await this.call<{ event_id: string }>('PUT', path, { body: options.content });
    return text(answer.event_id, 'send');
  }

  async redact(room: string, event: string, transaction: string): Promise<void> {
    await this.call('PUT', `/client/v3/rooms/${enc(room)}/redact/${enc(event)}/${enc(transaction)}`, { body: {} });
  }

  /**
   * Deletes media of ours, which servers allow to their administrators alone (Synapse's admin API; the specification has
   * no such call). False when this one does not; a repeat is no error.
   */
  async deleteMedia(mxc: string): Promise<boolean> {
    const [, server = '', media = ''] = /^mxc:\/\/([^/]+)\/([A-Za-z0-9_=-]+)$/.exec(mxc) ?? [];
    try {
      await this.#client.doRequest(
        'DELETE',
        `/_synapse/admin/v1/media/${enc(server)}/${enc(media)}`,
        null,
        null,
        60_000,
      );
      return true;
    } catch (thrown) {
      const error = translateError(thrown, 'media deletion');
      if (error.transient && error.status !== 404 && error.status !== 405) throw error;
      return error.errcode === 'M_NOT_FOUND';
    }
  }

  async joinedMembers(room: string): Promise<string[]> {
    const answer = await this.call('GET', `/client/v3/rooms/${enc(room)}/joined_members`);
    const joined = objectField(answer, 'joined');
    if (!joined) throw notWhole('joined_members');
    return Object.keys(joined);
  }

  async joinedRooms(): Promise<string[]> {
    const { joined_rooms: rooms } = await this.call<{ joined_rooms: string[] }>('GET', '/client/v3/joined_rooms');
    if (!Array.isArray(rooms)) throw notWhole('joined_rooms');
    return rooms;
  }

  /** A state event's content; undefined when the room has none of that type. Any other failure throws. */
  async state(room: string, type: string, key = ''): Promise<Record<string, unknown> | undefined> {
    try {
      return await this.call('GET', `/client/v3/rooms/${enc(room)}/state/${enc(type)}/${enc(key)}`);
    } catch (thrown) {
      if (thrown instanceof HomeserverError && thrown.status === 404 && thrown.errcode === 'M_NOT_FOUND')
        return undefined;
      throw thrown;
    }
  }

  async setState(room: string, type: string, content: unknown): Promise<void> {
    await this.call('PUT', `/client/v3/rooms/${enc(room)}/state/${enc(type)}/`, { body: content });
  }

  /** One page backwards from a token (undefined: from the newest); `end` is absent at the room's (or our) beginning. */
  async messages(
    room: string,
    from: string | undefined,
    limit: number,
  ): Promise<{ chunk: MatrixEvent[]; end?: string }> {
    const path = `/client/v3/rooms/${enc(room)}/messages`;
    const page = await this.call<{ chunk: MatrixEvent[]; end?: string }>('GET', path, {
      query: { dir: 'b', limit, ...(from === undefined ? {} : { from }) },
    });
    if (!Array.isArray(page.chunk)) throw notWhole('messages');
    return page;
  }

  async event(room: string, event: string): Promise<MatrixEvent> {
    return this.call<MatrixEvent>('GET', `/client/v3/rooms/${enc(room)}/event/${enc(event)}`);
  }

  async join(room: string): Promise<void> {
    await this.call('POST', `/client/v3/rooms/${enc(room)}/join`, { body: {} });
  }

  async leave(room: string): Promise<void> {
    await this.call('POST', `/client/v3/rooms/${enc(room)}/leave`, { body: {} });
  }

  /** Takes a room that we left out of what the server shows us. */
  async forget(room: string): Promise<void> {
    await this.call('POST', `/client/v3/rooms/${enc(room)}/forget`, { body: {} });
  }

  async invite(room: string, user: string): Promise<void> {
    await this.call('POST', `/client/v3/rooms/${enc(room)}/invite`, { body: { user_id: user } });
  }

  async kick(room: string, user: string): Promise<void> {
    await this.call('POST', `/client/v3/rooms/${enc(room)}/kick`, { body: { user_id: user } });
  }

  async createRoom(options: Record<string, unknown>): Promise<string> {
    return text(
      (await this.call<{ room_id: string }>('POST', '/client/v3/createRoom', { body: options })).room_id,
      'createRoom',
    );
  }

  async setTyping(room: string, user: string, forMs: number): Promise<void> {
    const body = forMs > 0 ? { typing: true, timeout: forMs } : { typing: false };
    await this.call('PUT', `/client/v3/rooms/${enc(room)}/typing/${enc(user)}`, { body, timeoutMs: 10_000 });
  }

  async markRead(room: string, event: string): Promise<void> {
    await this.call('POST', `/client/v3/rooms/${enc(room)}/receipt/m.read/${enc(event)}`, {
      body: {},
      timeoutMs: 10_000,
    });
  }

  async accountData(user: string, type: string): Promise<Record<string, unknown> | undefined> {
    try {
      return await this.call('GET', `/client/v3/user/${enc(user)}/account_data/${enc(type)}`);
    } catch (thrown) {
      if (thrown instanceof HomeserverError && thrown.status === 404 && thrown.errcode === 'M_NOT_FOUND')
        return undefined;
      throw thrown;
    }
  }

  async setAccountData(user: string, type: string, content: unknown): Promise<void> {
    await this.call('PUT', `/client/v3/user/${enc(user)}/account_data/${enc(type)}`, { body: content });
  }

  /** The most bytes that an upload may have; undefined when the server does not say. */
  async uploadLimit(): Promise<number | undefined> {
    const config = await this.call('GET', '/media/v3/config');
    const size = config['m.upload.size'];
    return typeof size === 'number' && size > 0 ? size : undefined;
  }

  /** Uploads bytes (encrypted by the caller) and returns their `mxc://` address. */
  async upload(bytes: Buffer): Promise<string> {
    const [path, mime] = ['/_matrix/media/v3/upload', 'application/octet-stream'];
    const answer: unknown = await this.#asked('upload', (client) =>
      client.doRequest('POST', path, null, bytes, 120_000, false, mime),
    );
    return text((answer as { content_uri?: unknown } | null)?.content_uri, 'upload');
  }

  /**
   * Downloads media by the authenticated endpoint, giving up as soon as more than `limit` bytes come. Goes around the
   * library, which reads the whole body before anyone can object. Throws RangeError above the limit.
   */
  async download(mxc: string, limit: number): Promise<Buffer> {
    const match = /^mxc:\/\/([A-Za-z0-9[][^/]*)\/([A-Za-z0-9_=-]+)$/.exec(mxc);
    if (!match)
      throw new HomeserverError('The attachment has no valid address.', {
        status: 404,
        errcode: 'M_NOT_FOUND',
        retryAfterMs: 0,
      });
    const url = `${this.url}/_matrix/client/v1/media/download/${enc(match[1]!)}/${enc(match[2]!)}`;
    return this.#asked('media download', async ({ accessToken }) => {
      const response = await fetch(url, {
        headers: { Authorization: `Bearer ${accessToken}` },
        redirect: 'error',
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(180_000)]),
      });
      if (response.ok) return await readCapped(response, limit);
      const body: unknown = await response.json().catch(() => ({}));
      throw translateError(
        { statusCode: response.status, body, headers: Object.fromEntries(response.headers) },
        'media download',
      );
    });
  }
}

const enc = encodeURIComponent;

/** A field that every answer of its kind has; without it the answer is not whole. */
function text(field: unknown, what: string): string {
  if (typeof field !== 'string') throw notWhole(what);
  return field;
}

function notWhole(what: string): HomeserverError {
  return new HomeserverError(`The homeserver's answer to ${what} is not whole.`, {
    status: 0,
    errcode: '',
    retryAfterMs: 0,
  });
}

/** A path as it may stand in an error: ids replaced, because room and event ids are nobody's business in a log line. */
function nameOf(path: string): string {
  return path.replace(/\/[^/]*(%21|%24|%40|!|\$|@)[^/]*/g, '/…').slice(0, 80);
}
