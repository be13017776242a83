import { connect } from 'node:tls';
import { DAY_MS } from '../../core/retention/age.ts';

const PATIENCE_MS = 10_000;

/**
 * In how many days the certificate that an https address shows ends, by a real handshake; below 0 when it has ended. null for
 * http, and when nobody answers there. It is not judged otherwise: what apps make of it they say themselves.
 */
export function certificateDays(address: string, now: number): Promise<number | null> {
  const { protocol, hostname, port } = new URL(address);
  if (protocol !== 'https:') return Promise.resolve(null);
  const host = hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const servername = /^[\d.]+$|:/.test(host) ? undefined : host;
    // The end is to be read also of one that has ended: nothing is said over this connection.
    const socket = connect({
      host,
      port: Number(port || 443),
      rejectUnauthorized: false,
      ...(servername && { servername }),
    });
    const end = (days: number | null) => {
      socket.destroy();
      resolve(days);
    };
    socket.setTimeout(PATIENCE_MS, () => end(null));
    socket.once('error', () => end(null));
    socket.once('secureConnect', () => {
      const ends = Date.parse(socket.getPeerCertificate().valid_to ?? '');
      end(Number.isNaN(ends) ? null : (ends - now) / DAY_MS);
    });
  });
}
