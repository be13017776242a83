import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What set-up asks a homeserver by: `fetch`, as far as it is needed here. */
export type Ask = (url: string, asked: Asked) => Promise<Response>;

interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Whoever stands at the address answers, nobody else. */
  readonly redirect: 'error';
}

/** Asks by a socket of this machine, whatever host the address names; one connection for each question. */
export function askBySocket(socketPath: string): Ask {
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const asked = request(url, { socketPath, method, headers, signal, agent: false }, (answer) => {
        const answered = async () => new Response((await text(answer)) || null, { status: answer.statusCode! });
        answered().then(resolve, reject);
      });
      asked.once('error', reject).end(body);
    });
}
