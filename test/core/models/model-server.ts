import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../listen.ts';

/** One request as the server saw it; `ended` settles when the client has hung up or the reply is over. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
  readonly hungUp: Promise<boolean>;
}

/** A real HTTP server on a free port whose replies a test decides: for faults that a real model server does not produce on demand. */
export interface ModelServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
}

export async function modelServer(
  reply: (request: Seen, response: ServerResponse) => void | Promise<void>,
): Promise<ModelServer> {
  const seen: Seen[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const one: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      hungUp: new Promise((resolve) => response.on('close', () => resolve(!response.writableFinished))),
    };
    seen.push(one);
    await reply(one, response);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An address where nothing listens. */
export async function closedPort(): Promise<string> {
  await using server = await modelServer(() => undefined);
  return server.url;
}

/** Collects a stream; the error comes back as a value beside what was said before it. */
export async function collect(stream: AsyncIterable<string>): Promise<{ text: string; error?: unknown }> {
  let text = '';
  try {
    for await (const part of stream) text += part;
    return { text };
  } catch (error) {
    return { text, error };
  }
}
