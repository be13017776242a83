import { createServer, request as forward } from 'node:http';
import { listen } from '../../listen.ts';

/** What went through. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly sent: string;
  readonly status: number;
  readonly answer: string;
}

/** Stands before a server and shows every request and answer to who looks. */
export async function startTap(
  target: string,
  look: (passed: Passed) => void,
): Promise<AsyncDisposable & { readonly url: string }> {
  const { hostname, port } = new URL(target);
  const server = createServer((request, response) => {
    const sent: Buffer[] = [];
    const { method = '', url: path = '', headers } = request;
    const out = forward({ hostname, port, method, path, headers }, (answer) => {
      const got: Buffer[] = [];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk: Buffer) => got.push(chunk)).pipe(response);
      answer.on('end', () =>
        look({
          ...{ method, path, status: answer.statusCode ?? 0 },
          sent: Buffer.concat(sent).toString('latin1'),
          answer: Buffer.concat(got).toString('latin1'),
        }),
      );
    });
    out.on('error', () => response.destroy());
    request.on('data', (chunk: Buffer) => sent.push(chunk)).pipe(out);
  });
  const own = await listen(server);
  return {
    url: `http://127.0.0.1:${own}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
