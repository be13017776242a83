import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../core/errors.ts';

/** Longest silence of the homeserver that still counts as healthy; a quiet long-poll takes half a minute. */
const SILENCE_MS = 150_000;

/**
 * Serves `GET /healthz` for container health checks: 200 while syncs come in, 503 after a long silence. Says nothing
 * else to anybody. `port` is the one that was taken. Throws AppError `conflict` when the address is taken.
 */
export async function startHealthServer(
  address: { host: string; port: number },
  lastContact: () => number,
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((request, response) => {
    const known = request.method === 'GET' && request.url === '/healthz';
    const healthy = Date.now() - lastContact() < SILENCE_MS;
    response.writeHead(known ? (healthy ? 200 : 503) : 404, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    response.end(known ? JSON.stringify({ ok: healthy }) : '{}');
  });
  await listen(server, address);
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new AppError(
          'conflict',
          `The address ${address.host}:${address.port} cannot be used (${error.code ?? 'unknown'}).`,
          {
            hint: 'Set api.listen (KINKEEPER_API_LISTEN) to another address, or to an empty text to turn it off.',
            cause: error,
          },
        ),
      );
    });
    server.listen(address.port, address.host, () => resolve());
  });
}
