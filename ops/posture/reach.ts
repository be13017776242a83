import { X509Certificate } from 'node:crypto';
import { connect as connectPlain } from 'node:net';
import { connect as connectSecure, type DetailedPeerCertificate, getCACertificates } from 'node:tls';

const PATIENCE_MS = 5000;

/** What a real handshake showed. `trouble`: why the certificate does not count, in the words of OpenSSL; undefined when it does. */
export interface Handshake {
  readonly protocol: string;
  readonly endsAt: number;
  readonly issuer: string;
  readonly trouble: string | undefined;
  /** Addresses that the certificate counts for, beside its names. */
  readonly addresses: readonly string[];
  /** Of the authorities above it the one that ends first; undefined where none was shown or known. `endsAt`: milliseconds since 1970. */
  readonly authority: Authority | undefined;
}

interface Authority {
  readonly name: string;
  readonly endsAt: number;
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
    const believed = [...getCACertificates('default'), ...(authority === undefined ? [] : [authority])];
    const ca = authority === undefined ? {} : { ca: believed };
    const socket = connectSecure({ host, port, servername: host, rejectUnauthorized: false, ...ca });
    const end = (shown: Handshake | undefined) => {
      socket.destroy();
      resolve(shown);
    };
    socket.setTimeout(PATIENCE_MS, () => end(undefined));
    socket.once('error', () => end(undefined));
    socket.once('secureConnect', () => {
      const shown = socket.getPeerCertificate(true);
      const { valid_to, issuer, subjectaltname } = shown;
      const endsAt = Date.parse(valid_to ?? '');
      if (Number.isNaN(endsAt)) return end(undefined);
      const trouble = socket.authorized ? undefined : String(socket.authorizationError);
      end({
        protocol: socket.getProtocol() ?? '',
        endsAt,
        issuer: [issuer?.O ?? issuer?.CN ?? ''].flat().join(' '),
        trouble,
        addresses: [...(subjectaltname ?? '').matchAll(/IP Address:([0-9A-Fa-f.:]+)/g)].map(([, address]) => address!),
        authority: authoritiesAbove(shown, believed).toSorted((one, other) => one.endsAt - other.endsAt)[0],
      });
    });
  });
}

/** The authorities above a certificate, up to the first that is believed by itself: what stands above that one is of no use to anybody. */
function authoritiesAbove(leaf: DetailedPeerCertificate, believed: readonly string[]): Authority[] {
  const anchors = believed.map((pem) => new X509Certificate(pem));
  const met: X509Certificate[] = [];
  let one: DetailedPeerCertificate | undefined = leaf.issuerCertificate;
  while (one !== undefined && !met.some(({ raw }) => raw.equals(one!.raw)) && !one.raw.equals(leaf.raw)) {
    const shown = new X509Certificate(one.raw);
    const same = anchors.filter(
      (anchor) => anchor.subject === shown.subject && anchor.publicKey.equals(shown.publicKey),
    );
    const [anchor] = same.toSorted((a, b) => b.validToDate.getTime() - a.validToDate.getTime());
    met.push(anchor ?? shown);
    one = anchor === undefined ? one.issuerCertificate : undefined;
  }
  return met.map(({ subject, validToDate }) => ({
    name: /^(?:CN|O)=(.*)$/m.exec(subject)?.[1] ?? subject,
    endsAt: validToDate.getTime(),
  }));
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
