import { connect as connectPlain } from 'node:net';
import { connect as connectSecure, getCACertificates } from 'node:tls';

const PATIENCE_MS = 5000;

/** What a real handshake showed. `trouble`: why the certificate does not count, in the words of OpenSSL; undefined when it does. */
export interface Handshake {
  readonly protocol: string;
  readonly endsAt: number;
  readonly issuer: string;
  readonly trouble: string | undefined;
}

/** Whether somebody takes a connection there: `open`, `closed` (refused), or `silent`: no answer, or no way there. */
export function knock(host: string, port: number, patienceMs = PATIENCE_MS): Promise<'open' | 'closed' | 'silent'> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host, port });
    const end = (how: 'open' | 'closed' | 'silent') => {
      socket.destroy();
      resolve(how);
    };
    socket.setTimeout(patienceMs, () => end('silent'));
    socket.once('connect', () => end('open'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED' ? 'closed' : 'silent'));
  });
}

/**
 * A real handshake, by the name that people use; undefined when there is none. Nothing is said over the connection. `authority` (PEM) is
 * believed beside those that everybody believes.
 */
export function shakeHands(host: string, port: number, authority?: string): Promise<Handshake | undefined> {
  return new Promise((resolve) => {
    // Also a certificate that does not count is to be read.
    const ca = authority === undefined ? undefined : [...getCACertificates('default'), authority];
    const socket = connectSecure({ host, port, servername: host, rejectUnauthorized: false, ...(ca && { ca }) });
    const end = (shown: Handshake | undefined) => {
      socket.destroy();
      resolve(shown);
    };
    socket.setTimeout(PATIENCE_MS, () => end(undefined));
    socket.once('error', () => end(undefined));
    socket.once('secureConnect', () => {
      const { valid_to, issuer } = socket.getPeerCertificate();
      const endsAt = Date.parse(valid_to ?? '');
      if (Number.isNaN(endsAt)) return end(undefined);
      const trouble = socket.authorized ? undefined : String(socket.authorizationError);
      end({
        protocol: socket.getProtocol() ?? '',
        endsAt,
        issuer: [issuer?.O ?? issuer?.CN ?? ''].flat().join(' '),
        trouble,
      });
    });
  });
}

/** What plain http says at a path: its status, and where it sends to. undefined when it is no http. Throws when nobody answers. */
export async function askPlain(
  host: string,
  port: number,
  path: string,
): Promise<{ status: number; location: string }> {
  const answer = await fetch(`http://${host}:${port}${path}`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  await answer.body?.cancel();
  return { status: answer.status, location: answer.headers.get('location') ?? '' };
}
