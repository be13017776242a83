import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { MatrixEvent } from '../../../bot/matrix/events.ts';
import { Homeserver } from '../../../bot/matrix/homeserver.ts';
import { installTransport } from '../../../bot/matrix/transport.ts';
import { listen } from '../../listen.ts';
import { KeyServer } from './key-server.ts';

type Json = Record<string, unknown>;

/** A request as a fault sees it, before the server acts on it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly user: string;
  readonly device: string;
}

/** What a fault does: an answer of its own, or `undefined` to let the server act. */
export type Fault = (seen: Seen, response: ServerResponse) => undefined | 'taken' | Promise<undefined | 'taken'>;

/** A sent event as the server logged it. */
export interface LoggedEvent {
  readonly room: string;
  readonly transaction: string;
  readonly event: MatrixEvent;
}

const never = new AbortController().signal;

/**
 * A homeserver of some hundred lines on real HTTP, for what a real one does not do on demand: faults, and facts set by
 * hand. Tokens are `user|device`, so any device can speak without a login.
 */
export class SmallHomeserver {
  readonly keys = new KeyServer();
  readonly members = new Map<string, string[]>();
  /** `room type` -> content of the state event. */
  readonly states = new Map<string, Json>();
  readonly sent: LoggedEvent[] = [];
  readonly requests: string[] = [];
  readonly media = new Map<string, Buffer>();
  readonly accountData = new Map<string, Json>();
  fault: Fault = () => undefined;
  /** What it takes as an upload, in bytes; undefined: it does not say. */
  uploadLimit: number | undefined;
  #server = createServer((request, response) => void this.#serve(request, response));
  #transactions = new Map<string, string>();
  url = '';

  static async start(): Promise<SmallHomeserver> {
    // Each time: the transport is one per process, and the test file before may have left one that it had stopped.
    installTransport(never);
    const server = new SmallHomeserver();
    server.url = `http://127.0.0.1:${await listen(server.#server)}`;
    return server;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  client(user: string, device: string, signal: AbortSignal = never): Homeserver {
    return new Homeserver(this.url, signal, `${user}|${device}`);
  }

  /** The requests so far whose "METHOD /path" matches. */
  count(pattern: RegExp): number {
    return this.requests.filter((line) => pattern.test(line)).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', this.url);
    const [user = '', device = ''] = (request.headers.authorization ?? '').replace('Bearer ', '').split('|');
    const path = url.pathname.replace('/_matrix/', '').split('/').map(decodeURIComponent).join('/');
    const seen: Seen = {
      method: request.method ?? '',
      path,
      query: url.searchParams,
      body: Buffer.concat(parts),
      user,
      device,
    };
    this.requests.push(`${seen.method} ${path}`);
    try {
      if ((await this.fault(seen, response)) === 'taken') return;
      const answer = this.#act(seen, url.pathname.replace('/_matrix/', '').split('/').map(decodeURIComponent));
      if (Buffer.isBuffer(answer)) response.end(answer);
      else respond(response, answer ? 200 : 404, answer ?? { errcode: 'M_NOT_FOUND', error: 'nothing there' });
    } catch (error) {
      respond(response, 500, { errcode: 'M_UNKNOWN', error: String(error) });
    }
  }

  #act(seen: Seen, parts: string[]): Json | Buffer | undefined {
    const { method, user, device } = seen;
    const json = (): Json => JSON.parse(seen.body.toString('utf8') || '{}') as Json;
    const line = `${method} ${parts.slice(0, 3).join('/')}`;
    if (line === 'POST client/v3/keys')
      return this.keys.handle(parts.slice(3).join('/'), { user, device, body: json() });
    if (line === 'PUT client/v3/sendToDevice')
      return this.keys.sendToDevice(user, { type: parts[3]!, transaction: parts[4]!, body: json() });
    if (line === 'POST media/v3/upload') {
      const id = `m${this.media.size + 1}`;
      this.media.set(id, seen.body);
      return { content_uri: `mxc://home.test/${id}` };
    }
    if (line === 'GET media/v3/config') return this.uploadLimit ? { 'm.upload.size': this.uploadLimit } : {};
    if (line === 'GET client/v1/media') return this.media.get(parts[5]!);
    if (parts[2] === 'user' && parts[4] === 'account_data') {
      if (method === 'PUT') this.accountData.set(parts[5]!, json());
      return method === 'PUT' ? {} : this.accountData.get(parts[5]!);
    }
    if (parts[2] === 'rooms') return this.#room(seen, parts.slice(3), json);
    return {};
  }

  #room(
    { method, user, device }: Seen,
    [room = '', what = '', type = '', key = '']: string[],
    json: () => Json,
  ): Json | undefined {
    if (what === 'joined_members')
      return { joined: Object.fromEntries((this.members.get(room) ?? []).map((id) => [id, {}])) };
    if (what === 'state' && method === 'PUT') this.states.set(`${room} ${type}`, json());
    if (what === 'state') return method === 'PUT' ? { event_id: '$state' } : this.states.get(`${room} ${type}`);
    if (what !== 'send') return {};
    const name = `${user} ${device} ${room} ${key}`;
    const known = this.#transactions.get(name);
    if (known) return { event_id: known };
    const event: MatrixEvent = {
      event_id: `$sent${this.sent.length + 1}`,
      type,
      sender: user,
      origin_server_ts: Date.now(),
      content: json(),
    };
    this.#transactions.set(name, event.event_id);
    this.sent.push({ room, transaction: key, event });
    return { event_id: event.event_id };
  }
}

/** Answers with JSON. */
export function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): 'taken' {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
  return 'taken';
}
