import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../listen.ts';

export type Json = Record<string, unknown>;

/** An answer of a homeserver. */
export type Answer = readonly [status: number, body: Json];

/** A request as a stand-in sees it. */
export interface Asked {
  readonly method: string;
  /** Decoded, without what stands behind a `?`. */
  readonly path: string;
  readonly token: string;
  readonly body: Json;
  readonly response: ServerResponse;
}

/** Part of a homeserver on real HTTP. What `answer` gives is sent; undefined: nothing, now or ever, unless it is sent there. */
export abstract class StandInServer {
  url = '';
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  protected abstract answer(asked: Asked): Promise<Answer | undefined> | Answer | undefined;

  /** Listens from now on. */
  async open(): Promise<this> {
    this.url = `http://127.0.0.1:${await listen(this.#server)}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = await this.answer({
      method: request.method ?? '',
      path: decodeURIComponent((request.url ?? '').split('?')[0]!),
      token: (request.headers.authorization ?? '').replace('Bearer ', ''),
      body: JSON.parse(Buffer.concat(parts).toString() || '{}') as Json,
      response,
    });
    if (answer !== undefined) sendJson(response, answer);
  }
}

/** Sends an answer at once; resolves when it is handed over. */
export function sendJson(response: ServerResponse, [status, body]: Answer): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/json' });
  return new Promise((resolve) => response.end(JSON.stringify(body), resolve));
}
