import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { AppError } from '../errors.ts';

interface MetricsAddress {
  readonly host: string;
  readonly port: number;
  /** Which setting it came from, for the error. */
  readonly setting: string;
}

/**
 * Shows a process's figures at `GET /metrics` in the text format of Prometheus, to whoever can reach the address. `port` is
 * the one that was taken. Throws AppError `conflict` when the address is taken.
 */
export async function startMetricsServer(
  { host, port, setting }: MetricsAddress,
  registry: Registry,
): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer(async (request, response) => {
    const isKnown = request.method === 'GET' && request.url === '/metrics';
    try {
      const text = isKnown ? await registry.metrics() : '';
      response.writeHead(isKnown ? 200 : 404, { 'content-type': registry.contentType, 'cache-control': 'no-store' });
      response.end(text);
    } catch {
      // A store that is being closed: the next scrape is answered again, or by nobody.
      response.writeHead(503).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new AppError('conflict', `The address ${host}:${port} cannot be used (${error.code ?? 'unknown'}).`, {
          hint: `Set ${setting} to another address, or to an empty text to turn it off.`,
          cause: error,
        }),
      ),
    );
    server.listen(port, host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
